import { describe } from 'vitest'
import { openTestSql } from '../../../testing/embedded-sql.ts'
import { jobsConformance } from '../../conformance/jobs-conformance.ts'

describe('jobs on embedded SQL', () => {
  jobsConformance(() => openTestSql())
})
