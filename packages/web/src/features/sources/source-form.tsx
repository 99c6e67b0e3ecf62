// biome-ignore-all lint/a11y/noAutofocus: the form is all there is, and what somebody came for
import type { Source } from '@watchfloor/contracts/events'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Field, TextField } from '../../ui/form.tsx'
import { ErrorLine } from '../../ui/states.tsx'
import type { CreatableKind, SourceForm } from './data.ts'

/** The form's own state: numbers as they are typed. */
interface Draft {
  name: string
  kind: CreatableKind
  path: string
  product: string
  service: string
  retentionDays: string
  retentionMegabytes: string
  silenceMinutes: string
}

const text = (value: string | number | null | undefined): string =>
  value === null || value === undefined ? '' : String(value)
const whole = (value: string): number | null => (value.trim() === '' ? null : Number(value))
const orNull = (value: string): string | null => value.trim() || null

/** Settings of a source; with `onCreate` it asks for the kind, too. */
export function SourceFields({
  source,
  error,
  busy,
  onCreate,
  onSave,
}: {
  source?: Source
  error: unknown
  busy: boolean
  onCreate?: (form: SourceForm & { kind: CreatableKind }) => void
  onSave?: (form: SourceForm) => void
}) {
  const { t } = useTranslation('sources')
  const [draft, setDraft] = useState<Draft>({
    name: source?.name ?? '',
    kind: 'http',
    path: text(source?.path),
    product: text(source?.product),
    service: text(source?.service),
    retentionDays: text(source?.retentionDays),
    retentionMegabytes: source?.retentionBytes ? String(Math.round(source.retentionBytes / 1_000_000)) : '',
    silenceMinutes: text(source?.silenceMinutes),
  })
  const set = (part: Partial<Draft>) => setDraft((now) => ({ ...now, ...part }))
  const isFile = source ? source.kind === 'file' : draft.kind === 'file'
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const megabytes = whole(draft.retentionMegabytes)
    const form: SourceForm = {
      name: draft.name,
      path: isFile ? orNull(draft.path) : null,
      product: orNull(draft.product),
      service: orNull(draft.service),
      retentionDays: whole(draft.retentionDays),
      retentionBytes: megabytes === null ? null : megabytes * 1_000_000,
      silenceMinutes: whole(draft.silenceMinutes),
    }
    onCreate?.({ ...form, kind: draft.kind })
    onSave?.(form)
  }
  const number = (
    key: 'retentionDays' | 'retentionMegabytes' | 'silenceMinutes',
    max: number,
    hint: string,
    label: string,
  ) => (
    <TextField
      label={label}
      hint={hint}
      type="number"
      min={1}
      max={max}
      value={draft[key]}
      onChange={(text) => set({ [key]: text })}
    />
  )
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <ErrorLine error={error} />
      <TextField
        label={t('form.name')}
        hint={t('form.nameHint')}
        required
        maxLength={120}
        autoFocus={onCreate !== undefined}
        value={draft.name}
        onChange={(text) => set({ name: text })}
      />
      {onCreate && (
        <Field label={t('form.kind')}>
          {(props) => (
            <select
              {...props}
              className="field"
              value={draft.kind}
              onChange={(event) => set({ kind: event.target.value as CreatableKind })}
            >
              {(['http', 'syslog', 'file'] as const).map((kind) => (
                <option key={kind} value={kind}>
                  {t(`form.kinds.${kind}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {isFile && (
        <TextField
          label={t('form.path')}
          hint={t('form.pathHint')}
          required
          look="mono"
          value={draft.path}
          onChange={(text) => set({ path: text })}
        />
      )}
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField
          label={t('form.product')}
          hint={t('form.productHint')}
          maxLength={80}
          value={draft.product}
          onChange={(text) => set({ product: text })}
        />
        <TextField
          label={t('form.service')}
          hint={t('form.serviceHint')}
          maxLength={80}
          value={draft.service}
          onChange={(text) => set({ service: text })}
        />
        {number('retentionDays', 3650, t('form.retentionHint'), t('form.retentionDays'))}
        {number('retentionMegabytes', 1_000_000_000, t('form.retentionMegabytesHint'), t('form.retentionMegabytes'))}
        {number('silenceMinutes', 43_200, t('form.silenceHint'), t('form.silence'))}
      </div>
      <Button type="submit" tone="primary" busy={busy} className="self-end">
        {onCreate ? t('form.create') : t('form.save')}
      </Button>
    </form>
  )
}
