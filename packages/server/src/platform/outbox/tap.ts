import type { Log } from '../log/log.ts'
import { createWakeableLoop, type WakeableLoop } from '../loop/wakeable-loop.ts'
import type { Sql } from '../sql/sql.ts'
import type { DomainEvent } from './outbox.ts'
import { currentHorizon, type Position, readEvents } from './outbox-store.ts'

const batchSize = 500
const heldBackPauseMs = 25

/** Reads every event once for all live streams of this process; idle while nobody listens. */
export interface TapReader extends WakeableLoop {
  add(onEvents: (events: DomainEvent[]) => void): () => void
}

export function createTapReader(sql: Sql, log: Log, pollMs: number): TapReader {
  const listeners = new Set<(events: DomainEvent[]) => void>()
  let position: Position | undefined

  const give = (events: DomainEvent[]) => {
    for (const listener of listeners) {
      try {
        listener(events)
      } catch (error) {
        log.error('a live stream threw', { error: String(error) })
      }
    }
  }
  const step = async (): Promise<number> => {
    if (listeners.size === 0) {
      position = undefined
      return pollMs
    }
    position ??= await currentHorizon(sql.db)
    const found = await readEvents(sql.db, position, { limit: batchSize })
    const last = found.events.at(-1)
    if (last === undefined) {
      position = found.horizon
      return found.isHeldBack ? heldBackPauseMs : pollMs
    }
    position = { xid: last.xid, seq: last.seq }
    give(found.events.map(({ seq, name, body, atMs }) => ({ seq, name, body, atMs })))
    return 0
  }
  const loop = createWakeableLoop(async () => {
    try {
      return await step()
    } catch (error) {
      log.warn('outbox not read for live streams', { error: String(error) })
      return pollMs
    }
  })
  return {
    ...loop,
    add(onEvents) {
      listeners.add(onEvents)
      if (listeners.size === 1) loop.wake()
      return () => listeners.delete(onEvents)
    },
  }
}
