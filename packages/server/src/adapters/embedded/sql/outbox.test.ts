import { describe } from 'vitest'
import { openTestSql } from '../../../testing/embedded-sql.ts'
import { outboxConformance } from '../../conformance/outbox-conformance.ts'

describe('outbox on embedded SQL', () => {
  outboxConformance({ open: () => openTestSql() })
})
