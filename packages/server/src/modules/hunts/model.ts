import {
  type HuntedListing,
  type HuntedPatterns,
  type HuntRange,
  type HuntRunState,
  type HuntSearch,
  huntRunStates,
} from '@watchfloor/contracts/hunts'
import { Refusal } from '@watchfloor/contracts/kernel'
import { CronExpressionParser } from 'cron-parser'

const minuteMs = 60_000
/** Bars of a run's histogram, about. */
const bars = 60
const steps = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000]
/** The event store counts at most so many intervals at once. */
const maxIntervals = 1000
/** Events between two looks at the store, about: small enough to be asked for within a search's time. */
const sliceEvents = 20_000

/** A time, from inclusive, to exclusive. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** The time that a run started now goes over. @error VALIDATION_FAILED when it is empty */
export function spanOf(range: HuntRange, nowMs: number): Span {
  if ('lastMinutes' in range) return { fromMs: nowMs - range.lastMinutes * minuteMs, toMs: nowMs }
  const span = { fromMs: Date.parse(range.from), toMs: Date.parse(range.to) }
  if (span.fromMs >= span.toMs)
    throw new Refusal('VALIDATION_FAILED', 'the time range is empty: `from` must be before `to`', {
      issues: [{ at: 'body.range.from', message: 'must be before `to`' }],
    })
  return span
}

/** The length of a histogram's bar, and how many there are; bars begin at `fromMs` rounded down to a multiple. */
export function barsOf({ fromMs, toMs }: Span): { barMs: number; firstMs: number; count: number } {
  const atLeast = (toMs - fromMs) / bars
  const step = steps.find((seconds) => seconds * 1000 >= atLeast)
  const barMs = step === undefined ? Math.ceil(atLeast / 86_400_000) * 86_400_000 : step * 1000
  const firstMs = Math.floor(fromMs / barMs) * barMs
  return { barMs, firstMs, count: Math.max(1, Math.ceil((toMs - firstMs) / barMs)) }
}

/** The interval in which events are counted before a run, so that the store has few enough of them. */
export const countingInterval = ({ fromMs, toMs }: Span): number =>
  Math.max(1000, Math.ceil((toMs - fromMs) / (maxIntervals - 2)))

export interface Slice extends Span {
  /** Events in it when they were counted. */
  readonly events: number
}

/** Cuts a span where some thousand events have gathered, so that no question to the store is a long one. Empty stretches are left out. */
export function slicesOf(
  span: Span,
  counts: readonly { startMs: number; count: number }[],
  intervalMs: number,
): Slice[] {
  const slices: Slice[] = []
  let open: Slice | undefined
  for (const { startMs, count } of counts) {
    if (count === 0) continue
    const fromMs = Math.max(span.fromMs, startMs)
    const toMs = Math.min(span.toMs, startMs + intervalMs)
    if (open && open.events + count <= sliceEvents) open = { ...open, toMs, events: open.events + count }
    else {
      if (open) slices.push(open)
      open = { fromMs, toMs, events: count }
    }
  }
  return open ? [...slices, open] : slices
}

const openStates: readonly HuntRunState[] = ['queued', 'running']
export const isOpen = (state: HuntRunState): boolean => openStates.includes(state)

const before: Readonly<Record<'cancelled' | 'paused' | 'queued', readonly HuntRunState[]>> = {
  cancelled: ['queued', 'running', 'paused'],
  paused: ['queued', 'running'],
  queued: ['paused', 'failed', 'cancelled'],
}

/** States that a person may bring into this one. */
export const statesBefore = (wanted: keyof typeof before): readonly HuntRunState[] =>
  huntRunStates.filter((state) => before[wanted].includes(state))

/** What a run is called that nobody named. */
export function nameOf(search: HuntSearch): string {
  const text = textOf(search).replaceAll(/\s+/g, ' ').trim()
  return text.length > 80 ? `${text.slice(0, 79)}…` : text || 'Hunt'
}

function textOf(search: HuntSearch): string {
  switch (search.kind) {
    case 'query':
      return search.query
    case 'sigma':
      return (
        /^title:\s*(.+)$/m.exec(search.yaml)?.[1] ??
        (search.ruleIds.length === 1 ? `Rule ${search.ruleIds[0]}` : `${search.ruleIds.length} rules`)
      )
    case 'indicators':
      return search.listed ? listedText(search.listed) : `Indicators ${search.values}`
    case 'pattern':
      return search.listed ? patternsText(search.listed) : search.pattern
  }
}

function patternsText({ ids, source, labels = [], minConfidence }: HuntedPatterns): string {
  const parts = [
    ...(ids ? [ids.length === 1 ? ids[0] : `${ids.length} of them`] : []),
    ...(source ? [`of ${source}`] : []),
    ...labels,
    ...(minConfidence ? [`from ${minConfidence} %`] : []),
  ]
  return `Kept patterns ${parts.join(', ')}`
}

function listedText({
  text,
  types = [],
  source,
  labels = [],
  tlps = [],
  minConfidence,
  addedSince,
}: HuntedListing): string {
  const parts = [
    ...(text ? [`with ${text}`] : []),
    ...types,
    ...tlps,
    ...(source ? [`of ${source}`] : []),
    ...labels,
    ...(minConfidence ? [`from ${minConfidence} %`] : []),
    ...(addedSince ? [`since ${addedSince}`] : []),
  ]
  return `Listed indicators ${parts.join(', ')}`
}

/** The next time after `afterMs` that five-field cron names, UTC. @error VALIDATION_FAILED when it cannot be read, or never comes */
export function nextTime(schedule: string, afterMs: number): number {
  try {
    if (schedule.split(/\s+/).length !== 5) throw new Error('five fields are wanted')
    return CronExpressionParser.parse(schedule, { currentDate: new Date(afterMs), tz: 'UTC' })
      .next()
      .getTime()
  } catch (error) {
    throw new Refusal(
      'VALIDATION_FAILED',
      `the schedule "${schedule}" cannot be read: ${error instanceof Error ? error.message : error}`,
      {
        remedy:
          'Give minute, hour, day of the month, month and day of the week, e.g. `0 6 * * *` for every day at six (UTC).',
        issues: [{ at: 'body.schedule', message: 'not five-field cron' }],
      },
    )
  }
}
