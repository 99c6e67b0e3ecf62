import pg from 'pg'
import type { Log } from '../../../platform/log/log.ts'
import { createPooledSql } from '../../../platform/sql/pooled-sql.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import { valueTypes } from '../../../platform/sql/value-types.ts'
import { createListener } from './listener.ts'

export interface PostgresSqlOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly connectionString: string
  readonly log: Log
  readonly maxConnections?: number
  readonly statementTimeoutMs?: number
  /** How long a caller waits for a connection before it fails as unavailable. */
  readonly connectTimeoutMs?: number
}

/** The SQL port on a PostgreSQL server (15 or newer). Opens connections when they are needed; ask `ping` whether it is there. */
export function openPostgresSql(options: PostgresSqlOptions): Sql {
  const { log, connectionString } = options
  const statementTimeoutMs = options.statementTimeoutMs ?? 60_000
  const settings = [
    'TimeZone=UTC',
    `statement_timeout=${statementTimeoutMs}`,
    // A transaction that forgot to end would hold back vacuum and the outbox's horizon.
    `idle_in_transaction_session_timeout=${statementTimeoutMs}`,
  ]
  const client: pg.ClientConfig = {
    connectionString,
    application_name: 'watchfloor',
    options: settings.map((setting) => `-c ${setting}`).join(' '),
    keepAlive: true,
    types: valueTypes,
  }
  const pool = new pg.Pool({
    ...client,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 30_000,
  })
  pool.on('error', (error) => log.warn('idle database connection lost', { reason: error.message }))
  // Errors of a connection in use reach its statement as well; without this they would end the process.
  pool.on('connect', (connected) => connected.on('error', () => {}))
  const listener = createListener(() => new pg.Client({ ...client, options: '' }), log)
  return createPooledSql({
    kind: 'postgres',
    pool,
    log,
    checkpoint: async () => {},
    vacuum: async () => {},
    listen: listener.listen,
    closed: listener.close,
  })
}
