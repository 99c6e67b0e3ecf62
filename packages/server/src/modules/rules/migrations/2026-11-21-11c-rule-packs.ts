import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

/** Updates of packs that wait to be looked at, and layers laid over the coverage. */
export const rulePackUpdates: Migration = {
  name: '2026-11-21-11c-rule-packs',
  async up(db) {
    await sql`
      CREATE TABLE rule_pack_update (
        id text PRIMARY KEY,
        pack text NOT NULL,
        version text,
        state text NOT NULL,
        created_ms bigint NOT NULL,
        actor_name text NOT NULL,
        unchanged integer NOT NULL DEFAULT 0,
        refused integer NOT NULL DEFAULT 0,
        characters bigint NOT NULL DEFAULT 0,
        applied integer NOT NULL DEFAULT 0,
        message text
      )`.execute(db)
    await sql`
      CREATE TABLE rule_pack_change (
        update_id text NOT NULL REFERENCES rule_pack_update (id) ON DELETE CASCADE,
        rule_id text NOT NULL,
        kind text NOT NULL,
        title text NOT NULL,
        path text NOT NULL,
        yaml text,
        PRIMARY KEY (update_id, rule_id)
      )`.execute(db)
    await sql`
      CREATE TABLE coverage_layer (
        id text PRIMARY KEY,
        name text NOT NULL,
        description text,
        scores jsonb NOT NULL,
        author text NOT NULL,
        created_ms bigint NOT NULL
      )`.execute(db)
  },
}
