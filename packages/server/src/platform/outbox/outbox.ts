import type { z } from 'zod'
import type { Tx } from '../sql/sql.ts'

/** An upward message between modules: its name, and the schema of its body in contracts. */
export interface DomainEventType<Name extends string = string, Body = unknown> {
  readonly name: Name
  readonly schema: z.ZodType<Body>
}

export interface DomainEvent<Body = unknown> {
  readonly seq: number
  readonly name: string
  readonly body: Body
  readonly atMs: number
}

/**
 * Messages written in the transaction of the change they tell of, and delivered afterwards at least once, in order, to each
 * consumer by itself. Read behind the snapshot horizon, because sequences commit out of order.
 */
export interface Outbox {
  add<Body>(db: Tx, type: DomainEventType<string, Body>, bodies: readonly Body[]): Promise<void>
  /** A durable consumer: its position is kept under `consumer`, saved after `handle` resolves. Declare before `start`. */
  consume<Body>(
    consumer: string,
    types: readonly DomainEventType<string, Body>[],
    handle: (events: DomainEvent<Body>[]) => Promise<void>,
  ): void
  /** Every event from now on, to this process only, nothing kept: for live streams. */
  tap(onEvents: (events: DomainEvent[]) => void): () => void
  start(): Promise<void>
  stop(): Promise<void>
}
