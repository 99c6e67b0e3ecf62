import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

export const createDetections: Migration = {
  name: '2026-11-21-07-detections',
  async up(db) {
    await sql`
      CREATE TABLE detection (
        id text PRIMARY KEY,
        rule_id text NOT NULL,
        rule_title text NOT NULL,
        rule_version integer NOT NULL,
        level text NOT NULL,
        event_id text NOT NULL,
        source_id text NOT NULL,
        time_ms bigint NOT NULL,
        detected_ms bigint NOT NULL,
        entities jsonb NOT NULL,
        techniques jsonb NOT NULL
      )`.execute(db)
    await sql`CREATE INDEX detection_rule ON detection (rule_id, time_ms DESC)`.execute(db)
    await sql`CREATE INDEX detection_event ON detection (event_id)`.execute(db)
    await sql`CREATE INDEX detection_age ON detection (detected_ms)`.execute(db)
    await sql`
      CREATE TABLE ingest_offset (
        topic text NOT NULL,
        partition integer NOT NULL,
        next bigint NOT NULL,
        PRIMARY KEY (topic, partition)
      )`.execute(db)
  },
}
