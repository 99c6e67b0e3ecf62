import { sql } from 'kysely'
import type { Migration } from '../../platform/sql/sql.ts'

/** Part of every process's list of migrations. The queue's own tables (schema `jobs`) are made and upgraded by pg-boss. */
export const jobsMigrations: readonly Migration[] = [
  {
    name: '2026-11-21-00-job-progress',
    up: async (db) => {
      await sql`CREATE TABLE job_progress (
        job_id uuid PRIMARY KEY,
        done real NOT NULL,
        message text,
        updated_at timestamptz NOT NULL DEFAULT now()
      )`.execute(db)
    },
  },
]
