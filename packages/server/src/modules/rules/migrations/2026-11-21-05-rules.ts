import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

export const createRules: Migration = {
  name: '2026-11-21-05-rules',
  async up(db) {
    await sql`
      CREATE TABLE rule (
        id text PRIMARY KEY,
        title text NOT NULL,
        description text,
        level text NOT NULL,
        level_rank smallint NOT NULL,
        status text NOT NULL,
        author text,
        tags jsonb NOT NULL,
        techniques jsonb NOT NULL,
        log_source jsonb NOT NULL,
        references_ jsonb NOT NULL,
        false_positives jsonb NOT NULL,
        origin text NOT NULL,
        switch text NOT NULL DEFAULT 'policy',
        enabled boolean NOT NULL,
        state text NOT NULL,
        version integer NOT NULL,
        yaml text NOT NULL,
        diagnostics jsonb NOT NULL,
        created_ms bigint NOT NULL,
        updated_ms bigint NOT NULL,
        last_detection_ms bigint
      )`.execute(db)
    await sql`CREATE INDEX rule_title ON rule (lower(title), id)`.execute(db)
    await sql`CREATE INDEX rule_enabled ON rule (enabled) WHERE enabled`.execute(db)
    await sql`
      CREATE TABLE rule_version (
        rule_id text NOT NULL,
        version integer NOT NULL,
        yaml text NOT NULL,
        actor_name text NOT NULL,
        created_ms bigint NOT NULL,
        PRIMARY KEY (rule_id, version)
      )`.execute(db)
    await sql`
      CREATE TABLE rule_hits_by_day (
        rule_id text NOT NULL,
        day date NOT NULL,
        detections bigint NOT NULL,
        PRIMARY KEY (rule_id, day)
      )`.execute(db)
    await sql`CREATE INDEX rule_hits_day ON rule_hits_by_day (day)`.execute(db)
    await sql`
      CREATE TABLE rule_set (
        singleton smallint PRIMARY KEY DEFAULT 1 CHECK (singleton = 1),
        revision bigint NOT NULL,
        policy jsonb NOT NULL
      )`.execute(db)
    await sql`
      INSERT INTO rule_set (revision, policy)
      VALUES (1, '{"levels":["medium","high","critical"],"statuses":["stable","test"]}')`.execute(db)
  },
}
