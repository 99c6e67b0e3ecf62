import type { Clock } from '../../../platform/clock/clock.ts'

const windowSeconds = 10

/** Events a second by source, over the last ten whole seconds. */
export class Rates {
  readonly #clock: Clock
  readonly #bySource = new Map<string, Map<number, number>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(sourceId: string, count: number): void {
    const second = Math.floor(this.#clock.now() / 1000)
    const counts = this.#bySource.get(sourceId) ?? new Map<number, number>()
    counts.set(second, (counts.get(second) ?? 0) + count)
    for (const old of counts.keys()) if (old < second - windowSeconds) counts.delete(old)
    this.#bySource.set(sourceId, counts)
  }

  of(sourceId: string): number {
    const second = Math.floor(this.#clock.now() / 1000)
    let sum = 0
    for (const [at, count] of this.#bySource.get(sourceId) ?? [])
      if (at >= second - windowSeconds && at < second) sum += count
    return sum / windowSeconds
  }

  total(): number {
    let sum = 0
    for (const sourceId of this.#bySource.keys()) sum += this.of(sourceId)
    return sum
  }
}
