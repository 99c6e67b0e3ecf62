import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe } from 'vitest'
import { systemClock } from '../../../platform/clock/clock.ts'
import { testImageDirectory } from '../../../testing/embedded-sql.ts'
import { quietLog } from '../../../testing/quiet-log.ts'
import { sqlConformance } from '../../conformance/sql-conformance.ts'
import { openEmbeddedSql } from './embedded-sql.ts'

describe('embedded SQL', () => {
  const root = mkdtempSync(join(tmpdir(), 'watchfloor-sql-'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  sqlConformance((options) =>
    openEmbeddedSql({
      directory: mkdtempSync(join(root, 'data-')),
      imageDirectory: testImageDirectory(),
      clock: systemClock,
      log: quietLog,
      ...options,
    }),
  )
})
