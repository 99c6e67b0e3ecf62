import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

/** Where the snapshot of what correlations remember lies, and how far it had read. */
export const createCorrelationState: Migration = {
  name: '2026-11-21-13-correlation-state',
  async up(db) {
    await sql`
      CREATE TABLE correlation_state (
        singleton integer PRIMARY KEY CHECK (singleton = 1),
        next bigint NOT NULL,
        snapshot text NOT NULL,
        previous text,
        saved_ms bigint NOT NULL
      )`.execute(db)
  },
}
