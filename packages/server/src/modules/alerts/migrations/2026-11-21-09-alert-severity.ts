import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

/** Remembers that a person chose a severity, and finds alerts by when they were first seen. */
export const severityByPerson: Migration = {
  name: '2026-11-21-09-alert-severity',
  async up(db) {
    await sql`ALTER TABLE alert ADD COLUMN severity_by_person boolean NOT NULL DEFAULT false`.execute(db)
    await sql`
      UPDATE alert SET severity_by_person = true
      WHERE EXISTS (SELECT FROM alert_activity AS a WHERE a.alert_id = alert.id AND a.kind = 'severity')`.execute(db)
    await sql`CREATE INDEX alert_first_seen ON alert (first_seen_ms)`.execute(db)
    // Kept for ten minutes, and in the old shape: without the new column they could not be put back.
    await sql`DELETE FROM alert_undo`.execute(db)
  },
}
