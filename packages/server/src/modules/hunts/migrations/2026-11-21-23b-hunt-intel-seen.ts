import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

/** Up to which revision of what is listed history was looked through. */
export const createIntelSeen: Migration = {
  name: '2026-11-21-23b-hunt-intel-seen',
  async up(db) {
    await sql`
      CREATE TABLE hunt_intel_seen (
        singleton integer PRIMARY KEY CHECK (singleton = 1),
        revision bigint NOT NULL
      )`.execute(db)
  },
}
