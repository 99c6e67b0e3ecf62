// biome-ignore-all lint/a11y/noAutofocus: the form is all there is, and what somebody came for
import { Link, Navigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMeQuery } from '../../app/session/me.tsx'
import { useUrlState } from '../../app/url-state.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/form.tsx'
import { ErrorLine } from '../../ui/states.tsx'
import { useSetup, useSetupStatus } from './data.ts'
import { Gate } from './gate.tsx'

/** The first administrator, by the one-time link. */
export function SetupPage() {
  const { t } = useTranslation('session')
  const [url] = useUrlState()
  const me = useMeQuery()
  const status = useSetupStatus()
  const setup = useSetup()
  const [form, setForm] = useState({
    token: url.token ?? '',
    email: '',
    displayName: '',
    password: '',
    organisationName: '',
  })
  const set = (part: Partial<typeof form>) => setForm((now) => ({ ...now, ...part }))
  if (me.data) return <Navigate to="/" replace />
  if (status.data && !status.data.needed)
    return (
      <Gate title={t('setup.title')} text={t('setup.done')}>
        <Link to="/login" className="link">
          {t('setup.toLogin')}
        </Link>
      </Gate>
    )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { organisationName, ...rest } = form
    setup.mutate({ ...rest, ...(organisationName.trim() && { organisationName }) })
  }
  return (
    <Gate title={t('setup.title')} text={t('setup.text')}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <ErrorLine error={setup.error} />
        {!url.token && (
          <TextField
            label={t('setup.token')}
            hint={t('setup.tokenHint')}
            required
            look="mono"
            value={form.token}
            onChange={(text) => set({ token: text })}
          />
        )}
        <TextField
          label={t('setup.organisation')}
          autoFocus
          maxLength={120}
          autoComplete="organization"
          value={form.organisationName}
          onChange={(text) => set({ organisationName: text })}
        />
        <TextField
          label={t('setup.displayName')}
          required
          maxLength={120}
          autoComplete="name"
          value={form.displayName}
          onChange={(text) => set({ displayName: text })}
        />
        <TextField
          label={t('setup.email')}
          required
          type="email"
          autoComplete="username"
          value={form.email}
          onChange={(text) => set({ email: text })}
        />
        <TextField
          label={t('setup.password')}
          hint={t('setup.passwordHint', { count: status.data?.passwordMinLength ?? 12 })}
          required
          type="password"
          minLength={status.data?.passwordMinLength ?? 12}
          autoComplete="new-password"
          value={form.password}
          onChange={(text) => set({ password: text })}
        />
        <Button type="submit" tone="primary" busy={setup.isPending} className="mt-1 w-full">
          {t('setup.submit')}
        </Button>
      </form>
    </Gate>
  )
}
