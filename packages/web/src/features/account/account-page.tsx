import { useTranslation } from 'react-i18next'
import { nameOf, useMe } from '../../app/session/me.tsx'
import { PasswordForm } from '../../app/session/password-form.tsx'
import { PageHeader, ScrollPage, Section } from '../../ui/page.tsx'
import { toastDone } from '../../ui/toast.tsx'
import { ApiKeysSection } from './api-keys-section.tsx'
import { PreferencesSection, Profile } from './profile.tsx'
import { SecondFactorSection } from './second-factor-section.tsx'
import { SessionsSection } from './sessions-section.tsx'

/** One's own account. */
export function AccountPage() {
  const { t } = useTranslation('account')
  const me = useMe()
  return (
    <>
      <PageHeader title={t('title')} figure={nameOf(me)} />
      <ScrollPage width="max-w-3xl">
        <PreferencesSection />
        <Profile key={nameOf(me)} />
        <Section title={t('password.title')}>
          <PasswordForm onDone={() => toastDone(t('password.saved'))} />
        </Section>
        <SecondFactorSection />
        <SessionsSection />
        <ApiKeysSection />
      </ScrollPage>
    </>
  )
}
