// biome-ignore-all lint/a11y/noAutofocus: the form is all there is, and what somebody came for
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { TextField } from '../../ui/form.tsx'
import { ErrorLine, Skeleton } from '../../ui/states.tsx'
import { api, call } from '../api.ts'

type Guard = <T>(act: () => Promise<T>) => Promise<T>

/**
 * Setting up an authenticator: the code to scan, the digits to prove it, then the recovery codes, once.
 * @param guard asks for the password again where the server wants it
 */
export function SecondFactorSetup({ guard, onDone }: { guard: Guard; onDone: () => void }) {
  const { t } = useTranslation('app')
  const [code, setCode] = useState('')
  const start = useMutation({
    mutationFn: () =>
      guard(() => call<{ secret: string; uri: string; qrCode: string }>(api.POST('/api/v1/me/totp', { body: {} }))),
  })
  const confirm = useMutation({
    mutationFn: (digits: string) =>
      call<{ recoveryCodes: string[] }>(api.POST('/api/v1/me/totp/confirm', { body: { code: digits } })),
  })
  const begin = start.mutate
  useEffect(() => begin(), [begin])
  if (confirm.data) return <RecoveryCodes codes={confirm.data.recoveryCodes} onDone={onDone} />
  const submit = (event: FormEvent) => {
    event.preventDefault()
    confirm.mutate(code.replace(/\s/g, ''))
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <ErrorLine error={start.error ?? confirm.error} />
      <div className="flex justify-center rounded bg-[#ffffff] p-3">
        {start.data ? (
          <img src={start.data.qrCode} alt={t('factor.qr')} className="size-44" />
        ) : (
          <Skeleton className="size-44" />
        )}
      </div>
      {start.data && (
        <p className="flex items-center gap-1 text-12 text-text-2">
          {t('factor.secret')} <code className="mono break-all">{start.data.secret}</code>{' '}
          <CopyButton value={start.data.secret} />
        </p>
      )}
      <TextField
        label={t('factor.code')}
        required
        autoFocus
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={7}
        look="mono text-14!"
        value={code}
        onChange={setCode}
      />
      <Button type="submit" tone="primary" busy={confirm.isPending} disabled={!start.data}>
        {t('factor.confirm')}
      </Button>
    </form>
  )
}

/** Codes that are shown once; the button that ends the page says that they were kept. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const { t } = useTranslation('app')
  return (
    <div className="flex flex-col gap-3">
      <p>{t('factor.recovery')}</p>
      <ul className="mono grid grid-cols-2 gap-x-4 gap-y-1 rounded bg-surface-2 p-3">
        {codes.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
      <div className="flex items-center gap-2">
        <CopyButton value={codes.join('\n')} label={t('factor.copyCodes')} />
        <Button tone="primary" className="flex-1" onClick={onDone}>
          {t('factor.kept')}
        </Button>
      </div>
    </div>
  )
}
