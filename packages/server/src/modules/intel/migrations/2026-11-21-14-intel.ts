import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

export const createIntel: Migration = {
  name: '2026-11-21-14-intel',
  async up(db) {
    // `id` is made of type, value and source, and so keeps the three unique. `seq` is what the index of the threads holds: 32 bits.
    await sql`
      CREATE TABLE indicator (
        id text PRIMARY KEY,
        seq bigint GENERATED ALWAYS AS IDENTITY,
        type text NOT NULL,
        value text NOT NULL,
        source text NOT NULL,
        confidence smallint NOT NULL,
        tlp text NOT NULL,
        labels jsonb NOT NULL,
        description text,
        valid_from_ms bigint,
        valid_until_ms bigint,
        enabled boolean NOT NULL DEFAULT true,
        revision bigint NOT NULL,
        created_ms bigint NOT NULL,
        updated_ms bigint NOT NULL
      )`.execute(db)
    await sql`CREATE UNIQUE INDEX indicator_seq ON indicator (seq)`.execute(db)
    await sql`CREATE INDEX indicator_value ON indicator (value)`.execute(db)
    await sql`CREATE INDEX indicator_revision ON indicator (revision, seq)`.execute(db)
    await sql`
      CREATE TABLE warning_list (
        id text PRIMARY KEY,
        name text NOT NULL,
        description text NOT NULL,
        version bigint NOT NULL,
        type text NOT NULL,
        applies_to jsonb NOT NULL,
        effect text NOT NULL,
        entries integer NOT NULL,
        digest text NOT NULL,
        body text NOT NULL,
        updated_ms bigint NOT NULL
      )`.execute(db)
    await sql`
      CREATE TABLE intel_set (
        singleton smallint PRIMARY KEY DEFAULT 1 CHECK (singleton = 1),
        revision bigint NOT NULL
      )`.execute(db)
    await sql`INSERT INTO intel_set (revision) VALUES (1)`.execute(db)
  },
}
