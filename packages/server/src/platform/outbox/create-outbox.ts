import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Clock } from '../clock/clock.ts'
import type { Log } from '../log/log.ts'
import { createWakeableLoop } from '../loop/wakeable-loop.ts'
import { createNotifier } from '../sql/notifier.ts'
import { afterCommit } from '../sql/pooled-sql.ts'
import type { Sql } from '../sql/sql.ts'
import { type Consumer, type ConsumerSettings, createConsumer } from './consumer.ts'
import type { DomainEvent, DomainEventType, Outbox } from './outbox.ts'
import {
  adoptRestoredEvents,
  type DeadLetter,
  deleteConsumed,
  deleteDeadLetter,
  deleteForsakenConsumers,
  findDeadLetter,
  insertEvents,
  listDeadLetters,
} from './outbox-store.ts'
import { createTapReader } from './tap.ts'

export interface OutboxOptions {
  readonly sql: Sql
  readonly clock: Clock
  readonly log: Log
  readonly settings?: Partial<OutboxSettings>
}

export interface OutboxSettings extends ConsumerSettings {
  /** Check bodies against their schema when they are added, not only when they are consumed. */
  readonly validateWhenAdded: boolean
  /** Consumed events are kept so long, for a person who looks for what happened. */
  readonly keepMs: number
  readonly pruneEveryMs: number
}

/** What operators need beside the port. */
export interface OutboxCare {
  deadLetters(limit: number): Promise<DeadLetter[]>
  /** Gives a dead letter to its consumer once more, out of order; it is gone when the handler resolves. False when there is none. */
  redeliver(consumer: string, seq: number): Promise<boolean>
  /** Deletes what is consumed and old; how many. Runs by itself every `pruneEveryMs`. */
  prune(): Promise<number>
}

const channel = 'watchfloor_outbox'
const pruneChunk = 5000
const forsakenAfterDays = 14

const defaults: Omit<OutboxSettings, 'pollMs'> = {
  batchSize: 200,
  tries: 8,
  firstPauseMs: 100,
  longestPauseMs: 10_000,
  leaseMs: 30_000,
  validateWhenAdded: true,
  keepMs: 24 * 3600_000,
  pruneEveryMs: 600_000,
}

/** The outbox over any SQL adapter. Its tables are `outboxMigrations`. */
export function createOutbox(options: OutboxOptions): Outbox & OutboxCare {
  const { sql, clock, log } = options
  // Embedded, every commit is in this process and wakes us; on a server a lost notification costs a second.
  const pollMs = sql.kind === 'pglite' ? 30_000 : 1000
  const settings: OutboxSettings = { ...defaults, pollMs, ...options.settings }
  const holder = `${hostname()}:${process.pid}:${randomUUID()}`
  const host = { sql, log, nowMs: () => clock.now(), holder, settings }
  const consumers = new Map<string, Consumer>()
  const taps = createTapReader(sql, log, settings.pollMs)
  let isStarted = false
  let endListening: (() => Promise<void>) | undefined

  const wakeAll = () => {
    for (const consumer of consumers.values()) consumer.wake()
    taps.wake()
  }
  const notifier = createNotifier(sql, log, channel)
  const prune = async (): Promise<number> => {
    for (const name of await deleteForsakenConsumers(sql.db, forsakenAfterDays))
      log.warn('position of a consumer that no program runs was removed', { consumer: name, days: forsakenAfterDays })
    let total = 0
    for (;;) {
      const deleted = await deleteConsumed(sql.db, clock.now() - settings.keepMs, pruneChunk)
      total += deleted
      if (deleted < pruneChunk) return total
    }
  }
  const pruner = createWakeableLoop(async () => {
    await prune().catch((error: unknown) => log.warn('outbox not pruned', { error: String(error) }))
    return settings.pruneEveryMs
  })

  return {
    async add(db, type, bodies) {
      if (bodies.length === 0) return
      if (settings.validateWhenAdded) for (const body of bodies) refuseInvalid(type, body)
      await insertEvents(db, type.name, bodies, clock.now())
      afterCommit(db, () => {
        if (isStarted) wakeAll()
        notifier.notify()
      })
    },
    consume<Body>(
      name: string,
      types: readonly DomainEventType<string, Body>[],
      handle: (events: DomainEvent<Body>[]) => Promise<void>,
    ) {
      if (isStarted) throw new Error(`consumer ${name} was declared after the outbox had started`)
      if (consumers.has(name)) throw new Error(`two consumers are named ${name}: each needs a name of its own`)
      // What each handler takes is checked above; here they stand beside each other.
      const typesByName = new Map(types.map((type) => [type.name, type as DomainEventType<string, never>]))
      const definition = { name, types: typesByName, handle: handle as (events: DomainEvent<never>[]) => Promise<void> }
      consumers.set(name, createConsumer(host, definition))
    },
    tap: taps.add,
    async start() {
      if (isStarted) return
      isStarted = true
      if (await sql.tx((db) => adoptRestoredEvents(db))) log.info('outbox adopted the events of a restored database')
      if (sql.kind === 'postgres') endListening = await sql.listen(channel, wakeAll)
      for (const consumer of consumers.values()) consumer.start()
      taps.start()
      pruner.start()
    },
    async stop() {
      if (!isStarted) return
      isStarted = false
      await endListening?.()
      await Promise.all([...consumers.values(), taps, pruner, notifier].map((part) => part.stop()))
    },
    deadLetters: (limit) => listDeadLetters(sql.db, limit),
    async redeliver(name, seq) {
      const event = await findDeadLetter(sql.db, name, seq)
      const consumer = consumers.get(name)
      if (event === undefined || consumer === undefined) return false
      await consumer.handleOne(event)
      await deleteDeadLetter(sql.db, name, seq)
      return true
    },
    prune,
  }
}

function refuseInvalid(type: DomainEventType<string, unknown>, body: unknown): void {
  const checked = type.schema.safeParse(body)
  if (!checked.success) throw new Error(`${type.name}: the body to be added is invalid: ${checked.error.message}`)
}
