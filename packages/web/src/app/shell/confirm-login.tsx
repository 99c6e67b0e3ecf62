import { createContext, type FormEvent, type ReactNode, useCallback, useContext, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { ConfirmProvider, Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/form.tsx'
import { ErrorLine } from '../../ui/states.tsx'
import { api, call, wantsRecentLogin } from '../api.ts'

type Guard = <T>(act: () => Promise<T>) => Promise<T>
const GuardContext = createContext<Guard | null>(null)

/** Runs a sensitive act; when the server wants the password again, asks for it and runs the act once more. */
export function useRecentLogin(): Guard {
  const guard = useContext(GuardContext)
  if (!guard) throw new Error('ConfirmLoginProvider is missing')
  return guard
}

export function ConfirmLoginProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation('app')
  const [asked, setAsked] = useState<{ done: (confirmed: boolean) => void } | null>(null)
  const [password, setPassword] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)

  const guard: Guard = useCallback(async (act) => {
    try {
      return await act()
    } catch (failure) {
      if (!wantsRecentLogin(failure)) throw failure
      const confirmed = await new Promise<boolean>((resolve) => setAsked({ done: resolve }))
      if (!confirmed) throw failure
      return act()
    }
  }, [])

  const close = (confirmed: boolean) => {
    asked?.done(confirmed)
    setAsked(null)
    setPassword('')
    setError(null)
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      await call(api.POST('/api/v1/session/confirm', { body: { password } }))
      close(true)
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }
  return (
    <GuardContext value={guard}>
      <ConfirmProvider>{children}</ConfirmProvider>
      <Dialog
        open={asked !== null}
        onClose={() => close(false)}
        title={t('confirmLogin.title')}
        description={t('confirmLogin.text')}
        width="max-w-sm"
      >
        <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
          <ErrorLine error={error} />
          <TextField
            label={t('confirmLogin.password')}
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={setPassword}
          />
          <Button type="submit" tone="primary" busy={busy} disabled={password === ''}>
            {t('confirmLogin.confirm')}
          </Button>
        </form>
      </Dialog>
    </GuardContext>
  )
}
