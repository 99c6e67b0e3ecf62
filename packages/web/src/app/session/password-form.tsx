import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/form.tsx'
import { ErrorLine } from '../../ui/states.tsx'
import { api, call } from '../api.ts'

const minLength = 12

/** Changing one's own password. */
export function PasswordForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('app')
  const queries = useQueryClient()
  const [currentPassword, setCurrent] = useState('')
  const [newPassword, setNew] = useState('')
  const save = useMutation({
    mutationFn: () => call<unknown>(api.POST('/api/v1/me/password', { body: { currentPassword, newPassword } })),
    onSuccess: async () => {
      setCurrent('')
      setNew('')
      await queries.refetchQueries({ queryKey: ['me'] })
      onDone()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form onSubmit={submit} className="flex max-w-sm flex-col gap-3">
      <ErrorLine error={save.error} />
      <Field label={t('password.current')}>
        {(props) => (
          <input
            {...props}
            required
            type="password"
            autoComplete="current-password"
            className="field"
            value={currentPassword}
            onChange={(event) => setCurrent(event.target.value)}
          />
        )}
      </Field>
      <Field label={t('password.next')} hint={t('password.hint', { count: minLength })}>
        {(props) => (
          <input
            {...props}
            required
            type="password"
            minLength={minLength}
            autoComplete="new-password"
            className="field"
            value={newPassword}
            onChange={(event) => setNew(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" tone="primary" busy={save.isPending}>
        {t('password.save')}
      </Button>
    </form>
  )
}
