import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatCompact, formatCount, formatRate } from '../../ui/format/number.ts'
import { Skeleton } from '../../ui/states.tsx'
import type { AlertSummary, Pulse, RangeSearch } from './data.ts'

/** One number that opens the list it counts. */
function Tile({
  label,
  value,
  note,
  link,
  children,
}: {
  label: string
  value: ReactNode
  note?: ReactNode
  link: Pick<LinkProps, 'to' | 'search'>
  children?: ReactNode
}) {
  return (
    <Link
      {...link}
      className="panel relative flex h-22 min-w-0 flex-col justify-between overflow-hidden px-3 py-2 transition-colors hover:border-line-strong"
    >
      <span className="label truncate">{label}</span>
      <span className="truncate text-28 leading-8 font-semibold tracking-tight">{value}</span>
      <span className="label truncate">{note ?? '\u00a0'}</span>
      {children}
    </Link>
  )
}

export function AlertTiles({ summary, range }: { summary: AlertSummary | undefined; range: RangeSearch }) {
  const { t } = useTranslation('overview')
  if (!summary) return Array.from({ length: 4 }, (_, index) => <Skeleton key={String(index)} className="h-22" />)
  const minutes = (value: number | null) => (value === null ? '–' : t('minutes', { formatted: formatCount(value) }))
  return (
    <>
      <Tile label={t('tile.open')} value={formatCompact(summary.open)} link={{ to: '/alerts', search: { ...range } }} />
      <Tile
        label={t('tile.unassigned')}
        value={formatCompact(summary.unassigned)}
        link={{ to: '/alerts', search: { assignee: 'nobody', ...range } }}
      />
      <Tile
        label={t('tile.acknowledge')}
        value={minutes(summary.medianAcknowledgeMinutes)}
        note={summary.medianAcknowledgeMinutes === null ? t('tile.none') : undefined}
        link={{ to: '/alerts', search: { status: 'acknowledged,in-progress,closed', ...range } }}
      />
      <Tile
        label={t('tile.close')}
        value={minutes(summary.medianCloseMinutes)}
        note={summary.medianCloseMinutes === null ? t('tile.none') : undefined}
        link={{ to: '/alerts', search: { status: 'closed', ...range } }}
      />
    </>
  )
}

/** What comes in at this moment, with the last minutes drawn behind it. */
export function PulseTile({ pulses }: { pulses: readonly Pulse[] }) {
  const { t } = useTranslation('overview')
  const last = pulses.at(-1)
  const note = !last
    ? t('tile.noPulse')
    : last.behind > 0
      ? t('tile.behind', { count: last.behind, formatted: formatCompact(last.behind) })
      : t('tile.keepingUp')
  return (
    <Tile
      label={t('tile.ingest')}
      value={last ? formatRate(last.eventsPerSecond) : '–'}
      note={note}
      link={{ to: '/events', search: { range: '15m' } }}
    >
      <Sparkline values={pulses.map((pulse) => pulse.eventsPerSecond)} />
    </Tile>
  )
}

function Sparkline({ values }: { values: readonly number[] }) {
  if (values.length < 2) return null
  const top = Math.max(1, ...values)
  const points = values
    .map((value, index) => `${(index / (values.length - 1)) * 100},${40 - (value / top) * 38}`)
    .join(' ')
  return (
    <svg
      aria-hidden
      viewBox="0 0 100 40"
      preserveAspectRatio="none"
      className="pointer-events-none absolute inset-x-0 bottom-0 h-10 w-full opacity-40"
    >
      <polyline points={`0,40 ${points} 100,40`} fill="var(--accent-soft)" stroke="none" />
      <polyline
        points={points}
        fill="none"
        stroke="var(--accent)"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  )
}
