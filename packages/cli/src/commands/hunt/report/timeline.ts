import { type SigmaLevel, sigmaLevels } from '@watchfloor/engines/sigma'

const MAX_BUCKETS = 4_000

export interface TimelineBar {
  readonly fromMs: number
  readonly toMs: number
  /** In the order of `sigmaLevels`. */
  readonly hits: readonly number[]
}

/** Counts hits over time in bounded memory: the more time they span, the coarser. */
export class Timeline {
  #bucketMs = 1_000
  #buckets = new Map<number, number[]>()

  add(timeMs: number, level: SigmaLevel): void {
    this.#count(this.#buckets, Math.floor(timeMs / this.#bucketMs), sigmaLevels.indexOf(level), 1)
    while (this.#buckets.size > MAX_BUCKETS) this.#coarsen()
  }

  #count(into: Map<number, number[]>, bucket: number, level: number, hits: number): void {
    const counts = into.get(bucket) ?? sigmaLevels.map(() => 0)
    counts[level] = counts[level]! + hits
    into.set(bucket, counts)
  }

  #coarsen(): void {
    const coarser = new Map<number, number[]>()
    this.#bucketMs *= 4
    for (const [bucket, counts] of this.#buckets)
      for (const [level, hits] of counts.entries()) this.#count(coarser, Math.floor(bucket / 4), level, hits)
    this.#buckets = coarser
  }

  /** At most so many bars of equal length, from the first hit to the last; none when no hit had a time. */
  bars(most: number): TimelineBar[] {
    if (this.#buckets.size === 0) return []
    let first = Infinity
    let last = -Infinity
    for (const bucket of this.#buckets.keys()) {
      first = Math.min(first, bucket)
      last = Math.max(last, bucket)
    }
    const perBar = Math.ceil((last - first + 1) / most)
    const count = Math.ceil((last - first + 1) / perBar)
    const hits = Array.from({ length: count }, () => sigmaLevels.map(() => 0))
    for (const [bucket, counts] of this.#buckets)
      for (const [level, one] of counts.entries()) {
        const bar = hits[Math.floor((bucket - first) / perBar)]!
        bar[level] = bar[level]! + one
      }
    const barMs = perBar * this.#bucketMs
    return hits.map((bar, i) => ({
      fromMs: first * this.#bucketMs + i * barMs,
      toMs: first * this.#bucketMs + (i + 1) * barMs,
      hits: bar,
    }))
  }
}
