import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

export const createPatterns: Migration = {
  name: '2026-11-21-23-patterns',
  async up(db) {
    // `fresh_revision`: in which it began to match what it did not before, as far as history is concerned.
    await sql`ALTER TABLE indicator ADD COLUMN fresh_revision bigint NOT NULL DEFAULT 0`.execute(db)
    await sql`
      CREATE TABLE stix_pattern (
        id text PRIMARY KEY,
        seq bigint GENERATED ALWAYS AS IDENTITY,
        stix_id text,
        name text NOT NULL,
        description text,
        pattern text NOT NULL,
        pattern_version text NOT NULL,
        scope text NOT NULL,
        source text NOT NULL,
        confidence smallint NOT NULL,
        tlp text NOT NULL,
        labels jsonb NOT NULL,
        valid_from_ms bigint,
        valid_until_ms bigint,
        modified_ms bigint,
        enabled boolean NOT NULL,
        version integer NOT NULL,
        revision bigint NOT NULL,
        fresh_revision bigint NOT NULL,
        created_ms bigint NOT NULL,
        updated_ms bigint NOT NULL
      )`.execute(db)
    await sql`CREATE INDEX stix_pattern_revision ON stix_pattern (revision, seq)`.execute(db)
    await sql`CREATE UNIQUE INDEX stix_pattern_seq ON stix_pattern (seq)`.execute(db)
    // Indicators that stand for patterns which merely list values; `subject` is what their sightings are counted under.
    await sql`
      CREATE TABLE pattern_indicator (
        pattern_id text NOT NULL REFERENCES stix_pattern (id) ON DELETE CASCADE,
        indicator_id text NOT NULL,
        subject text NOT NULL,
        PRIMARY KEY (pattern_id, indicator_id)
      )`.execute(db)
    await sql`CREATE INDEX pattern_indicator_indicator ON pattern_indicator (indicator_id)`.execute(db)
    // Beside what is listed: an import does not wait for the live stream, nor it for an import.
    await sql`
      CREATE TABLE intel_sighting (
        subject text PRIMARY KEY,
        count bigint NOT NULL,
        first_ms bigint NOT NULL,
        last_ms bigint NOT NULL
      )`.execute(db)
  },
}
