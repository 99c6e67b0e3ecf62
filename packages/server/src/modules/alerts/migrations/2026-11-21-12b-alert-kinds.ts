import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

/** Alerts say what detected them, and each of their detections on what evidence. */
export const alertKindsAndEvidence: Migration = {
  name: '2026-11-21-12b-alert-kinds',
  async up(db) {
    await sql`
      ALTER TABLE alert
        ADD COLUMN kind text NOT NULL DEFAULT 'sigma',
        ADD COLUMN retrospective boolean NOT NULL DEFAULT false`.execute(db)
    await sql`
      ALTER TABLE alert_detection
        ADD COLUMN retrospective boolean NOT NULL DEFAULT false,
        ADD COLUMN evidence jsonb`.execute(db)
    // Kept for ten minutes, and in the old shape: without the new columns they could not be put back.
    await sql`DELETE FROM alert_undo`.execute(db)
  },
}
