import type { Log } from '../log/log.ts'
import { createWakeableLoop, type WakeableLoop } from '../loop/wakeable-loop.ts'
import { SqlFailure } from '../sql/failures.ts'
import type { Sql } from '../sql/sql.ts'
import type { DomainEvent, DomainEventType } from './outbox.ts'
import {
  buryEvent,
  holdConsumer,
  type PlacedEvent,
  type Position,
  readEvents,
  releaseConsumer,
  savePosition,
} from './outbox-store.ts'

export interface ConsumerSettings {
  readonly pollMs: number
  readonly batchSize: number
  /** After so many failures of one event it is set aside. */
  readonly tries: number
  /** Pause after the first failure; doubles with each further one, up to `longestPauseMs`. */
  readonly firstPauseMs: number
  readonly longestPauseMs: number
  /** How long another process waits before it takes over from one that has gone silent. */
  readonly leaseMs: number
}

export interface ConsumerHost {
  readonly sql: Sql
  readonly log: Log
  readonly nowMs: () => number
  /** Names this process among those that share the database. */
  readonly holder: string
  readonly settings: ConsumerSettings
}

export interface ConsumerDefinition {
  readonly name: string
  readonly types: ReadonlyMap<string, DomainEventType<string, never>>
  handle(events: DomainEvent<never>[]): Promise<void>
}

export interface Consumer extends WakeableLoop {
  readonly name: string
  /** Handles one event outside the order; for dead letters. */
  handleOne(event: DomainEvent): Promise<void>
}

/** While an older transaction hides events; it usually ends within milliseconds. */
const heldBackPauseMs = 25
const positionSaveMs = 600_000

/** Delivers to one handler, in order: a batch, or one by one after a failure until the culprit is known. */
export function createConsumer(host: ConsumerHost, definition: ConsumerDefinition): Consumer {
  const { sql, log, settings, holder } = host
  const { name } = definition
  const names = [...definition.types.keys()]
  let position: Position | undefined
  let leaseRenewedMs = 0
  let savedMs = 0
  let failures = 0
  /** After a failed batch: so many events are handled singly before batches are tried again. */
  let singly = 0

  const parse = (event: DomainEvent): DomainEvent<never> => {
    const type = definition.types.get(event.name)
    if (type === undefined) throw new Error(`consumer ${name} does not take ${event.name}`)
    const body = type.schema.safeParse(event.body)
    if (!body.success) throw new InvalidBody(`the body of ${event.name} ${event.seq} is invalid: ${body.error.message}`)
    return { seq: event.seq, name: event.name, body: body.data, atMs: event.atMs }
  }
  const hold = async (): Promise<Position | undefined> => {
    const nowMs = host.nowMs()
    // An embedded database has one process: a lease left behind by a crash binds nobody, and none needs renewing.
    const force = sql.kind === 'pglite'
    if (position !== undefined && (force || nowMs - leaseRenewedMs < settings.leaseMs / 3)) return position
    const stored = await holdConsumer(sql.db, name, holder, { leaseMs: settings.leaseMs, force })
    leaseRenewedMs = nowMs
    position = stored === undefined ? undefined : (position ?? stored)
    return position
  }
  const moveTo = async (next: Position): Promise<void> => {
    const isOurs = await savePosition(sql.db, name, holder, next)
    if (!isOurs) log.warn('another process took the consumer over', { consumer: name })
    position = isOurs ? next : undefined
    savedMs = host.nowMs()
  }
  const bury = async (event: PlacedEvent, error: unknown): Promise<void> => {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    await sql.tx((db) => buryEvent(db, name, event, { error: message.slice(0, 4000), deadMs: host.nowMs() }))
    log.error('event set aside as dead letter', { consumer: name, event: event.name, seq: event.seq, error: message })
    failures = 0
    await moveTo(event)
  }
  const deliver = async (events: PlacedEvent[]): Promise<void> => {
    const renewal = setInterval(() => void renew(), settings.leaseMs / 3)
    try {
      await definition.handle(events.map(parse))
    } finally {
      clearInterval(renewal)
    }
  }
  const renew = () =>
    holdConsumer(sql.db, name, holder, { leaseMs: settings.leaseMs, force: sql.kind === 'pglite' }).catch(
      (error: unknown) => log.warn('consumer lease not renewed', { consumer: name, error: String(error) }),
    )

  /** The pause before the next try; 0 when the event was set aside. */
  const failed = async (batch: PlacedEvent[], error: unknown): Promise<number> => {
    const first = batch[0]
    if (first === undefined || error instanceof SqlFailure) return pauseAfter(Math.max(1, failures))
    if (batch.length > 1) {
      singly = batch.length
      return 0
    }
    failures += 1
    if (error instanceof InvalidBody || failures >= settings.tries) {
      await bury(first, error)
      return 0
    }
    log.warn('event not handled, will be tried again', {
      consumer: name,
      seq: first.seq,
      tries: failures,
      error: String(error),
    })
    return pauseAfter(failures)
  }
  const pauseAfter = (count: number) => Math.min(settings.firstPauseMs * 2 ** (count - 1), settings.longestPauseMs)

  const step = async (): Promise<number> => {
    const from = await hold()
    if (from === undefined) return settings.pollMs
    const limit = singly > 0 ? 1 : settings.batchSize
    const found = await readEvents(sql.db, from, { names, limit })
    const last = found.events.at(-1)
    if (last === undefined) {
      // Nothing for us up to the horizon: remembered here at once, in the table now and then, so that pruning gets on.
      position = found.horizon
      if (host.nowMs() - savedMs > positionSaveMs) await moveTo(found.horizon)
      return found.isHeldBack ? heldBackPauseMs : settings.pollMs
    }
    try {
      await deliver(found.events)
    } catch (error) {
      return failed(found.events, error)
    }
    failures = 0
    singly = Math.max(0, singly - 1)
    await moveTo({ xid: last.xid, seq: last.seq })
    return 0
  }
  const loop = createWakeableLoop(async () => {
    try {
      return await step()
    } catch (error) {
      log.warn('outbox not read, will be tried again', { consumer: name, error: String(error) })
      return settings.longestPauseMs
    }
  })
  return {
    name,
    start: loop.start,
    wake: () => {
      // A wake-up must not cut the pause after a failure short.
      if (failures === 0) loop.wake()
    },
    async stop() {
      await loop.stop()
      if (position === undefined) return
      await savePosition(sql.db, name, holder, position)
      await releaseConsumer(sql.db, name, holder)
    },
    handleOne: (event) => definition.handle([parse(event)]),
  }
}

class InvalidBody extends Error {
  override readonly name = 'InvalidBody'
}
