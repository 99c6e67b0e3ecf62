import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { TimeBars } from '../../ui/charts/time-bars.tsx'
import { Skeleton } from '../../ui/states.tsx'
import type { TimeRange } from '../../ui/time-range.ts'
import { type EventSearch, type Histogram, useEnd, useHistogram } from './data.ts'

export interface EventsOverTime {
  readonly data: Histogram | undefined
  /** How many events match in all; undefined while it is being counted. */
  readonly total: number | undefined
  readonly failed: boolean
}

/** Counts over time and in all. Searching all time, they begin at the oldest event rather than in 1990. */
export function useEventsOverTime(search: EventSearch, range: TimeRange): EventsOverTime {
  const all = range.kind === 'all'
  const oldest = useEnd(search, 'oldest', all)
  const newest = useEnd(search, 'newest', all)
  const first = oldest.data
  const last = newest.data
  const bounds = useMemo(
    () =>
      all && first && last ? { ...search, from: first, to: new Date(Date.parse(last) + 1000).toISOString() } : search,
    [all, first, last, search],
  )
  const histogram = useHistogram(bounds, !all || (first !== undefined && last !== undefined))
  return {
    data: histogram.data,
    total: histogram.isPlaceholderData ? undefined : histogram.data?.total,
    failed: histogram.isError || oldest.isError,
  }
}

/** Events over time (the list beneath says what is wrong with a search); a drag chooses a stretch. */
export function EventHistogram({
  overTime: { data, failed },
  onChoose,
}: {
  overTime: EventsOverTime
  onChoose: (fromMs: number, toMs: number) => void
}) {
  const { t } = useTranslation('events')
  const bars = useMemo(
    () =>
      (data?.bars ?? []).map((bar) => ({
        startMs: Date.parse(bar.start),
        parts: [{ key: 'n', label: t('list'), colour: 'var(--bar)', count: bar.count }],
      })),
    [data, t],
  )
  return (
    <div className="h-27 shrink-0 px-4 pt-3 pb-2">
      {failed ? null : data ? (
        <TimeBars label={t('histogram')} bars={bars} intervalMs={data.intervalMs} heightPx={64} onChoose={onChoose} />
      ) : (
        <Skeleton className="ml-11 h-16" />
      )}
    </div>
  )
}
