// biome-ignore-all lint/a11y/noAutofocus: the form is all there is, and what somebody came for
import type { StixPatternRecord } from '@watchfloor/contracts/intel'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { Field, TextField } from '../../../ui/form.tsx'
import { ErrorLine } from '../../../ui/states.tsx'
import { CheckRemarks } from './check-remarks.tsx'
import { usePatternCheck, useSavePattern } from './data.ts'

const dayMs = 86_400_000

/** Numbers as they are typed. */
interface Form {
  readonly pattern: string
  readonly name: string
  readonly description: string
  readonly source: string
  readonly confidence: string
  readonly labels: string
  readonly validDays: string
}

const emptyForm: Form = {
  pattern: '',
  name: '',
  description: '',
  source: '',
  confidence: '50',
  labels: '',
  validDays: '',
}

const formOf = (known: StixPatternRecord): Form => ({
  pattern: known.pattern,
  name: known.name,
  description: known.description ?? '',
  source: known.source,
  confidence: String(known.confidence),
  labels: known.labels.join(', '),
  validDays: '',
})

/** Writes a pattern, or changes the one that is known; what there is to say about it stands below while it is written. */
export function PatternDialog({
  known,
  open,
  onClose,
  onSaved,
}: {
  known?: StixPatternRecord | undefined
  open: boolean
  onClose: () => void
  onSaved: (id: string) => void
}) {
  const { t } = useTranslation('patterns')
  const [form, setForm] = useState<Form>(known ? formOf(known) : emptyForm)
  const save = useSavePattern(known)
  const check = usePatternCheck(open ? form.pattern : '')
  const write = (part: Partial<Form>) => setForm((now) => ({ ...now, ...part }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { pattern, name, description, source, confidence, labels, validDays } = form
    save.mutate(
      {
        pattern,
        name,
        source,
        description: description.trim() || null,
        confidence: Number(confidence),
        tlp: known?.tlp ?? 'amber',
        labels: labels
          .split(',')
          .map((label) => label.trim())
          .filter(Boolean),
        validFrom: known?.validFrom ?? null,
        validUntil:
          validDays === ''
            ? (known?.validUntil ?? null)
            : new Date(Date.now() + Number(validDays) * dayMs).toISOString(),
        enabled: known?.enabled ?? true,
      },
      {
        onSuccess: ({ id }) => {
          if (!known) setForm(emptyForm)
          onSaved(id)
        },
      },
    )
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t(known ? 'editor.editTitle' : 'editor.addTitle')}
      description={t('editor.text')}
      width="max-w-2xl"
    >
      <form onSubmit={submit} className="flex flex-col gap-3">
        <ErrorLine error={save.error} />
        <Field label={t('editor.pattern')}>
          {(props) => (
            <textarea
              {...props}
              required
              autoFocus
              rows={5}
              maxLength={20_000}
              spellCheck={false}
              placeholder={t('editor.placeholder')}
              className="field mono h-auto! min-h-24 resize-y py-1.5!"
              value={form.pattern}
              onChange={(event) => write({ pattern: event.target.value })}
            />
          )}
        </Field>
        <CheckRemarks check={check} />
        <div className="grid gap-3 sm:grid-cols-2">
          <Text label={t('editor.name')} required max={300} value={form.name} onChange={(name) => write({ name })} />
          <Text
            label={t('editor.source')}
            required
            max={120}
            disabled={known !== undefined}
            value={form.source}
            onChange={(source) => write({ source })}
          />
          <Text
            label={t('editor.confidence')}
            hint={t('editor.confidenceHint')}
            required
            type="number"
            max={100}
            value={form.confidence}
            onChange={(confidence) => write({ confidence })}
          />
          <Text
            label={t('editor.validDays')}
            hint={t('editor.validDaysHint')}
            type="number"
            max={3650}
            value={form.validDays}
            onChange={(validDays) => write({ validDays })}
          />
          <Text
            label={t('editor.labels')}
            hint={t('editor.labelsHint')}
            max={500}
            value={form.labels}
            onChange={(labels) => write({ labels })}
          />
          <Text
            label={t('editor.description')}
            max={4000}
            value={form.description}
            onChange={(description) => write({ description })}
          />
        </div>
        <Button
          type="submit"
          tone="primary"
          busy={save.isPending}
          disabled={check !== undefined && !check.runs}
          className="self-end"
        >
          {t('editor.save')}
        </Button>
      </form>
    </Dialog>
  )
}

/** @param max characters, or the number itself */
function Text({
  label,
  hint,
  value,
  onChange,
  max,
  type = 'text',
  ...rest
}: {
  label: string
  hint?: string
  value: string
  onChange: (value: string) => void
  max: number
  type?: 'text' | 'number'
  required?: boolean
  disabled?: boolean
}) {
  return (
    <TextField
      label={label}
      {...(hint === undefined ? {} : { hint })}
      {...rest}
      type={type}
      {...(type === 'number' ? { min: 0, max } : { maxLength: max })}
      value={value}
      onChange={onChange}
    />
  )
}
