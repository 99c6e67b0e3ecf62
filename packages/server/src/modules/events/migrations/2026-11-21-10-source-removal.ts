import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

/** A source that was deleted stays behind its events until they are gone; its name may be taken again. */
export const removeSources: Migration = {
  name: '2026-11-21-10-source-removal',
  async up(db) {
    await sql`ALTER TABLE source ADD COLUMN deleted_ms bigint`.execute(db)
    await sql`DROP INDEX source_name`.execute(db)
    await sql`CREATE UNIQUE INDEX source_name ON source (kind, lower(name)) WHERE deleted_ms IS NULL`.execute(db)
  },
}
