import { CalendarClock, ChevronDown, RotateCw } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, IconButton } from './button.tsx'
import { useDisplay } from './display.tsx'
import { useFloating } from './floating/floating.ts'
import { WaitingTrigger } from './floating/waiting-trigger.tsx'
import { formatInstant, formatMinute, formatZone, parseInstant } from './format/time.ts'
import { relativeSpecs, resolveRange, type TimeRange } from './time-range.ts'

/** The words of a range. */
export function useRangeWords(): (range: TimeRange) => string {
  const { t } = useTranslation('ui')
  const { zone } = useDisplay()
  return (range) => {
    if (range.kind === 'all') return t('range.all')
    if (range.kind === 'absolute') return `${formatMinute(range.fromMs, zone)} – ${formatMinute(range.toMs, zone)}`
    return t('range.last', {
      span: t(`range.unit.${range.spec.slice(-1)}`, { count: Number(range.spec.slice(0, -1)) }),
    })
  }
}

/** The time range of a page: relative words, or two instants in the person's zone. */
export function TimeRangePicker({
  value,
  onChange,
  onRefresh,
  refreshing = false,
}: {
  value: TimeRange
  onChange: (range: TimeRange) => void
  onRefresh?: () => void
  refreshing?: boolean
}) {
  const { t } = useTranslation('ui')
  const { zone } = useDisplay()
  const words = useRangeWords()
  const [open, setOpen] = useState(false)
  const choose = (range: TimeRange) => {
    onChange(range)
    setOpen(false)
  }
  const resolved = resolveRange(value, Date.now())
  const floating = useFloating(open)
  const button = (
    <button
      type="button"
      aria-label={t('range.button', { range: words(value) })}
      title={`${formatInstant(resolved.fromMs, zone)} – ${formatInstant(resolved.toMs, zone)} ${formatZone(resolved.toMs, zone)}`}
      className="inline-flex h-8 items-center gap-1.5 rounded border border-line-strong bg-surface px-2.5 hover:bg-surface-2"
    >
      <CalendarClock size={14} className="text-text-3" aria-hidden />
      <span className="max-w-56 truncate">{words(value)}</span>
      <ChevronDown size={12} className="text-text-3" aria-hidden />
    </button>
  )
  return (
    <div className="flex items-center">
      {floating ? (
        <floating.Popover.Root open={open} onOpenChange={setOpen}>
          <floating.Popover.Trigger asChild>{button}</floating.Popover.Trigger>
          <floating.Popover.Portal>
            <floating.Popover.Content
              aria-label={t('range.title')}
              align="end"
              sideOffset={4}
              collisionPadding={8}
              className="float flex w-[min(94vw,460px)] flex-col md:flex-row"
            >
              <div className="flex flex-wrap gap-0 border-line p-1 md:w-40 md:flex-col md:border-r">
                {relativeSpecs.map((spec) => (
                  <button
                    key={spec}
                    type="button"
                    aria-pressed={value.kind === 'relative' && value.spec === spec}
                    className="menu-item text-left aria-pressed:bg-accent-soft aria-pressed:text-accent-text"
                    onClick={() => choose({ kind: 'relative', spec })}
                  >
                    {words({ kind: 'relative', spec })}
                  </button>
                ))}
                <button
                  type="button"
                  aria-pressed={value.kind === 'all'}
                  className="menu-item text-left aria-pressed:bg-accent-soft aria-pressed:text-accent-text"
                  onClick={() => choose({ kind: 'all' })}
                >
                  {t('range.all')}
                </button>
              </div>
              <AbsoluteForm
                key={String(open)}
                resolved={value.kind === 'all' ? { fromMs: Date.now() - 86_400_000, toMs: Date.now() } : resolved}
                onChoose={choose}
              />
            </floating.Popover.Content>
          </floating.Popover.Portal>
        </floating.Popover.Root>
      ) : (
        <WaitingTrigger opens="dialog" onAsk={() => setOpen(true)}>
          {button}
        </WaitingTrigger>
      )}
      {onRefresh && (
        <IconButton
          label={t('range.refresh')}
          hint="r"
          className="ml-1"
          icon={<RotateCw size={14} className={refreshing ? 'animate-spin' : undefined} />}
          onClick={onRefresh}
        />
      )}
    </div>
  )
}

function AbsoluteForm({
  resolved,
  onChoose,
}: {
  resolved: { fromMs: number; toMs: number }
  onChoose: (range: TimeRange) => void
}) {
  const { t } = useTranslation('ui')
  const { zone } = useDisplay()
  const ids = useId()
  const [from, setFrom] = useState(() => formatInstant(resolved.fromMs, zone).slice(0, 19))
  const [to, setTo] = useState(() => formatInstant(resolved.toMs, zone).slice(0, 19))
  const fromMs = parseInstant(from, zone)
  const toMs = parseInstant(to, zone)
  const problem = fromMs === null || toMs === null ? t('range.unreadable') : fromMs >= toMs ? t('range.reversed') : null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (problem === null && fromMs !== null && toMs !== null) onChoose({ kind: 'absolute', fromMs, toMs })
  }
  return (
    <form onSubmit={submit} className="flex flex-1 flex-col gap-2 p-3">
      <label htmlFor={`${ids}f`}>
        <span className="label mb-1 block">{t('range.from')}</span>
        <input
          id={`${ids}f`}
          className="field mono"
          value={from}
          aria-invalid={fromMs === null}
          onChange={(event) => setFrom(event.target.value)}
        />
      </label>
      <label htmlFor={`${ids}t`}>
        <span className="label mb-1 block">{t('range.to')}</span>
        <input
          id={`${ids}t`}
          className="field mono"
          value={to}
          aria-invalid={toMs === null}
          onChange={(event) => setTo(event.target.value)}
        />
      </label>
      <p className="label" role={problem ? 'alert' : undefined}>
        {problem ?? t('range.zone', { zone: formatZone(resolved.toMs, zone) })}
      </p>
      <Button type="submit" tone="primary" disabled={problem !== null} className="mt-auto">
        {t('range.apply')}
      </Button>
    </form>
  )
}
