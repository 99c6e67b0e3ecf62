import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

/** Saved hunts, their runs with the place each has reached, and the hits that runs keep. */
export const createHunts: Migration = {
  name: '2026-11-21-16-hunts',
  async up(db) {
    await sql`
      CREATE TABLE hunt (
        id text PRIMARY KEY,
        name text NOT NULL,
        description text NOT NULL,
        tags jsonb NOT NULL,
        search jsonb NOT NULL,
        range jsonb NOT NULL,
        source_ids jsonb NOT NULL,
        narrowing text NOT NULL,
        keep text NOT NULL,
        alerts boolean NOT NULL,
        schedule text,
        next_run_ms bigint,
        covered_ms bigint,
        owner_id text NOT NULL,
        owner_name text NOT NULL,
        version integer NOT NULL,
        created_ms bigint NOT NULL,
        updated_ms bigint NOT NULL
      )`.execute(db)
    await sql`CREATE INDEX hunt_newest ON hunt (created_ms, id)`.execute(db)
    await sql`CREATE INDEX hunt_due ON hunt (next_run_ms) WHERE next_run_ms IS NOT NULL`.execute(db)
    await sql`
      CREATE TABLE hunt_run (
        id text PRIMARY KEY,
        hunt_id text REFERENCES hunt (id) ON DELETE SET NULL,
        name text NOT NULL,
        reason text NOT NULL,
        state text NOT NULL,
        starter_id text NOT NULL,
        starter_name text NOT NULL,
        search jsonb NOT NULL,
        from_ms bigint NOT NULL,
        to_ms bigint NOT NULL,
        source_ids jsonb NOT NULL,
        narrowing text NOT NULL,
        keep text NOT NULL,
        alerts boolean NOT NULL,
        job_id text,
        created_ms bigint NOT NULL,
        started_ms bigint,
        ended_ms bigint,
        position jsonb,
        worked_ms bigint NOT NULL DEFAULT 0,
        events_total bigint,
        events_done bigint NOT NULL DEFAULT 0,
        events_skipped bigint NOT NULL DEFAULT 0,
        hits bigint NOT NULL DEFAULT 0,
        hits_kept bigint NOT NULL DEFAULT 0,
        detections bigint NOT NULL DEFAULT 0,
        bar_ms bigint NOT NULL,
        bars jsonb NOT NULL,
        message text
      )`.execute(db)
    await sql`CREATE INDEX hunt_run_newest ON hunt_run (created_ms, id)`.execute(db)
    await sql`CREATE INDEX hunt_run_of_hunt ON hunt_run (hunt_id, created_ms)`.execute(db)
    await sql`CREATE INDEX hunt_run_open ON hunt_run (starter_id) WHERE state IN ('queued', 'running')`.execute(db)
    await sql`
      CREATE TABLE hunt_hit (
        run_id text NOT NULL REFERENCES hunt_run (id) ON DELETE CASCADE,
        time_ms bigint NOT NULL,
        event_id text NOT NULL,
        rule_id text NOT NULL,
        rule_title text NOT NULL,
        rule_version integer NOT NULL,
        kind text NOT NULL,
        level text NOT NULL,
        techniques jsonb NOT NULL,
        source_id text NOT NULL,
        entities jsonb NOT NULL,
        matched jsonb NOT NULL,
        evidence jsonb,
        preview text NOT NULL,
        PRIMARY KEY (run_id, time_ms, event_id, rule_id)
      )`.execute(db)
    await sql`
      CREATE TABLE hunt_rule_seen (
        rule_id text PRIMARY KEY,
        version integer NOT NULL
      )`.execute(db)
  },
}
