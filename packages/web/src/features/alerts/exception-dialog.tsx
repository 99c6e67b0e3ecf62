import { Link } from '@tanstack/react-router'
import type { AlertDetail } from '@watchfloor/contracts/alerts'
import type { ExceptionCondition, ExceptionOp } from '@watchfloor/contracts/rules'
import { type FormEvent, useDeferredValue, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, TextField } from '../../ui/form.tsx'
import { formatCount } from '../../ui/format/number.ts'
import { ErrorLine } from '../../ui/states.tsx'
import { toastDone } from '../../ui/toast.tsx'
import { previewDays, useAddException, useExceptionPreview } from './exception-data.ts'
import { type DraftCondition, draftConditions } from './exception-draft.ts'

const ops: readonly ExceptionOp[] = ['equals', 'contains', 'startswith', 'endswith', 'cidr']
const dayMs = 86_400_000
const ends = [0, 7, 30, 90] as const

interface ExceptionDialogProps {
  readonly alert: AlertDetail
  readonly hits: readonly { readonly field: string | null; readonly value: string }[]
  readonly raw: string | undefined
  readonly onClose: () => void
}

/** Tells the rule of an alert to leave such events alone, ready to be saved as it opens. */
export default function ExceptionDialog({ alert, hits, raw, onClose }: ExceptionDialogProps) {
  const { t } = useTranslation('alerts')
  const [drafts, setDrafts] = useState(() => draftConditions(hits, raw))
  const [reason, setReason] = useState(() => t('exception.reasonFrom', { title: alert.title }))
  const [days, setDays] = useState<number>(0)
  const add = useAddException(alert.ruleId)
  const chosen = useMemo(() => conditionsOf(drafts), [drafts])
  const change = (at: number, patch: Partial<DraftCondition>) =>
    setDrafts((now) => now.map((one, index) => (index === at ? { ...one, ...patch } : one)))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (chosen.length === 0) return
    add.mutate(
      {
        conditions: chosen,
        reason,
        ...(days > 0 && { expiresAt: new Date(Date.now() + days * dayMs).toISOString() }),
      },
      {
        onSuccess: () => {
          toastDone(t('exception.done'))
          onClose()
        },
      },
    )
  }
  return (
    <Dialog open onClose={onClose} title={t('exception.title')} description={t('exception.text')} width="max-w-2xl">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <ErrorLine error={add.error} />
        <fieldset className="flex flex-col gap-1.5">
          <legend className="label mb-1">{t('exception.conditions')}</legend>
          {drafts.length === 0 && <p className="text-text-2">{t('exception.none')}</p>}
          {drafts.map((draft, at) => (
            <ConditionRow key={draft.field} draft={draft} onChange={(patch) => change(at, patch)} />
          ))}
        </fieldset>
        <Preview ruleId={alert.ruleId} conditions={chosen} />
        <div className="grid gap-3 sm:grid-cols-[minmax(0,1fr)_160px]">
          <TextField
            label={t('exception.reason')}
            required
            minLength={3}
            maxLength={1000}
            value={reason}
            onChange={setReason}
          />
          <Field label={t('exception.ends')}>
            {(props) => (
              <select
                {...props}
                className="field"
                value={days}
                onChange={(event) => setDays(Number(event.target.value))}
              >
                {ends.map((each) => (
                  <option key={each} value={each}>
                    {each === 0 ? t('exception.never') : t('exception.inDays', { days: each })}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
        <div className="flex items-center justify-between gap-2">
          <Link to="/rules/$ruleId" params={{ ruleId: alert.ruleId }} search={{ tab: 'exceptions' }} className="link">
            {t('exception.all')}
          </Link>
          <Button type="submit" tone="primary" busy={add.isPending} disabled={chosen.length === 0} autoFocus>
            {t('exception.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

const conditionsOf = (drafts: readonly DraftCondition[]): ExceptionCondition[] =>
  drafts.filter((one) => one.chosen && one.value !== '').map(({ field, op, value }) => ({ field, op, value }))

function ConditionRow({
  draft,
  onChange,
}: {
  draft: DraftCondition
  onChange: (patch: Partial<DraftCondition>) => void
}) {
  const { t } = useTranslation('alerts')
  return (
    <div className="grid grid-cols-[16px_minmax(0,1fr)] items-center gap-x-2 gap-y-1 sm:grid-cols-[16px_minmax(0,150px)_112px_minmax(0,1fr)]">
      <input
        type="checkbox"
        aria-label={t('exception.use', { field: draft.field })}
        checked={draft.chosen}
        onChange={(event) => onChange({ chosen: event.target.checked })}
        className="size-3.5 accent-[var(--accent)]"
      />
      <span className="mono truncate" title={draft.field}>
        {draft.field}
      </span>
      <select
        aria-label={t('exception.op', { field: draft.field })}
        className="field max-sm:col-start-2"
        value={draft.op}
        disabled={!draft.chosen}
        onChange={(event) => {
          const op = ops.find((each) => each === event.target.value)
          if (op) onChange({ op })
        }}
      >
        {ops.map((op) => (
          <option key={op} value={op}>
            {t(`exception.ops.${op}`)}
          </option>
        ))}
      </select>
      <input
        aria-label={t('exception.value', { field: draft.field })}
        className="field mono max-sm:col-start-2"
        value={draft.value}
        disabled={!draft.chosen}
        maxLength={4000}
        onChange={(event) => onChange({ value: event.target.value })}
      />
    </div>
  )
}

function Preview({ ruleId, conditions }: { ruleId: string; conditions: readonly ExceptionCondition[] }) {
  const { t } = useTranslation('alerts')
  const asked = useDeferredValue(conditions)
  const preview = useExceptionPreview(ruleId, asked)
  if (conditions.length === 0) return <p className="text-text-2">{t('exception.choose')}</p>
  if (preview.isError) return <ErrorLine error={preview.error} />
  const { data } = preview
  return (
    <p role="status" className="rounded border border-line bg-surface-2 px-3 py-2 text-text-2">
      {!data
        ? t('exception.looking')
        : t('exception.preview', {
            removed: formatCount(data.removed),
            looked: formatCount(data.looked - data.gone),
            days: previewDays,
          })}
      {data && data.gone > 0 && ` ${t('exception.gone', { count: data.gone, formatted: formatCount(data.gone) })}`}
    </p>
  )
}
