import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

/** What is told of matches and what is not, and how far a scan of everything has come. */
export const yaraExceptions: Migration = {
  name: '2026-11-21-24-yara-exceptions',
  async up(db) {
    await sql`
      CREATE TABLE yara_exception (
        id text PRIMARY KEY,
        set_id text REFERENCES yara_set (id) ON DELETE CASCADE,
        rule text,
        sha256 text,
        reason text NOT NULL,
        created_ms bigint NOT NULL,
        created_by text NOT NULL,
        CHECK (rule IS NOT NULL OR sha256 IS NOT NULL),
        CHECK ((rule IS NULL) = (set_id IS NULL))
      )`.execute(db)
    await sql`CREATE INDEX yara_exception_by_time ON yara_exception (created_ms DESC, id DESC)`.execute(db)
    await sql`CREATE INDEX yara_exception_by_file ON yara_exception (sha256)`.execute(db)
    await sql`CREATE INDEX yara_exception_by_rule ON yara_exception (set_id, rule)`.execute(db)
    await sql`ALTER TABLE yara_set ADD COLUMN alerts boolean NOT NULL DEFAULT true`.execute(db)
    // What matched before anybody was told of matches is no news.
    await sql`ALTER TABLE artifact_match ADD COLUMN told boolean NOT NULL DEFAULT true`.execute(db)
    await sql`
      ALTER TABLE yara_revision
        ADD COLUMN scanned integer NOT NULL DEFAULT 0,
        ADD COLUMN scanning integer NOT NULL DEFAULT 0,
        ADD COLUMN scanned_up_to text NOT NULL DEFAULT ''`.execute(db)
    await sql`UPDATE yara_revision SET scanned = revision`.execute(db)
  },
}
