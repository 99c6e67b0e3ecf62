// biome-ignore-all lint/a11y/noAutofocus: the form is all there is, and what somebody came for
import { Link, Navigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMeQuery } from '../../app/session/me.tsx'
import { useUrlState } from '../../app/url-state.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/form.tsx'
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
          <Field label={t('setup.token')} hint={t('setup.tokenHint')}>
            {(props) => (
              <input
                {...props}
                required
                className="field mono"
                value={form.token}
                onChange={(event) => set({ token: event.target.value })}
              />
            )}
          </Field>
        )}
        <Field label={t('setup.organisation')}>
          {(props) => (
            <input
              {...props}
              autoFocus
              maxLength={120}
              autoComplete="organization"
              className="field"
              value={form.organisationName}
              onChange={(event) => set({ organisationName: event.target.value })}
            />
          )}
        </Field>
        <Field label={t('setup.displayName')}>
          {(props) => (
            <input
              {...props}
              required
              maxLength={120}
              autoComplete="name"
              className="field"
              value={form.displayName}
              onChange={(event) => set({ displayName: event.target.value })}
            />
          )}
        </Field>
        <Field label={t('setup.email')}>
          {(props) => (
            <input
              {...props}
              required
              type="email"
              autoComplete="username"
              className="field"
              value={form.email}
              onChange={(event) => set({ email: event.target.value })}
            />
          )}
        </Field>
        <Field
          label={t('setup.password')}
          hint={t('setup.passwordHint', { count: status.data?.passwordMinLength ?? 12 })}
        >
          {(props) => (
            <input
              {...props}
              required
              type="password"
              minLength={status.data?.passwordMinLength ?? 12}
              autoComplete="new-password"
              className="field"
              value={form.password}
              onChange={(event) => set({ password: event.target.value })}
            />
          )}
        </Field>
        <Button type="submit" tone="primary" busy={setup.isPending} className="mt-1 w-full">
          {t('setup.submit')}
        </Button>
      </form>
    </Gate>
  )
}
