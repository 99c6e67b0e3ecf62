import { describe } from 'vitest'
import { openTestPostgres, testPostgresUrl } from '../../../testing/postgres.ts'
import { quietLog } from '../../../testing/quiet-log.ts'
import { outboxConformance } from '../../conformance/outbox-conformance.ts'
import { openPostgresSql } from './postgres-sql.ts'

const serverUrl = testPostgresUrl()

const missing = serverUrl === undefined ? ' (skipped: WATCHFLOOR_TEST_DATABASE_URL is not set)' : ''

describe.skipIf(missing !== '')(`outbox on PostgreSQL${missing}`, () => {
  let connectionString = ''
  outboxConformance({
    async open() {
      const sql = await openTestPostgres(serverUrl ?? '')
      connectionString = sql.connectionString
      return sql
    },
    openAgain: async () => openPostgresSql({ connectionString, log: quietLog }),
  })
})
