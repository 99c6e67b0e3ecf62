import { jsonb } from '../../platform/sql/json.ts'
import { type Db, type Tx, withTables } from '../../platform/sql/sql.ts'

export interface SettingRow {
  readonly key: string
  /** False after a reset: the row stays, so that versions never repeat. */
  readonly is_set: boolean
  /** Null for a secret, and after a reset. */
  readonly value: unknown
  /** What Crypto made of a secret; null for the rest. */
  readonly sealed: string | null
  /** From 1. */
  readonly version: number
  readonly updated_ms: number
  readonly updated_by: string
}

interface SettingTables {
  setting: SettingRow
}

const tables = (db: Db) => withTables<SettingTables>(db)

/** Every value that was ever set; as many as there are definitions at most. */
export const all = (db: Db): Promise<SettingRow[]> => tables(db).selectFrom('setting').selectAll().execute()

export const getForUpdate = (db: Tx, key: string): Promise<SettingRow | undefined> =>
  tables(db).selectFrom('setting').selectAll().where('key', '=', key).forUpdate().executeTakeFirst()

export async function save(db: Tx, row: SettingRow): Promise<void> {
  const { key, ...rest } = row
  const values = { ...rest, value: row.sealed === null ? jsonb(row.value) : null }
  await tables(db)
    .insertInto('setting')
    .values({ key, ...values })
    .onConflict((conflict) => conflict.column('key').doUpdateSet(values))
    .execute()
}
