import type { FieldValue } from '@watchfloor/engines/event'
import type { EventColumns, EventStore } from '../../platform/events/event-store.ts'

/** How the suite gets an adapter. Every call of `make` is an empty store. */
export interface EventStoreUnderTest {
  readonly store: EventStore
  /** Closes the store and opens the same data again. */
  reopen(): Promise<EventStore>
  destroy(): Promise<void>
}

/** When the first sample happened unless it says otherwise. */
export const START_MS = Date.UTC(2026, 2, 1)

export interface Sample {
  readonly timeMs?: number
  /** Five milliseconds after it happened unless it says otherwise. */
  readonly receivedMs?: number
  readonly sourceId?: string
  readonly raw?: string
  readonly ecs?: Readonly<Record<string, FieldValue>>
}

/** Columns of a batch out of a few words per event; ids count from `first`. */
export function columnsOf(samples: readonly Sample[], first = 0): EventColumns {
  const timeMs = new Float64Array(samples.map((sample, at) => sample.timeMs ?? START_MS + (first + at) * 1000))
  return {
    count: samples.length,
    id: samples.map((_, at) => `e1.0.${first + at}.0`),
    timeMs,
    receivedMs: timeMs.map((ms, at) => samples[at]?.receivedMs ?? ms + 5),
    sourceId: samples.map((sample) => sample.sourceId ?? 's1'),
    parser: samples.map(() => 'test'),
    ecsJson: samples.map((sample) => JSON.stringify(sample.ecs ?? {})),
    raw: samples.map((sample) => sample.raw ?? JSON.stringify(sample.ecs ?? {})),
  }
}
