import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/form.tsx'
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
      <TextField
        label={t('password.current')}
        required
        type="password"
        autoComplete="current-password"
        value={currentPassword}
        onChange={setCurrent}
      />
      <TextField
        label={t('password.next')}
        hint={t('password.hint', { count: minLength })}
        required
        type="password"
        minLength={minLength}
        autoComplete="new-password"
        value={newPassword}
        onChange={setNew}
      />
      <Button type="submit" tone="primary" busy={save.isPending}>
        {t('password.save')}
      </Button>
    </form>
  )
}
