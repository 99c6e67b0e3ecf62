import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, call } from '../../app/api.ts'
import { nameOf, useMe, usePreferences } from '../../app/session/me.tsx'
import { Button } from '../../ui/button.tsx'
import { Field, TextField } from '../../ui/form.tsx'
import { browserZone } from '../../ui/format/time.ts'
import { Section } from '../../ui/page.tsx'
import { ErrorLine } from '../../ui/states.tsx'
import { toastDone } from '../../ui/toast.tsx'

/** Name and address. */
export function Profile() {
  const { t } = useTranslation('account')
  const me = useMe()
  const queries = useQueryClient()
  const [name, setName] = useState(nameOf(me))
  const save = useMutation({
    mutationFn: () => call<unknown>(api.PATCH('/api/v1/me', { body: { displayName: name } })),
    onSuccess: async () => {
      await queries.refetchQueries({ queryKey: ['me'] })
      toastDone(t('profile.saved'))
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Section title={t('profile.title')}>
      <form onSubmit={submit} className="flex max-w-md flex-col gap-3">
        <ErrorLine error={save.error} />
        <TextField
          label={t('profile.name')}
          required
          maxLength={120}
          autoComplete="name"
          value={name}
          onChange={setName}
        />
        <p className="text-text-2">
          {t('profile.email')}: {me.user?.email ?? '–'}
          <br />
          {t('profile.roles')}: {me.roles.join(', ')}
        </p>
        <Button
          type="submit"
          busy={save.isPending}
          disabled={name.trim() === '' || name === nameOf(me)}
          className="self-start"
        >
          {t('profile.save')}
        </Button>
      </form>
    </Section>
  )
}

/** Theme, row height and time zone; kept at once. */
export function PreferencesSection() {
  const { t } = useTranslation('account')
  const { preferences, change, error } = usePreferences()
  const zones = ['browser', 'UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
  return (
    <Section title={t('preferences.title')}>
      <div className="grid max-w-2xl gap-3 sm:grid-cols-3">
        <Field label={t('preferences.theme')}>
          {(props) => (
            <select
              {...props}
              className="field"
              value={preferences.theme}
              onChange={(event) => change({ theme: event.target.value as typeof preferences.theme })}
            >
              {(['system', 'light', 'dark'] as const).map((theme) => (
                <option key={theme} value={theme}>
                  {t(`preferences.themes.${theme}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t('preferences.density')}>
          {(props) => (
            <select
              {...props}
              className="field"
              value={preferences.density}
              onChange={(event) => change({ density: event.target.value as typeof preferences.density })}
            >
              {(['compact', 'comfortable'] as const).map((density) => (
                <option key={density} value={density}>
                  {t(`preferences.densities.${density}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t('preferences.zone')}>
          {(props) => (
            <select
              {...props}
              className="field"
              value={preferences.timeZone}
              onChange={(event) => change({ timeZone: event.target.value })}
            >
              {zones.map((zone) => (
                <option key={zone} value={zone}>
                  {zone === 'browser' ? t('preferences.zoneBrowser', { zone: browserZone() }) : zone}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      {error && (
        <div className="mt-3">
          <ErrorLine error={error} />
        </div>
      )}
    </Section>
  )
}
