import { sql } from 'kysely'
import type { Migration } from '../sql/sql.ts'

/** Part of every process's list of migrations. */
export const outboxMigrations: readonly Migration[] = [
  {
    name: '2026-11-21-00-outbox',
    up: async (db) => {
      await sql`CREATE TABLE outbox_event (
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        seq bigserial NOT NULL,
        name text NOT NULL,
        body jsonb NOT NULL,
        at_ms bigint NOT NULL,
        PRIMARY KEY (xid, seq)
      )`.execute(db)
      await sql`CREATE TABLE outbox_consumer (
        name text PRIMARY KEY,
        xid xid8 NOT NULL,
        seq bigint NOT NULL,
        holder text,
        held_until timestamptz,
        seen_at timestamptz NOT NULL DEFAULT now()
      )`.execute(db)
      await sql`CREATE TABLE outbox_dead_letter (
        consumer text NOT NULL,
        seq bigint NOT NULL,
        name text NOT NULL,
        body jsonb NOT NULL,
        at_ms bigint NOT NULL,
        error text NOT NULL,
        dead_ms bigint NOT NULL,
        PRIMARY KEY (consumer, seq)
      )`.execute(db)
    },
  },
]
