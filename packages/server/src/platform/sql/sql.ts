import type { Kysely, Transaction } from 'kysely'

export { withTables } from './tables.ts'

/**
 * The tables of all modules as each store declares them. Stores narrow it: `withTables<AlertTables>(db)`.
 * A module's store is the only file that names its tables.
 */
// biome-ignore lint/suspicious/noExplicitAny: each store narrows the handle to its own tables
export type AnyTables = any

/** Either handle: what a store's functions take first, so that no call can leave its transaction. */
export type Db = Kysely<AnyTables> | Transaction<AnyTables>

/** A handle inside a transaction. Only `Sql.tx` makes one. */
export type Tx = Transaction<AnyTables>

/** One forward-only step of a schema. Names sort by time: `2026-11-21-01-alerts`. */
export interface Migration {
  readonly name: string
  up(db: Kysely<AnyTables>): Promise<void>
}

/** The SQL port: one PostgreSQL dialect, served by PGlite when embedded and by PostgreSQL when scaled. */
export interface Sql {
  readonly kind: 'pglite' | 'postgres'
  /** The handle outside any transaction. Using it inside `tx` throws: on PGlite it would wait for ever. */
  readonly db: Kysely<AnyTables>
  /**
   * Runs `work` in one transaction (READ COMMITTED); commits when it resolves, rolls back when it throws.
   * No I/O other than through the handle may happen inside. Transactions do not nest.
   * Serialisation failures and deadlocks are tried again, at most three times.
   */
  tx<T>(work: (db: Tx) => Promise<T>): Promise<T>
  /** Applies what is missing, in order of name, each in a transaction of its own, under a lock. */
  migrate(migrations: readonly Migration[]): Promise<{ applied: string[] }>
  /** Throws when the database does not answer within the time. */
  ping(timeoutMs: number): Promise<void>
  /** A PostgreSQL-compatible executor for libraries that bring their own SQL (pg-boss). */
  readonly raw: {
    query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>
    exec(text: string): Promise<void>
  }
  /**
   * Calls back for every NOTIFY on the channel, from any process. After a lost connection it is set up again and calls back
   * once with an empty payload, because some may have been missed: it wakes, it does not deliver. Resolves to its end.
   */
  listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>>
  /** Makes what was committed durable against a power cut (PGlite never fsyncs by itself); a no-op on PostgreSQL. */
  checkpoint(): Promise<void>
  /** VACUUM and ANALYZE of every table, one after the other; for a nightly job. A no-op on PostgreSQL, which has autovacuum. */
  vacuum(): Promise<void>
  /** Waits for what runs, then refuses everything. */
  close(): Promise<void>
}
