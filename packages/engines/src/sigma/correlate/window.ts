import type { Condition } from '../rule.ts'
import { meets } from './compile.ts'
import type { CompiledCorrelation } from './compiled.ts'

/** One match within a group. Entries are kept in the order of `compareEntries`. */
export interface Entry {
  readonly timeMs: number
  readonly eventId: string
  /** Which of the correlation's inputs matched. */
  readonly input: number
  readonly value: string | number | null
  /** Matches that it stands for: older ones are put together when a group has too many. */
  readonly weight: number
  /** Of a hit of another correlation: the events behind it. */
  readonly of: readonly string[] | null
}

/** By time; at the same instant in the order of the rules, so that "in order" holds for events of one instant. */
export const compareEntries = (a: Entry, b: Entry): number =>
  a.timeMs - b.timeMs || a.input - b.input || (a.eventId < b.eventId ? -1 : a.eventId > b.eventId ? 1 : 0)

/** What is counted over the entries of a window; entries come and go. */
export class Tally {
  readonly byInput: number[]
  readonly byValue: Map<string | number, number> | null
  #sum = 0
  /** What was lost in adding small numbers to large ones. @source Neumaier's summation */
  #lost = 0
  count = 0

  constructor(correlation: CompiledCorrelation) {
    this.byInput = new Array<number>(correlation.inputs.length).fill(0)
    const countsValues = correlation.type === 'value_count' || isShare(correlation)
    this.byValue = countsValues ? new Map() : null
  }

  get inputsSeen(): number {
    let seen = 0
    for (const count of this.byInput) if (count > 0) seen++
    return seen
  }

  get sum(): number {
    return this.#sum + this.#lost
  }

  add(entry: Entry): void {
    this.#change(entry, entry.weight)
    if (typeof entry.value === 'number') this.#addNumber(entry.value)
  }

  remove(entry: Entry): void {
    this.#change(entry, -entry.weight)
    if (typeof entry.value === 'number') this.#addNumber(-entry.value)
  }

  #change({ input, value }: Entry, by: number): void {
    this.count += by
    this.byInput[input]! += by
    if (this.byValue === null || value === null) return
    const now = (this.byValue.get(value) ?? 0) + by
    if (now > 0) this.byValue.set(value, now)
    else this.byValue.delete(value)
  }

  #addNumber(value: number): void {
    const sum = this.#sum + value
    this.#lost += Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - sum + value : value - sum + this.#sum
    this.#sum = sum
  }
}

/** value_percentile without a percentile asks how large a share of the events a value has. */
export const isShare = ({ type, percentile }: CompiledCorrelation): boolean =>
  type === 'value_percentile' && percentile === null

/** What a window came to: its value (null where nothing is counted), or `undefined` when the condition does not hold. */
export function judge(
  correlation: CompiledCorrelation,
  tally: Tally,
  entries: readonly Entry[],
  from: number,
  to: number,
): number | null | undefined {
  const { type, compare, expression } = correlation
  switch (type) {
    case 'event_count':
      return ifMet(compare, tally.count)
    case 'value_count':
      return ifMet(compare, tally.byValue?.size ?? 0)
    case 'value_sum':
      return ifMet(compare, tally.sum)
    case 'value_avg':
      return tally.count === 0 ? undefined : ifMet(compare, tally.sum / tally.count)
    case 'value_median':
    case 'value_percentile':
      return isShare(correlation)
        ? metShare(compare, tally)
        : ifMet(compare, percentileOf(entries.slice(from, to), correlation.percentile ?? 50))
    case 'temporal': {
      const holds =
        expression === null
          ? compare.length > 0
            ? ifMet(compare, tally.inputsSeen) !== undefined
            : tally.inputsSeen === correlation.inputs.length
          : holdsWith(expression, (name) => tally.byInput[inputNamed(correlation, name)]! > 0)
      return holds ? null : undefined
    }
    case 'temporal_ordered':
      return inOrder(correlation, tally, entries, from, to) ? null : undefined
  }
}

const ifMet = (compare: CompiledCorrelation['compare'], value: number): number | undefined =>
  compare.every((one) => meets(one, value)) ? value : undefined

const inputNamed = ({ inputs }: CompiledCorrelation, name: string): number =>
  inputs.findIndex((one) => one.name === name)

/** The smallest share, in percent, that meets the comparisons. */
function metShare(compare: CompiledCorrelation['compare'], { byValue, count }: Tally): number | undefined {
  let best: number | undefined
  for (const times of byValue?.values() ?? []) {
    const share = (100 * times) / count
    if (ifMet(compare, share) !== undefined && (best === undefined || share < best)) best = share
  }
  return best
}

/** @source linear interpolation between the two nearest ranks, as PostgreSQL's percentile_cont */
export function percentileOf(entries: readonly Entry[], percentile: number): number {
  const numbers = Float64Array.from(entries, ({ value }) => Number(value)).sort()
  const rank = (percentile / 100) * (numbers.length - 1)
  const below = numbers[Math.floor(rank)] ?? Number.NaN
  const above = numbers[Math.ceil(rank)] ?? Number.NaN
  return below + (above - below) * (rank - Math.floor(rank))
}

/** Evaluates a condition over rule names. */
export function holdsWith(condition: Condition, seen: (name: string, negated: boolean) => boolean): boolean {
  const visit = (one: Condition, negated: boolean): boolean => {
    switch (one.op) {
      case 'selection':
        return seen(one.name, negated)
      case 'not':
        return !visit(one.of, !negated)
      case 'and':
        return one.of.every((part) => visit(part, negated))
      case 'or':
        return one.of.some((part) => visit(part, negated))
      case 'count': {
        const wanted = one.atLeast === 'all' ? one.names.length : one.atLeast
        return one.names.filter((name) => seen(name, negated)).length >= wanted
      }
    }
  }
  return visit(condition, false)
}

/** Whether the rules match one after the other as they are listed; with a condition, as many of them, or some that satisfy it. */
function inOrder(
  correlation: CompiledCorrelation,
  tally: Tally,
  entries: readonly Entry[],
  from: number,
  to: number,
): boolean {
  const { inputs, expression, compare } = correlation
  const all = inputs.map((_, input) => input)
  if (compare.length > 0) return ifMet(compare, longestInOrder(entries, from, to)) !== undefined
  if (expression === null) return tally.inputsSeen === inputs.length && follow(entries, from, to, all)
  for (let chosen = 1; chosen < 1 << inputs.length; chosen++) {
    const order = all.filter((input) => (chosen & (1 << input)) !== 0)
    if (order.some((input) => tally.byInput[input] === 0)) continue
    const holds = holdsWith(expression, (name, negated) => {
      const input = inputNamed(correlation, name)
      return negated ? tally.byInput[input]! > 0 : order.includes(input)
    })
    if (holds && follow(entries, from, to, order)) return true
  }
  return false
}

/** How many different inputs follow each other in the order of the inputs. @source patience sorting, by Schensted */
function longestInOrder(entries: readonly Entry[], from: number, to: number): number {
  /** The lowest input that ends a row of each length. */
  const ends: number[] = []
  for (let at = from; at < to; at++) {
    const { input } = entries[at]!
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (ends[middle]! < input) low = middle + 1
      else high = middle
    }
    ends[low] = input
  }
  return ends.length
}

/** Whether entries of these inputs follow each other in this order: each is taken as early as it comes. */
function follow(entries: readonly Entry[], from: number, to: number, order: readonly number[]): boolean {
  let next = 0
  for (let at = from; at < to && next < order.length; at++) if (entries[at]!.input === order[next]) next++
  return next === order.length
}
