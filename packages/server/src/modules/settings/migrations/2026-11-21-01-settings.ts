import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

export const createSettingsTable: Migration = {
  name: '2026-11-21-01-settings',
  async up(db) {
    await sql`
      CREATE TABLE setting (
        key text PRIMARY KEY,
        is_set boolean NOT NULL,
        value jsonb,
        sealed text,
        version integer NOT NULL,
        updated_ms bigint NOT NULL,
        updated_by text NOT NULL
      )`.execute(db)
  },
}
