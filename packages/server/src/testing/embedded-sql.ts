import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { openEmbeddedSql } from '../adapters/embedded/sql/embedded-sql.ts'
import { systemClock } from '../platform/clock/clock.ts'
import type { Migration, Sql } from '../platform/sql/sql.ts'
import { quietLog } from './quiet-log.ts'

/** Shared by all test files of a user: the first one fills it in some seconds, the others copy it. */
export const testImageDirectory = (): string => join(tmpdir(), `watchfloor-test-image-${userInfo().username}`)

/** A real embedded database in a directory of its own, with the migrations applied; `close` removes it. */
export async function openTestSql(migrations: readonly Migration[] = []): Promise<Sql> {
  const directory = mkdtempSync(join(tmpdir(), 'watchfloor-sql-'))
  const remove = () => rmSync(directory, { recursive: true, force: true })
  const sql = await openEmbeddedSql({
    directory,
    imageDirectory: testImageDirectory(),
    clock: systemClock,
    log: quietLog,
    isThrowaway: true,
  })
  await sql.migrate(migrations)
  return { ...sql, close: () => sql.close().finally(remove) }
}
