// biome-ignore-all lint/a11y/noAutofocus: the form is all there is, and what somebody came for
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/form.tsx'
import { ErrorLine } from '../../ui/states.tsx'
import type { NewUser } from './data.ts'
import { RoleBoxes } from './role-boxes.tsx'

/** Adding a person. */
export function NewUserForm({
  error,
  busy,
  onCreate,
}: {
  error: unknown
  busy: boolean
  onCreate: (user: NewUser) => void
}) {
  const { t } = useTranslation('users')
  const [draft, setDraft] = useState<NewUser>({ email: '', displayName: '', roles: ['analyst'] })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (draft.roles.length > 0) onCreate(draft)
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <ErrorLine error={error} />
      <TextField
        label={t('form.displayName')}
        required
        autoFocus
        maxLength={120}
        autoComplete="off"
        value={draft.displayName}
        onChange={(text) => setDraft({ ...draft, displayName: text })}
      />
      <TextField
        label={t('form.email')}
        required
        type="email"
        autoComplete="off"
        value={draft.email}
        onChange={(text) => setDraft({ ...draft, email: text })}
      />
      <RoleBoxes value={draft.roles} onChange={(next) => setDraft({ ...draft, roles: next })} />
      <Button type="submit" tone="primary" busy={busy} disabled={draft.roles.length === 0} className="self-end">
        {t('form.create')}
      </Button>
    </form>
  )
}
