import { describe } from 'vitest'
import { openTestPostgres, testPostgresUrl } from '../../../testing/postgres.ts'
import { jobsConformance } from '../../conformance/jobs-conformance.ts'

const serverUrl = testPostgresUrl()

const missing = serverUrl === undefined ? ' (skipped: WATCHFLOOR_TEST_DATABASE_URL is not set)' : ''

describe.skipIf(missing !== '')(`jobs on PostgreSQL${missing}`, () => {
  jobsConformance(() => openTestPostgres(serverUrl ?? ''))
})
