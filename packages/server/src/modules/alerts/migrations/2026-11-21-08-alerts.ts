import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

export const createAlerts: Migration = {
  name: '2026-11-21-08-alerts',
  async up(db) {
    await sql`
      CREATE TABLE alert (
        id text PRIMARY KEY,
        group_key text NOT NULL,
        title text NOT NULL,
        severity text NOT NULL,
        severity_rank smallint NOT NULL,
        status text NOT NULL,
        resolution text,
        rule_id text NOT NULL,
        rule_title text NOT NULL,
        techniques jsonb NOT NULL,
        entities jsonb NOT NULL,
        count integer NOT NULL,
        first_seen_ms bigint NOT NULL,
        last_seen_ms bigint NOT NULL,
        created_ms bigint NOT NULL,
        updated_ms bigint NOT NULL,
        acknowledged_ms bigint,
        closed_ms bigint,
        assignee_id text,
        assignee_name text,
        version integer NOT NULL,
        comments integer NOT NULL DEFAULT 0
      )`.execute(db)
    await sql`CREATE INDEX alert_open_group ON alert (group_key) WHERE status <> 'closed'`.execute(db)
    await sql`CREATE INDEX alert_newest ON alert (last_seen_ms DESC, id DESC)`.execute(db)
    await sql`CREATE INDEX alert_worst ON alert (severity_rank DESC, last_seen_ms DESC, id DESC)`.execute(db)
    await sql`CREATE INDEX alert_count ON alert (count DESC, last_seen_ms DESC, id DESC)`.execute(db)
    await sql`CREATE INDEX alert_status ON alert (status, last_seen_ms DESC)`.execute(db)
    await sql`CREATE INDEX alert_rule ON alert (rule_id)`.execute(db)
    await sql`
      CREATE TABLE alert_entity (
        value text NOT NULL,
        field text NOT NULL,
        alert_id text NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
        PRIMARY KEY (value, field, alert_id)
      )`.execute(db)
    await sql`CREATE INDEX alert_entity_alert ON alert_entity (alert_id)`.execute(db)
    await sql`
      CREATE TABLE alert_detection (
        detection_id text PRIMARY KEY,
        alert_id text NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
        event_id text NOT NULL,
        rule_version integer NOT NULL,
        time_ms bigint NOT NULL
      )`.execute(db)
    await sql`CREATE INDEX alert_detection_alert ON alert_detection (alert_id, time_ms)`.execute(db)
    await sql`
      CREATE TABLE alert_activity (
        id bigserial PRIMARY KEY,
        alert_id text NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
        at_ms bigint NOT NULL,
        actor_id text,
        actor_name text,
        kind text NOT NULL,
        text text,
        before text,
        after text
      )`.execute(db)
    await sql`CREATE INDEX alert_activity_alert ON alert_activity (alert_id, id)`.execute(db)
    await sql`
      CREATE TABLE alert_undo (
        id text PRIMARY KEY,
        actor_id text NOT NULL,
        expires_ms bigint NOT NULL,
        before jsonb NOT NULL
      )`.execute(db)
  },
}
