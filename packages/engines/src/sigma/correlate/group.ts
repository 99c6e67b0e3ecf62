import type { CompiledCorrelation } from './compiled.ts'
import { compareEntries, type Entry, isShare, judge, Tally } from './window.ts'

/** Up to so many entries a window is counted anew each time; above, a running tally is kept. */
const COUNTED_ANEW = 24

/** Matches of one correlation that have the group's fields in common, with what is known of them. */
export interface Group {
  /** See `groupKeyOf`. */
  readonly key: string
  /** Sorted by `compareEntries`. */
  entries: Entry[]
  newestMs: number
  /** When the latest of its matches came in. */
  arrivedMs: number
  /** Periods that have fired and could fire again; see `periodOf`. */
  fired: number[]
  /** Given with the newest entry. */
  context: string | null
  /** Of the timespan up to the newest entry: what it comes to, and where it begins. Absent while there are few entries. */
  tally: Tally | null
  start: number
  /** Neighbours in the order of arrival. */
  older: Group | null
  newer: Group | null
}

export const newGroup = (key: string): Group => ({
  key,
  entries: [],
  newestMs: Number.NEGATIVE_INFINITY,
  arrivedMs: 0,
  fired: [],
  context: null,
  tally: null,
  start: 0,
  older: null,
  newer: null,
})

/** A window that met its condition. */
export interface Fired {
  /** Tells it from other windows of the group: the period, or the instant at which the window begins. */
  readonly period: number
  readonly value: number | null
  readonly entries: readonly Entry[]
}

export interface GroupRules {
  readonly correlation: CompiledCorrelation
  /** Matches may be older than the newest of their group by so much. */
  readonly latenessMs: number
  readonly maxEntries: number
}

/** Time in steps of the timespan: a group fires once in each. */
const periodOf = ({ timespanMs }: CompiledCorrelation, timeMs: number): number => Math.floor(timeMs / timespanMs)

/** The first position whose entry is not before `entry`. */
function positionOf(entries: readonly Entry[], entry: Entry): number {
  const last = entries.at(-1)
  if (last === undefined || compareEntries(last, entry) < 0) return entries.length
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareEntries(entries[middle]!, entry) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The first position whose entry happened after `timeMs`. */
function firstAfter(entries: readonly Entry[], timeMs: number): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (entries[middle]!.timeMs <= timeMs) low = middle + 1
    else high = middle
  }
  return low
}

export type Added = { readonly refused: 'late' | 'duplicate' } | { readonly at: number }

/** Puts an entry into its place. */
export function addEntry(group: Group, entry: Entry, { latenessMs }: GroupRules): Added {
  if (entry.timeMs < group.newestMs - latenessMs) return { refused: 'late' }
  const { entries } = group
  const at = positionOf(entries, entry)
  const there = entries[at]
  if (there !== undefined && compareEntries(there, entry) === 0) return { refused: 'duplicate' }
  if (at === entries.length) entries.push(entry)
  else entries.splice(at, 0, entry)
  if (group.tally !== null) {
    if (at >= group.start) group.tally.add(entry)
    else group.start++
  }
  if (entry.timeMs > group.newestMs) group.newestMs = entry.timeMs
  return { at }
}

/** Windows that fire now that an entry was added: those that end at it, or later and within its timespan. */
export function judgeAtOnce(group: Group, at: number, rules: GroupRules): Fired[] {
  const { correlation } = rules
  const { entries } = group
  const inOrder = at === entries.length - 1
  if (inOrder && entries.length > COUNTED_ANEW) return judgeNewest(group, correlation)
  const { timespanMs } = correlation
  const entry = entries[at]!
  const end = inOrder ? entries.length : firstAfter(entries, entry.timeMs + timespanMs - 1)
  const [first, last] = [periodOf(correlation, entry.timeMs), periodOf(correlation, entries[end - 1]!.timeMs)]
  if (group.fired.includes(first) && group.fired.includes(last)) return []

  const fired: Fired[] = []
  const tally = new Tally(correlation)
  let from = firstAfter(entries, entry.timeMs - timespanMs)
  let to = from
  while (to < end) {
    const endMs = Math.max(entry.timeMs, entries[to]!.timeMs)
    while (to < entries.length && entries[to]!.timeMs <= endMs) tally.add(entries[to++]!)
    while (entries[from]!.timeMs <= endMs - timespanMs) tally.remove(entries[from++]!)
    const one = judgePeriod(group, correlation, tally, { from, to, endMs })
    if (one) fired.push(one)
  }
  return fired
}

/** The window that ends at the newest entry, by the running tally. */
function judgeNewest(group: Group, correlation: CompiledCorrelation): Fired[] {
  const { entries, newestMs } = group
  const beforeMs = newestMs - correlation.timespanMs
  if (group.tally === null) {
    group.tally = new Tally(correlation)
    group.start = firstAfter(entries, beforeMs)
    for (let at = group.start; at < entries.length; at++) group.tally.add(entries[at]!)
  }
  while (entries[group.start]!.timeMs <= beforeMs) group.tally.remove(entries[group.start++]!)
  const one = judgePeriod(group, correlation, group.tally, { from: group.start, to: entries.length, endMs: newestMs })
  return one ? [one] : []
}

function judgePeriod(
  group: Group,
  correlation: CompiledCorrelation,
  tally: Tally,
  { from, to, endMs }: { from: number; to: number; endMs: number },
): Fired | undefined {
  const period = periodOf(correlation, endMs)
  if (group.fired.includes(period)) return undefined
  const value = judge(correlation, tally, group.entries, from, to)
  if (value === undefined) return undefined
  group.fired.push(period)
  return { period, value, entries: group.entries.slice(from, to) }
}

/**
 * Windows that have passed: the first begins with the group's first entry, the next with the first entry after it. What was judged
 * is dropped.
 * @param all whether nothing more is awaited
 */
export function judgeSettled(group: Group, { correlation, latenessMs }: GroupRules, all: boolean): Fired[] {
  const { timespanMs } = correlation
  const fired: Fired[] = []
  let from = 0
  while (from < group.entries.length) {
    const beginMs = group.entries[from]!.timeMs
    if (!all && group.newestMs - latenessMs < beginMs + timespanMs) break
    const to = firstAfter(group.entries, beginMs + timespanMs - 1)
    const entries = group.entries.slice(from, to)
    const tally = new Tally(correlation)
    for (const entry of entries) tally.add(entry)
    const value = judge(correlation, tally, entries, 0, entries.length)
    if (value !== undefined) fired.push({ period: beginMs, value, entries })
    from = to
  }
  if (from > 0) group.entries.splice(0, from)
  return fired
}

/** Forgets what no later match can come together with. @returns how many entries went */
export function forgetPassed(group: Group, { correlation, latenessMs }: GroupRules): number {
  const keptMs = group.newestMs - latenessMs
  const passed = firstAfter(group.entries, keptMs - correlation.timespanMs)
  if (passed > 0) dropOldest(group, passed)
  const first = periodOf(correlation, keptMs)
  if (group.fired.some((period) => period < first)) group.fired = group.fired.filter((period) => period >= first)
  return passed
}

function dropOldest(group: Group, count: number): void {
  if (group.tally !== null) {
    for (let at = group.start; at < count; at++) group.tally.remove(group.entries[at]!)
    group.start = Math.max(0, group.start - count)
  }
  group.entries.splice(0, count)
}

/**
 * Makes room in a group with too many entries, at the price of exactness only where it shows least: counts and sums keep their
 * total (two oldest become one), distinct values and rules lose an occurrence of what is there more than once, and only what has
 * nothing of the kind loses its oldest.
 * @returns how many entries went
 */
export function condense(group: Group, { correlation, maxEntries }: GroupRules): number {
  const { entries } = group
  if (entries.length <= maxEntries) return 0
  // Room for many at a time, so that a flood does not pay for each entry.
  const excess = entries.length - maxEntries + (maxEntries >> 3)
  switch (correlation.type) {
    case 'event_count':
    case 'value_sum':
    case 'value_avg':
      mergeOldest(group, excess)
      break
    case 'value_count':
    case 'temporal':
    case 'temporal_ordered':
      dropRepeated(group, correlation, excess)
      break
    case 'value_percentile':
    case 'value_median':
      if (isShare(correlation)) dropRepeated(group, correlation, excess)
      else dropOldest(group, excess)
  }
  return excess
}

function mergeOldest(group: Group, excess: number): void {
  const merged = group.entries.slice(0, excess + 1)
  const last = merged.at(-1)!
  const weight = merged.reduce((sum, { weight: one }) => sum + one, 0)
  const value =
    typeof last.value === 'number' ? merged.reduce((sum, entry) => sum + Number(entry.value), 0) : last.value
  group.entries.splice(0, excess + 1, { ...last, weight, value })
  group.tally = null
}

/** The oldest go first of what comes again later. */
function dropRepeated(group: Group, { type }: CompiledCorrelation, excess: number): void {
  const kindOf = ({ input, value }: Entry) => (type === 'temporal' || type === 'temporal_ordered' ? input : value)
  const left = new Map<string | number | null, number>()
  for (const entry of group.entries) left.set(kindOf(entry), (left.get(kindOf(entry)) ?? 0) + 1)
  let toDrop = excess
  const kept = group.entries.filter((entry) => {
    const kind = kindOf(entry)
    const times = left.get(kind) ?? 0
    if (toDrop === 0 || times <= 1) return true
    left.set(kind, times - 1)
    toDrop--
    return false
  })
  group.entries = kept.slice(toDrop)
  group.tally = null
}
