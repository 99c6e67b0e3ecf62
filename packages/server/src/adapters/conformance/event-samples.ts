import type { FieldValue } from '@watchfloor/engines/event'
import type { NewEvent } from '../../platform/events/event-block.ts'
import { blockOf } from '../../platform/events/event-block-builder.ts'
import { columnsOfBlocks, type EventColumns, type EventStore } from '../../platform/events/event-store.ts'

/** How the suite gets an adapter. Every call of `make` is an empty store. */
export interface EventStoreUnderTest {
  readonly store: EventStore
  /** Closes the store and opens the same data again. */
  reopen(): Promise<EventStore>
  destroy(): Promise<void>
  /** Batches become sealed files by themselves, so that sealing has less to do, or nothing. */
  readonly filesAtOnce?: boolean
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
  const events = samples.map((sample, at): NewEvent => {
    const timeMs = sample.timeMs ?? START_MS + (first + at) * 1000
    const ecs = sample.ecs ?? {}
    return {
      id: `e1.0.${first + at}.0`,
      timeMs,
      receivedMs: sample.receivedMs ?? timeMs + 5,
      sourceId: sample.sourceId ?? 's1',
      parser: 'test',
      ecs,
      raw: sample.raw ?? JSON.stringify(ecs),
    }
  })
  // Two blocks, so that what belongs together is put together.
  const middle = Math.ceil(events.length / 2)
  return columnsOfBlocks([events.slice(0, middle), events.slice(middle)].map(blockOf))
}
