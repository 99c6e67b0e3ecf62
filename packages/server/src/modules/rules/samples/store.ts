import type { SampleOutcome } from '@watchfloor/contracts/rules'
import { type SqlBool, sql } from 'kysely'
import { jsonb } from '../../../platform/sql/json.ts'
import type { Db, Tx } from '../../../platform/sql/sql.ts'
import { type SampleRow, tables } from '../tables.ts'

/** Samples of a rule, oldest first. */
export const listOf = (db: Db, ruleId: string): Promise<SampleRow[]> =>
  tables(db)
    .selectFrom('rule_sample')
    .selectAll()
    .where('rule_id', '=', ruleId)
    .orderBy('created_ms')
    .orderBy('id')
    .execute()

export async function counts(
  db: Db,
  ruleIds: readonly string[],
): Promise<Map<string, { total: number; failing: number }>> {
  if (ruleIds.length === 0) return new Map()
  const { rows } = await sql<{ rule_id: string; total: number; failing: number }>`
    SELECT rule_id, count(*)::int AS total,
      count(*) FILTER (WHERE (outcome->>'passed')::boolean = false)::int AS failing
    FROM rule_sample WHERE rule_id = ANY(${[...ruleIds]}) GROUP BY rule_id`.execute(db)
  return new Map(rows.map(({ rule_id, total, failing }) => [rule_id, { total, failing }]))
}

export const add = (db: Tx, { hint, outcome, ...row }: SampleRow): Promise<unknown> =>
  tables(db)
    .insertInto('rule_sample')
    .values({ ...row, hint: jsonb(hint), outcome: outcome === null ? null : jsonb(outcome) })
    .execute()

export async function remove(db: Tx, ruleId: string, id: string): Promise<boolean> {
  const result = await tables(db)
    .deleteFrom('rule_sample')
    .where('id', '=', id)
    .where('rule_id', '=', ruleId)
    .executeTakeFirst()
  return Number(result.numDeletedRows) > 0
}

export async function saveOutcomes(db: Tx, outcomes: ReadonlyMap<string, SampleOutcome>): Promise<void> {
  if (outcomes.size === 0) return
  const rows = JSON.stringify([...outcomes].map(([id, outcome]) => ({ id, outcome })))
  await sql<SqlBool>`
    UPDATE rule_sample SET outcome = ran.outcome
    FROM jsonb_to_recordset(${rows}::jsonb) AS ran (id text, outcome jsonb) WHERE ran.id = rule_sample.id`.execute(db)
}
