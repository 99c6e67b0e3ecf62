import { sql } from 'kysely'
import type { Migration } from '../../../platform/sql/sql.ts'

/** What becomes of a rule over time: our own status of it, the pack it came with, exceptions, samples, noise and cost. */
export const ruleLife: Migration = {
  name: '2026-11-21-11b-rule-life',
  async up(db) {
    await sql`
      ALTER TABLE rule
        ADD COLUMN own_status text,
        ADD COLUMN pack text,
        ADD COLUMN pack_digest text,
        ADD COLUMN is_edited boolean NOT NULL DEFAULT false,
        ADD COLUMN offered_yaml text,
        ADD COLUMN alerts_30d integer NOT NULL DEFAULT 0,
        ADD COLUMN closed_30d integer NOT NULL DEFAULT 0,
        ADD COLUMN false_positives_30d integer NOT NULL DEFAULT 0`.execute(db)
    await sql`CREATE INDEX rule_of_pack ON rule (pack) WHERE pack IS NOT NULL`.execute(db)
    await sql`ALTER TABLE rule_version ADD COLUMN note text`.execute(db)
    await sql`ALTER TABLE rule_hits_by_day ADD COLUMN cpu_us bigint NOT NULL DEFAULT 0`.execute(db)
    await sql`
      CREATE TABLE rule_pack (
        name text PRIMARY KEY,
        version text,
        url text,
        updated_ms bigint,
        updated_by text
      )`.execute(db)
    // What somebody changed before is not known any more: all count as the pack's.
    await sql`
      UPDATE rule SET pack = split_part(origin, '/', 1), pack_digest = encode(sha256(convert_to(yaml, 'UTF8')), 'hex')
      WHERE origin LIKE '%/%'`.execute(db)
    await sql`
      INSERT INTO rule_pack (name, updated_ms) SELECT pack, max(updated_ms) FROM rule WHERE pack IS NOT NULL
      GROUP BY pack`.execute(db)
    await sql`
      CREATE TABLE rule_exception (
        id text PRIMARY KEY,
        rule_id text NOT NULL,
        conditions jsonb NOT NULL,
        reason text NOT NULL,
        author text NOT NULL,
        created_ms bigint NOT NULL,
        expires_ms bigint,
        expired boolean NOT NULL DEFAULT false
      )`.execute(db)
    await sql`CREATE INDEX rule_exception_rule ON rule_exception (rule_id, created_ms)`.execute(db)
    await sql`CREATE INDEX rule_exception_expiry ON rule_exception (expires_ms) WHERE NOT expired`.execute(db)
    await sql`
      CREATE TABLE rule_sample (
        id text PRIMARY KEY,
        rule_id text NOT NULL,
        name text NOT NULL,
        expected text NOT NULL,
        event text NOT NULL,
        hint jsonb NOT NULL,
        author text NOT NULL,
        created_ms bigint NOT NULL,
        outcome jsonb
      )`.execute(db)
    await sql`CREATE INDEX rule_sample_rule ON rule_sample (rule_id, created_ms)`.execute(db)
  },
}
