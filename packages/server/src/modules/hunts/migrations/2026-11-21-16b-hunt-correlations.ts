import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

/** What a detection of the hit is called, where rule and event alone do not say it: a correlation's group and window do. */
export const nameHuntDetections: Migration = {
  name: '2026-11-21-16b-hunt-correlations',
  async up(db) {
    await sql`ALTER TABLE hunt_hit ADD COLUMN detection_id text`.execute(db)
  },
}
