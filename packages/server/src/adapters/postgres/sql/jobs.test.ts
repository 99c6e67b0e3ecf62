import { describe } from 'vitest'
import { openTestPostgres, testPostgresUrl } from '../../../testing/postgres.ts'
import { jobsConformance } from '../../conformance/jobs-conformance.ts'

const serverUrl = testPostgresUrl()

describe.skipIf(serverUrl === undefined)('jobs on PostgreSQL', () => {
  jobsConformance(() => openTestPostgres(serverUrl ?? ''))
})
