import type { Clock } from '../../../platform/clock/clock.ts'

const minuteMs = 60_000
const windowMinutes = 10

/** What came for a source lately. */
export interface RecentCounts {
  readonly received: number
  /** Did not parse or was refused. */
  readonly bad: number
}

/** What came for each source in the last ten minutes. */
export class Recent {
  readonly #clock: Clock
  readonly #bySource = new Map<string, Map<number, { received: number; bad: number }>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(sourceId: string, counts: RecentCounts): void {
    const minute = this.#minute()
    const byMinute = this.#bySource.get(sourceId) ?? new Map<number, { received: number; bad: number }>()
    const before = byMinute.get(minute)
    byMinute.set(minute, {
      received: (before?.received ?? 0) + counts.received,
      bad: (before?.bad ?? 0) + counts.bad,
    })
    for (const old of byMinute.keys()) if (old <= minute - windowMinutes) byMinute.delete(old)
    this.#bySource.set(sourceId, byMinute)
  }

  of(sourceId: string): RecentCounts {
    const minute = this.#minute()
    let received = 0
    let bad = 0
    for (const [at, counts] of this.#bySource.get(sourceId) ?? [])
      if (at > minute - windowMinutes) {
        received += counts.received
        bad += counts.bad
      }
    return { received, bad }
  }

  #minute(): number {
    return Math.floor(this.#clock.now() / minuteMs)
  }
}
