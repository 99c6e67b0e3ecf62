import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

export const createSources: Migration = {
  name: '2026-11-21-04-sources',
  async up(db) {
    await sql`
      CREATE TABLE source (
        id text PRIMARY KEY,
        name text NOT NULL,
        kind text NOT NULL,
        enabled boolean NOT NULL DEFAULT true,
        product text,
        service text,
        retention_days integer,
        retention_bytes bigint,
        silence_minutes integer,
        path text,
        created_ms bigint NOT NULL,
        received bigint NOT NULL DEFAULT 0,
        parse_failures bigint NOT NULL DEFAULT 0,
        rejected bigint NOT NULL DEFAULT 0,
        bytes_received bigint NOT NULL DEFAULT 0,
        last_seen_ms bigint,
        newest_event_ms bigint,
        silent_since_ms bigint
      )`.execute(db)
    await sql`CREATE UNIQUE INDEX source_name ON source (kind, lower(name))`.execute(db)
  },
}
