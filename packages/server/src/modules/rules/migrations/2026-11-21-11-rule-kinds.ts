import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

/** Correlations and filters run too: what a document is, what it is called in others, and whom it names. */
export const ruleKinds: Migration = {
  name: '2026-11-21-11-rule-kinds',
  async up(db) {
    await sql`
      ALTER TABLE rule
        ADD COLUMN kind text NOT NULL DEFAULT 'rule',
        ADD COLUMN name text,
        ADD COLUMN refers_to jsonb NOT NULL DEFAULT '[]'`.execute(db)
    await sql`CREATE INDEX rule_name ON rule (name) WHERE name IS NOT NULL`.execute(db)
    // Those kept so far wait for what they name until they are imported again, which reads it from their text.
    await sql`
      UPDATE rule SET kind = CASE WHEN yaml ~ '(^|\n)correlation:' THEN 'correlation' ELSE 'filter' END
      WHERE state = 'waiting'`.execute(db)
  },
}
