import { sql } from 'kysely'
import type { Db, Tx } from '../../../platform/sql/sql.ts'

export interface RuleVersion {
  readonly id: string
  readonly version: number
}

/** Which of these rules were never seen, or in another version. */
export async function unseen(db: Db, rules: readonly RuleVersion[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT given.id FROM unnest(${rules.map((one) => one.id)}::text[], ${rules.map((one) => one.version)}::integer[])
      AS given (id, version)
    LEFT JOIN hunt_rule_seen AS seen ON seen.rule_id = given.id
    WHERE seen.version IS DISTINCT FROM given.version ORDER BY given.id`.execute(db)
  return rows.map((row) => row.id)
}

/** From now on these are the rules that were seen, and no others. */
export async function replace(db: Tx, rules: readonly RuleVersion[]): Promise<void> {
  await sql`DELETE FROM hunt_rule_seen`.execute(db)
  await sql`INSERT INTO hunt_rule_seen (rule_id, version)
    SELECT * FROM unnest(${rules.map((one) => one.id)}::text[], ${rules.map((one) => one.version)}::integer[])
    ON CONFLICT DO NOTHING`.execute(db)
}

/** Whether any rule was seen; none was while nobody looked. */
export async function any(db: Db): Promise<boolean> {
  const { rows } = await sql`SELECT 1 FROM hunt_rule_seen LIMIT 1`.execute(db)
  return rows.length > 0
}
