import type { Comparison, CompiledCorrelation } from './compiled.ts'
import { groupKeyOf, measuredOf, type Observation } from './observation.ts'
import { holdsWith } from './window.ts'

interface Match {
  readonly timeMs: number
  readonly eventId: string
  readonly input: number
  readonly value: string | number | null
}

/**
 * What correlations come to, worked out from all matches at once and from scratch for every window: slow, without memory of
 * anything, and written apart from the correlator, which is tested against it. Nothing is late here.
 * @returns keys of hits with their values, sorted
 */
export function correlateNaive(
  correlations: readonly CompiledCorrelation[],
  observations: readonly Observation[],
): { key: string; value: number | null }[] {
  const bySource = new Map<string, Observation[]>()
  for (const one of observations) bySource.set(one.source, [...(bySource.get(one.source) ?? []), one])
  const found: { key: string; value: number | null }[] = []
  for (const correlation of correlations)
    for (const [key, matches] of groupsOf(correlation, bySource))
      for (const { period, value, toMs } of windowsOf(correlation, matches)) {
        const hit = { key: JSON.stringify([correlation.key, key, period]), value }
        found.push(hit)
        const values = correlation.groupBy.length === 1 ? [key] : (JSON.parse(key) as string[])
        const observed = {
          source: correlation.key,
          eventId: hit.key,
          timeMs: toMs,
          arrivedMs: 0,
          values: Object.fromEntries(correlation.groupBy.map((name, at) => [name, values[at] as string])),
        }
        bySource.set(correlation.key, [...(bySource.get(correlation.key) ?? []), observed])
      }
  return found.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}

function groupsOf(correlation: CompiledCorrelation, bySource: ReadonlyMap<string, readonly Observation[]>) {
  const groups = new Map<string, Match[]>()
  for (const [number, input] of correlation.inputs.entries()) {
    const seen = new Set<string>()
    for (const { timeMs, eventId, values } of bySource.get(input.source) ?? []) {
      const key = groupKeyOf(input, values)
      const value = measuredOf(correlation, input, values)
      if (key === undefined || value === undefined || seen.has(eventId)) continue
      seen.add(eventId)
      groups.set(key, [...(groups.get(key) ?? []), { timeMs, eventId, input: number, value }])
    }
  }
  return groups
}

function* windowsOf(correlation: CompiledCorrelation, matches: readonly Match[]) {
  const { timespanMs } = correlation
  const byTime = matches.toSorted((a, b) => a.timeMs - b.timeMs)
  if (correlation.judged === 'at-once') {
    const periods = new Set<number>()
    for (const { timeMs: toMs } of byTime) {
      const period = Math.floor(toMs / timespanMs)
      const window = byTime.filter(({ timeMs }) => timeMs > toMs - timespanMs && timeMs <= toMs)
      const value = valueOfWindow(correlation, window)
      if (periods.has(period) || value === undefined) continue
      periods.add(period)
      yield { period, value, toMs }
    }
    return
  }
  let rest = byTime
  while (rest.length > 0) {
    const beginMs = rest[0]!.timeMs
    const window = rest.filter(({ timeMs }) => timeMs < beginMs + timespanMs)
    rest = rest.filter(({ timeMs }) => timeMs >= beginMs + timespanMs)
    const value = valueOfWindow(correlation, window)
    if (value !== undefined) yield { period: beginMs, value, toMs: window.at(-1)!.timeMs }
  }
}

function valueOfWindow(correlation: CompiledCorrelation, window: readonly Match[]): number | null | undefined {
  const { type, inputs, compare, expression, percentile } = correlation
  const met = (value: number) => (compare.every((one) => holds(one, value)) ? value : undefined)
  const numbers = window.map(({ value }) => Number(value)).sort((a, b) => a - b)
  const sum = numbers.reduce((total, one) => total + one, 0)
  const has = (input: number) => window.some((one) => one.input === input)
  switch (type) {
    case 'event_count':
      return met(window.length)
    case 'value_count':
      return met(new Set(window.map(({ value }) => value)).size)
    case 'value_sum':
      return met(sum)
    case 'value_avg':
      return met(sum / numbers.length)
    case 'value_median': {
      const middle = numbers.length >> 1
      return met(numbers.length % 2 === 1 ? numbers[middle]! : (numbers[middle - 1]! + numbers[middle]!) / 2)
    }
    case 'value_percentile': {
      if (percentile === null) {
        const shares = window.map(
          ({ value }) => (100 * window.filter((one) => one.value === value).length) / window.length,
        )
        return shares.sort((a, b) => a - b).find((share) => met(share) !== undefined)
      }
      const rank = (percentile / 100) * (numbers.length - 1)
      const [low, high] = [numbers[Math.floor(rank)]!, numbers[Math.ceil(rank)]!]
      return met(low + (high - low) * (rank - Math.floor(rank)))
    }
    case 'temporal': {
      if (expression !== null)
        return holdsWith(expression, (name) => has(inputs.findIndex((one) => one.name === name))) ? null : undefined
      const seen = inputs.filter((_, input) => has(input)).length
      return (compare.length === 0 ? seen === inputs.length : met(seen) !== undefined) ? null : undefined
    }
    case 'temporal_ordered': {
      const order = inputs.map((_, input) => input)
      if (compare.length > 0) {
        const rows = subsetsOf(order).filter((row) => comesInOrder(window, row, Number.NEGATIVE_INFINITY))
        return met(Math.max(...rows.map(({ length }) => length))) === undefined ? undefined : null
      }
      const chosen = expression === null ? [order] : subsetsOf(order)
      return chosen.some((one) => satisfies(one) && comesInOrder(window, one, Number.NEGATIVE_INFINITY))
        ? null
        : undefined
    }
  }

  function satisfies(chosen: readonly number[]): boolean {
    if (expression === null) return true
    return holdsWith(expression, (name, negated) => {
      const input = inputs.findIndex((one) => one.name === name)
      return negated ? has(input) : chosen.includes(input)
    })
  }
}

function subsetsOf([first, ...rest]: readonly number[]): number[][] {
  if (first === undefined) return []
  const without = subsetsOf(rest)
  return [[first], ...without, ...without.map((subset) => [first, ...subset])]
}

/** Tries every match for the first of the order, then the rest after it. */
function comesInOrder(window: readonly Match[], [first, ...rest]: readonly number[], fromMs: number): boolean {
  if (first === undefined) return true
  return window.some(({ input, timeMs }) => input === first && timeMs >= fromMs && comesInOrder(window, rest, timeMs))
}

function holds({ op, value: wanted }: Comparison, value: number): boolean {
  if (op === 'eq') return value === wanted
  if (op === 'neq') return value !== wanted
  if (op === 'gt') return value > wanted
  if (op === 'gte') return value >= wanted
  return op === 'lt' ? value < wanted : value <= wanted
}
