import type {
  IndicatorType,
  WarningList,
  WarningListEffect,
  WarningListId,
  WarningListType,
} from '@watchfloor/contracts/intel'
import { toInstant } from '@watchfloor/contracts/kernel'
import { jsonb } from '../../../platform/sql/json.ts'
import type { Db, Tx } from '../../../platform/sql/sql.ts'
import { withTables } from '../../../platform/sql/tables.ts'

export interface WarningListRow {
  id: string
  name: string
  description: string
  version: number
  type: WarningListType
  applies_to: readonly IndicatorType[]
  effect: WarningListEffect
  entries: number
  digest: string
  updated_ms: number
}

interface Tables {
  warning_list: WarningListRow & { body: string }
}

const tables = (db: Db) => withTables<Tables>(db)
const columns = [
  'id',
  'name',
  'description',
  'version',
  'type',
  'applies_to',
  'effect',
  'entries',
  'digest',
  'updated_ms',
] as const

export const warningListOf = (row: WarningListRow): WarningList => ({
  id: row.id as WarningListId,
  name: row.name,
  description: row.description,
  version: Number(row.version),
  type: row.type,
  entries: row.entries,
  effect: row.effect,
  appliesTo: [...row.applies_to],
  updatedAt: toInstant(Number(row.updated_ms)),
})

export const list = (db: Db): Promise<WarningListRow[]> =>
  tables(db).selectFrom('warning_list').select(columns).orderBy('name').orderBy('id').execute()

export const get = (db: Db, id: string): Promise<WarningListRow | undefined> =>
  tables(db).selectFrom('warning_list').select(columns).where('id', '=', id).executeTakeFirst()

/** One list's entries, one a line. */
export async function body(db: Db, id: string): Promise<string | undefined> {
  const row = await tables(db).selectFrom('warning_list').select('body').where('id', '=', id).executeTakeFirst()
  return row?.body
}

export async function save(db: Tx, row: WarningListRow, entries: string): Promise<void> {
  const values = { ...row, applies_to: jsonb<readonly IndicatorType[]>(row.applies_to), body: entries }
  const { id: _, ...rest } = values
  await tables(db)
    .insertInto('warning_list')
    .values(values)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(rest))
    .execute()
}

export async function setEffect(db: Tx, id: string, effect: WarningListEffect): Promise<void> {
  await tables(db).updateTable('warning_list').set({ effect }).where('id', '=', id).execute()
}

export async function remove(db: Tx, id: string): Promise<void> {
  await tables(db).deleteFrom('warning_list').where('id', '=', id).execute()
}
