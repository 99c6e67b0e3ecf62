import type { Observation } from './observation.ts'

/** Which observations of a leaf may be taken. The first two bound when it was first seen, the others when it was last seen. */
export interface Window {
  readonly firstFrom: number
  readonly firstTo: number
  readonly lastFrom: number
  /** Exclusive. */
  readonly lastBefore: number
}

export const anyTime: Window = {
  firstFrom: Number.NEGATIVE_INFINITY,
  firstTo: Number.POSITIVE_INFINITY,
  lastFrom: Number.NEGATIVE_INFINITY,
  lastBefore: Number.POSITIVE_INFINITY,
}

/** The observations that a leaf accepts, by the time they were first seen. */
export class Candidates {
  /** Into the list of observations. */
  readonly indexes: Int32Array
  readonly firstMs: Float64Array
  readonly lastMs: Float64Array
  /** Units of `count` before each. */
  readonly #before: Float64Array
  /** The longest time that one was seen. */
  readonly #longestMs: number

  constructor(observations: readonly Observation[], accepted: readonly number[]) {
    const sorted = [...accepted].sort((a, b) => observations[a]!.firstMs - observations[b]!.firstMs || a - b)
    this.indexes = Int32Array.from(sorted)
    this.firstMs = Float64Array.from(sorted, (i) => observations[i]!.firstMs)
    this.lastMs = Float64Array.from(sorted, (i) => observations[i]!.lastMs)
    this.#before = new Float64Array(sorted.length + 1)
    let longestMs = 0
    for (const [at, i] of sorted.entries()) {
      const { firstMs, lastMs, count } = observations[i]!
      this.#before[at + 1] = this.#before[at]! + count
      longestMs = Math.max(longestMs, lastMs - firstMs)
    }
    this.#longestMs = longestMs
  }

  /** Positions from–to (exclusive) that may be in a window; `isIn` decides unless `exact`. */
  range(window: Window): { from: number; to: number; exact: boolean } {
    const from = lowerBound(this.firstMs, Math.max(window.firstFrom, window.lastFrom - this.#longestMs))
    const to = Math.min(upperBound(this.firstMs, window.firstTo), lowerBound(this.firstMs, window.lastBefore))
    return { from, to: Math.max(from, to), exact: this.#longestMs === 0 }
  }

  isIn(at: number, window: Window): boolean {
    const lastMs = this.lastMs[at]!
    return lastMs >= window.lastFrom && lastMs < window.lastBefore
  }

  /** Until when one must look to find so many in a window; Infinity when there are not so many. */
  enoughBy(count: number, window: Window): number {
    const { from, to, exact } = this.range(window)
    if (exact) {
      const at = lowerBound(this.#before, this.#before[from]! + count) - 1
      return at < to ? this.firstMs[at]! : Number.POSITIVE_INFINITY
    }
    let missing = count
    for (let at = from; at < to; at++) {
      if (!this.isIn(at, window)) continue
      missing -= this.#before[at + 1]! - this.#before[at]!
      if (missing <= 0) return this.firstMs[at]!
    }
    return Number.POSITIVE_INFINITY
  }

  /** Positions in a window, the earliest first, until they suffice for so many. */
  *positions(enough: number, window: Window): Generator<number> {
    const { from, to, exact } = this.range(window)
    let left = enough
    for (let at = from; at < to && left > 0; at++) {
      if (!exact && !this.isIn(at, window)) continue
      left -= this.#before[at + 1]! - this.#before[at]!
      yield at
    }
  }
}

/** The first place whose value is not below. */
export function lowerBound(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

function upperBound(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low
}
