import { join } from 'node:path'
import pg from 'pg'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { Log } from '../../../platform/log/log.ts'
import { createPooledSql } from '../../../platform/sql/pooled-sql.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import { valueTypes } from '../../../platform/sql/value-types.ts'
import { lockDirectory } from '../lock/directory-lock.ts'
import { ensureDatabase } from './create-database.ts'
import { createDatabaseThread } from './database-thread.ts'
import { listenOnPool } from './listeners.ts'

export interface EmbeddedSqlOptions {
  /** Holds the lock and `pgdata`. Made when absent. */
  readonly directory: string
  /** Keeps an empty database, so that the next directory is made in a fraction of a second. Any cache folder. */
  readonly imageDirectory?: string
  readonly clock: Clock
  readonly log: Log
  /** A statement that takes longer is stopped by ending and reopening the engine. */
  readonly statementTimeoutMs?: number
  /** A power cut costs at most what was committed in this time; `checkpoint()` closes the gap at once. */
  readonly walFlushIntervalMs?: number
  /** For tests: nothing is made durable, which is quicker. A killed process still loses nothing. */
  readonly isThrowaway?: boolean
}

/**
 * PostgreSQL inside this process: PGlite in a worker thread, spoken to by `pg` over the wire protocol, so that values, errors
 * and notifications are those of a server. One connection, which callers get in the order in which they asked.
 * @throws DirectoryInUse, SchemaMismatch
 */
export async function openEmbeddedSql(options: EmbeddedSqlOptions): Promise<Sql> {
  const { log } = options
  const lock = lockDirectory(options.directory, options.clock.now())
  const directory = join(options.directory, 'pgdata')
  const isDurable = options.isThrowaway !== true
  const thread = createDatabaseThread({
    settings: { directory, isDurable, walFlushIntervalMs: options.walFlushIntervalMs ?? 1000 },
    statementTimeoutMs: options.statementTimeoutMs ?? 60_000,
    onCheckpointDue: () => {
      sql.raw.exec('CHECKPOINT').catch((error: unknown) => log.warn('checkpoint failed', { error: String(error) }))
    },
    onRestart: (reason) => log.error('database thread restarted', { reason: reason.message }),
  })
  try {
    await ensureDatabase(directory, options.imageDirectory, { isDurable })
    await thread.start()
  } catch (error) {
    lock.release()
    throw error
  }
  const pool = new pg.Pool({
    max: 1,
    idleTimeoutMillis: 0,
    user: 'postgres',
    database: 'postgres',
    stream: () => thread.openSession(),
    types: valueTypes,
  })
  const listen = listenOnPool(pool, log)
  const sql: Sql = createPooledSql({
    kind: 'pglite',
    pool,
    log,
    checkpoint: () => thread.flush(),
    vacuum: () => vacuumEach(sql),
    listen,
    closed: async () => {
      await thread.close()
      lock.release()
    },
  })
  return sql
}

/** Table by table, so that others get their turn in between. */
async function vacuumEach(sql: Sql): Promise<void> {
  const { rows } = await sql.raw.query(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  )
  for (const { name } of rows) await sql.raw.exec(`VACUUM (ANALYZE) ${String(name)}`)
  await sql.raw.exec('VACUUM (ANALYZE) pg_catalog.pg_class, pg_catalog.pg_attribute, pg_catalog.pg_statistic')
}
