import { randomBytes } from 'node:crypto'
import { openPostgresSql } from '../adapters/postgres/sql/postgres-sql.ts'
import type { Sql } from '../platform/sql/sql.ts'
import { quietLog } from './quiet-log.ts'

/**
 * A PostgreSQL server on which tests may create and drop databases, as `postgres://user:password@host:port/database`.
 * Without one the tests that need it are skipped, and this says so.
 */
export function testPostgresUrl(): string | undefined {
  const url = process.env.WATCHFLOOR_TEST_DATABASE_URL
  if (url) return url
  console.info('skipped: WATCHFLOOR_TEST_DATABASE_URL is not set, so PostgreSQL is not tried')
  return undefined
}

/** A database of its own on the test server; `close` drops it. */
export async function openTestPostgres(
  serverUrl: string,
  options: { statementTimeoutMs?: number } = {},
): Promise<Sql & { readonly connectionString: string }> {
  const name = `watchfloor_test_${randomBytes(6).toString('hex')}`
  const onServer = async (statement: string) => {
    const server = openPostgresSql({ connectionString: serverUrl, log: quietLog, maxConnections: 1 })
    await server.raw.exec(statement).finally(() => server.close())
  }
  await onServer(`CREATE DATABASE ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const sql = openPostgresSql({ connectionString: url.href, log: quietLog, ...options })
  let dropped: Promise<void> | undefined
  return {
    ...sql,
    connectionString: url.href,
    close() {
      dropped ??= sql.close().then(() => onServer(`DROP DATABASE ${name} WITH (FORCE)`))
      return dropped
    },
  }
}
