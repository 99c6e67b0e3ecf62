import { type SqlBool, sql } from 'kysely'
import { jsonb } from '../../../platform/sql/json.ts'
import type { Db, Tx } from '../../../platform/sql/sql.ts'
import { type ExceptionRow, tables } from '../tables.ts'

export interface ListedException extends ExceptionRow {
  /** Null when the filter was deleted by itself. */
  readonly yaml: string | null
  readonly enabled: boolean | null
}

/** Exceptions of a rule, newest first. */
export const listOf = (db: Db, ruleId: string, limit: number): Promise<ListedException[]> =>
  tables(db)
    .selectFrom('rule_exception')
    .leftJoin('rule', 'rule.id', 'rule_exception.id')
    .selectAll('rule_exception')
    .select(['rule.yaml', 'rule.enabled'])
    .where('rule_exception.rule_id', '=', ruleId)
    .orderBy('rule_exception.created_ms', 'desc')
    .orderBy('rule_exception.id')
    .limit(limit)
    .execute()

export async function count(db: Db, ruleId: string): Promise<number> {
  const row = await tables(db)
    .selectFrom('rule_exception')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('rule_id', '=', ruleId)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

export async function countActive(db: Db, ruleIds: readonly string[]): Promise<Map<string, number>> {
  if (ruleIds.length === 0) return new Map()
  const rows = await tables(db)
    .selectFrom('rule_exception')
    .select((eb) => ['rule_id', eb.fn.countAll<number>().as('count')])
    .where(sql<SqlBool>`rule_id = ANY(${[...ruleIds]})`)
    .where('expired', '=', false)
    .groupBy('rule_id')
    .execute()
  return new Map(rows.map((row) => [row.rule_id, Number(row.count)]))
}

export const add = (db: Tx, { conditions, ...row }: ExceptionRow): Promise<unknown> =>
  tables(db)
    .insertInto('rule_exception')
    .values({ ...row, conditions: jsonb(conditions) })
    .execute()

export const get = (db: Db, ruleId: string, id: string): Promise<ExceptionRow | undefined> =>
  tables(db)
    .selectFrom('rule_exception')
    .selectAll()
    .where('id', '=', id)
    .where('rule_id', '=', ruleId)
    .executeTakeFirst()

export const remove = (db: Tx, id: string): Promise<unknown> =>
  tables(db).deleteFrom('rule_exception').where('id', '=', id).execute()

/** Marks those that have run out, and says which. */
export async function expire(db: Tx, nowMs: number, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    UPDATE rule_exception SET expired = true WHERE id IN (
      SELECT id FROM rule_exception WHERE NOT expired AND expires_ms <= ${nowMs} ORDER BY expires_ms LIMIT ${limit})
    RETURNING id`.execute(db)
  return rows.map((row) => row.id)
}
