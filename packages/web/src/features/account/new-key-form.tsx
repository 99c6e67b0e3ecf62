// biome-ignore-all lint/a11y/noAutofocus: the form is all there is, and what somebody came for
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../../app/session/me.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/form.tsx'
import { ErrorLine } from '../../ui/states.tsx'

export interface NewKey {
  readonly name: string
  readonly permissions: string[]
  readonly expiresInDays: number
}

/** A new key: name, life, and a subset of one's own permissions. */
export function NewKeyForm({
  error,
  busy,
  onCreate,
}: {
  error: unknown
  busy: boolean
  onCreate: (key: NewKey) => void
}) {
  const { t } = useTranslation('account')
  const { permissions: own } = useMe()
  const [name, setName] = useState('')
  const [days, setDays] = useState('365')
  const [chosen, setChosen] = useState<readonly string[]>(own.filter((permission) => permission === 'events:write'))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (chosen.length > 0) onCreate({ name, permissions: [...chosen], expiresInDays: Number(days) })
  }
  const presets = [
    ['send', own.filter((permission) => permission === 'events:write')],
    ['read', own.filter((permission) => permission.endsWith(':read'))],
    ['all', own],
  ] as const
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <ErrorLine error={error} />
      <div className="grid gap-3 sm:grid-cols-[1fr_140px]">
        <TextField
          label={t('keys.name')}
          hint={t('keys.nameHint')}
          required
          autoFocus
          maxLength={120}
          value={name}
          onChange={setName}
        />
        <TextField label={t('keys.days')} required type="number" min={1} max={3650} value={days} onChange={setDays} />
      </div>
      <fieldset>
        <legend className="mb-1 text-12 font-medium text-text-2">{t('keys.permissions')}</legend>
        <div className="mb-2 flex flex-wrap gap-1.5">
          {presets.map(([preset, list]) => (
            <Button key={preset} size="sm" disabled={list.length === 0} onClick={() => setChosen(list)}>
              {t(`keys.preset.${preset}`)}
            </Button>
          ))}
        </div>
        <div className="grid max-h-48 grid-cols-2 gap-x-3 overflow-auto rounded border border-line p-2">
          {[...own].sort().map((permission) => (
            <label key={permission} className="flex h-6 items-center gap-2">
              <input
                type="checkbox"
                className="accent-[var(--accent)]"
                checked={chosen.includes(permission)}
                onChange={() => setChosen(own.filter((each) => chosen.includes(each) !== (each === permission)))}
              />
              <code className="mono truncate">{permission}</code>
            </label>
          ))}
        </div>
        {chosen.length === 0 && <p className="mt-1 text-12 text-bad">{t('keys.choose')}</p>}
      </fieldset>
      <Button type="submit" tone="primary" busy={busy} disabled={chosen.length === 0} className="self-end">
        {t('keys.create')}
      </Button>
    </form>
  )
}
