import { describe, expect, it } from 'vitest'
import { SqlFailure } from '../../../platform/sql/failures.ts'
import { openTestPostgres, testPostgresUrl } from '../../../testing/postgres.ts'
import { quietLog } from '../../../testing/quiet-log.ts'
import { sqlConformance } from '../../conformance/sql-conformance.ts'
import { openPostgresSql } from './postgres-sql.ts'

const serverUrl = testPostgresUrl()

const missing = serverUrl === undefined ? ' (skipped: WATCHFLOOR_TEST_DATABASE_URL is not set)' : ''

describe.skipIf(missing !== '')(`SQL on PostgreSQL${missing}`, () => {
  sqlConformance((options) => openTestPostgres(serverUrl ?? '', options))

  it('listens again after the connection was cut, and calls back once because something may have been missed', async () => {
    const sql = await openTestPostgres(serverUrl ?? '')
    const heard: string[] = []
    const next = { ...Promise.withResolvers<void>() }
    try {
      await sql.listen('cut', (payload) => {
        heard.push(payload)
        next.resolve()
      })
      await sql.raw.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
      )
      await next.promise
      expect(heard).toEqual([''])
    } finally {
      await sql.close()
    }
  })
})

describe('SQL on a PostgreSQL that is not there', () => {
  it('fails as unavailable', async () => {
    const sql = openPostgresSql({ connectionString: 'postgres://nobody@127.0.0.1:1/none', log: quietLog })
    const error: unknown = await sql.ping(5000).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(SqlFailure)
    expect(error).toMatchObject({ reason: 'unavailable' })
    await sql.close()
  })
})
