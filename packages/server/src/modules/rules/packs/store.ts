import type { PackChangeKind, PackUpdate } from '@watchfloor/contracts/rules'
import { sql } from 'kysely'
import type { Db, Tx } from '../../../platform/sql/sql.ts'
import { type PackChangeRow, type PackUpdateRow, type RuleRow, tables } from '../tables.ts'

export interface ListedPack {
  readonly name: string
  readonly version: string | null
  readonly url: string | null
  readonly updated_ms: number | null
  readonly updated_by: string | null
  readonly rules: number
  readonly enabled: number
  readonly edited: number
  readonly offered: number
}

export async function list(db: Db): Promise<ListedPack[]> {
  const { rows } = await sql<ListedPack>`
    SELECT rule_pack.*, coalesce(rules, 0)::int AS rules, coalesce(enabled, 0)::int AS enabled,
      coalesce(edited, 0)::int AS edited, coalesce(offered, 0)::int AS offered
    FROM rule_pack LEFT JOIN (
      SELECT pack, count(*) AS rules, count(*) FILTER (WHERE enabled) AS enabled,
        count(*) FILTER (WHERE is_edited) AS edited, count(*) FILTER (WHERE offered_yaml IS NOT NULL) AS offered
      FROM rule WHERE pack IS NOT NULL GROUP BY pack) AS counted ON counted.pack = rule_pack.name
    ORDER BY lower(name), name LIMIT 1000`.execute(db)
  return rows
}

export const get = (db: Db, name: string) =>
  tables(db).selectFrom('rule_pack').selectAll().where('name', '=', name).executeTakeFirst()

export const setUrl = (db: Tx, name: string, url: string | null): Promise<unknown> =>
  tables(db)
    .insertInto('rule_pack')
    .values({ name, version: null, url, updated_ms: null, updated_by: null })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ url }))
    .execute()

/** Takes the pack away: its rules go, those changed here become ours. */
export async function remove(db: Tx, name: string): Promise<{ removed: number; kept: number }> {
  const kept = await tables(db)
    .updateTable('rule')
    .set({ pack: null, pack_digest: null, is_edited: false, offered_yaml: null })
    .where('pack', '=', name)
    .where('is_edited', '=', true)
    .executeTakeFirst()
  const removed = await tables(db).deleteFrom('rule').where('pack', '=', name).executeTakeFirst()
  await tables(db).deleteFrom('rule_pack').where('name', '=', name).execute()
  await tables(db).deleteFrom('rule_pack_update').where('pack', '=', name).execute()
  return { removed: Number(removed.numDeletedRows), kept: Number(kept.numUpdatedRows) }
}

export const addUpdate = (db: Tx, row: PackUpdateRow): Promise<unknown> =>
  tables(db).insertInto('rule_pack_update').values(row).execute()

export const getUpdate = (db: Db, id: string): Promise<PackUpdateRow | undefined> =>
  tables(db).selectFrom('rule_pack_update').selectAll().where('id', '=', id).executeTakeFirst()

/** The same, held until the transaction ends. */
export const lockUpdate = (db: Tx, id: string): Promise<PackUpdateRow | undefined> =>
  tables(db).selectFrom('rule_pack_update').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export const setUpdate = (db: Tx, id: string, set: Partial<Omit<PackUpdateRow, 'id'>>): Promise<unknown> =>
  tables(db).updateTable('rule_pack_update').set(set).where('id', '=', id).execute()

export const removeUpdate = (db: Tx, id: string): Promise<unknown> =>
  tables(db).deleteFrom('rule_pack_update').where('id', '=', id).execute()

/** Forgets updates that nobody came back to, and those done with long ago. */
export async function removeUpdatesBefore(db: Tx, beforeMs: number): Promise<number> {
  const result = await tables(db).deleteFrom('rule_pack_update').where('created_ms', '<', beforeMs).executeTakeFirst()
  return Number(result.numDeletedRows)
}

/** The update of a pack that waits to be looked at. */
export const openUpdates = (db: Db, pack: string): Promise<PackUpdateRow[]> =>
  tables(db)
    .selectFrom('rule_pack_update')
    .selectAll()
    .where('pack', '=', pack)
    .where('state', 'in', ['ready', 'applying'] satisfies PackUpdate['state'][])
    .orderBy('created_ms', 'desc')
    .limit(10)
    .execute()

export async function addChanges(db: Tx, rows: readonly PackChangeRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += 500)
    await tables(db)
      .insertInto('rule_pack_change')
      .values(rows.slice(start, start + 500))
      .onConflict((conflict) => conflict.columns(['update_id', 'rule_id']).doNothing())
      .execute()
}

/** Rules of the pack that the update did not bring; those changed here stay without being asked for. */
export async function addRemoved(db: Tx, update: { id: string; pack: string }): Promise<void> {
  await sql`
    INSERT INTO rule_pack_change (update_id, rule_id, kind, title, path)
    SELECT ${update.id}, id, 'removed', title, origin FROM rule
    WHERE pack = ${update.pack} AND NOT is_edited
    ON CONFLICT (update_id, rule_id) DO NOTHING`.execute(db)
}

export async function countChanges(db: Db, updateId: string): Promise<Record<PackChangeRow['kind'], number>> {
  const rows = await tables(db)
    .selectFrom('rule_pack_change')
    .select((eb) => ['kind', eb.fn.countAll<number>().as('count')])
    .where('update_id', '=', updateId)
    .groupBy('kind')
    .execute()
  const counts = { added: 0, changed: 0, removed: 0, conflict: 0, unchanged: 0, refused: 0 }
  for (const row of rows) counts[row.kind] = Number(row.count)
  return counts
}

export function listChanges(
  db: Db,
  updateId: string,
  page: { kind?: PackChangeKind | undefined; offset: number; limit: number },
): Promise<PackChangeRow[]> {
  let query = tables(db)
    .selectFrom('rule_pack_change')
    .selectAll()
    .where('update_id', '=', updateId)
    .where('kind', 'not in', ['unchanged', 'refused'])
  if (page.kind) query = query.where('kind', '=', page.kind)
  return query
    .orderBy(
      sql`CASE kind WHEN 'conflict' THEN 0 WHEN 'changed' THEN 1 WHEN 'removed' THEN 2 ELSE 3 END, lower(title), rule_id`,
    )
    .offset(page.offset)
    .limit(page.limit)
    .execute()
}

export const getChange = (db: Db, updateId: string, ruleId: string): Promise<PackChangeRow | undefined> =>
  tables(db)
    .selectFrom('rule_pack_change')
    .selectAll()
    .where('update_id', '=', updateId)
    .where('rule_id', '=', ruleId)
    .executeTakeFirst()

/** Changes with a text, in the order of their ids, behind one. */
export const changesWithText = (db: Db, updateId: string, afterId: string, limit: number): Promise<PackChangeRow[]> =>
  tables(db)
    .selectFrom('rule_pack_change')
    .selectAll()
    .where('update_id', '=', updateId)
    .where('kind', 'in', ['added', 'changed', 'conflict'])
    .where('rule_id', '>', afterId)
    .orderBy('rule_id')
    .limit(limit)
    .execute()

/** Deletes the rules that the update says are gone, unless they were changed since. */
export async function applyRemoved(db: Tx, update: { id: string; pack: string }): Promise<number> {
  const result = await sql`
    DELETE FROM rule WHERE pack = ${update.pack} AND NOT is_edited AND id IN (
      SELECT rule_id FROM rule_pack_change WHERE update_id = ${update.id} AND kind = 'removed')`.execute(db)
  return Number(result.numAffectedRows ?? 0)
}

export async function setOffer(db: Tx, rule: Pick<RuleRow, 'id'>, offeredYaml: string | null): Promise<void> {
  await tables(db).updateTable('rule').set({ offered_yaml: offeredYaml }).where('id', '=', rule.id).execute()
}
