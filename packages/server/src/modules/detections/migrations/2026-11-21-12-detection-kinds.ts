import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

/** Detections of more than Sigma rules on the live stream: what detected, on what evidence, and whether in stored history. */
export const detectionKindsAndEvidence: Migration = {
  name: '2026-11-21-12-detection-kinds',
  async up(db) {
    await sql`
      ALTER TABLE detection
        ADD COLUMN kind text NOT NULL DEFAULT 'sigma',
        ADD COLUMN retrospective boolean NOT NULL DEFAULT false,
        ADD COLUMN evidence jsonb`.execute(db)
  },
}
