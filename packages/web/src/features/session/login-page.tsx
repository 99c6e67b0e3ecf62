// biome-ignore-all lint/a11y/noAutofocus: the form is all there is, and what somebody came for
import { Link, useRouter } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../app/api.ts'
import { useMeQuery } from '../../app/session/me.tsx'
import { useUrlState } from '../../app/url-state.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/form.tsx'
import { ErrorLine } from '../../ui/states.tsx'
import { useLogin, useSetupStatus } from './data.ts'
import { Gate } from './gate.tsx'
import { safeNext } from './safe-next.ts'

/** Signing in: address and password, then the second factor where there is one. */
export function LoginPage() {
  const { t } = useTranslation('session')
  const [url] = useUrlState()
  const me = useMeQuery()
  const setup = useSetupStatus()
  const login = useLogin()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [wantsCode, setWantsCode] = useState(false)
  const router = useRouter()
  const signedIn = Boolean(me.data)
  useEffect(() => {
    if (signedIn) router.history.replace(safeNext(url.next))
  }, [signedIn, url.next, router])
  if (signedIn) return null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    login.mutate(
      { email, password, ...(wantsCode && { code: code.replace(/\s/g, '') }) },
      {
        onError: (error) => {
          if (error instanceof ApiError && error.code === 'SECOND_FACTOR_REQUIRED') {
            setWantsCode(true)
            login.reset()
          }
        },
      },
    )
  }
  const title = wantsCode ? t('login.codeTitle') : t('login.title')
  const text = wantsCode
    ? t('login.codeText')
    : setup.data?.needed
      ? t('login.setupNeeded')
      : url.next
        ? t('login.expired')
        : setup.data?.organisationName
  return (
    <Gate title={title} text={text}>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <ErrorLine error={login.error} />
        {wantsCode ? (
          <TextField
            label={t('login.code')}
            autoFocus
            required
            inputMode="text"
            autoComplete="one-time-code"
            look="mono text-14!"
            value={code}
            onChange={setCode}
          />
        ) : (
          <>
            <TextField
              label={t('login.email')}
              autoFocus
              required
              type="email"
              autoComplete="username"
              value={email}
              onChange={setEmail}
            />
            <TextField
              label={t('login.password')}
              required
              type="password"
              autoComplete="current-password"
              value={password}
              onChange={setPassword}
            />
          </>
        )}
        <Button type="submit" tone="primary" busy={login.isPending} className="mt-1 w-full">
          {wantsCode ? t('login.codeSubmit') : t('login.submit')}
        </Button>
        {wantsCode && (
          <Button
            tone="quiet"
            onClick={() => {
              setWantsCode(false)
              setCode('')
              setPassword('')
            }}
          >
            {t('login.other')}
          </Button>
        )}
        {setup.data?.needed && (
          <Link to="/setup" className="link text-center">
            {t('setup.title')}
          </Link>
        )}
      </form>
    </Gate>
  )
}
