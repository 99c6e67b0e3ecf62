import { type Db, type Tx, withTables } from '../../../platform/sql/sql.ts'

/** Where the newest snapshot of the correlator lies, and up to where it has seen the matches. */
export interface SavedState {
  readonly next: number
  readonly snapshot: string
  /** The one before, kept while a backup may still name it. */
  readonly previous: string | null
}

interface StateTables {
  correlation_state: { singleton: number; next: number; snapshot: string; previous: string | null; saved_ms: number }
}

const tables = (db: Db) => withTables<StateTables>(db)

export async function load(db: Db): Promise<SavedState | undefined> {
  const row = await tables(db).selectFrom('correlation_state').selectAll().executeTakeFirst()
  return row && { next: Number(row.next), snapshot: row.snapshot, previous: row.previous }
}

export async function save(db: Tx, state: SavedState, nowMs: number): Promise<void> {
  const row = { next: state.next, snapshot: state.snapshot, previous: state.previous, saved_ms: nowMs }
  await tables(db)
    .insertInto('correlation_state')
    .values({ singleton: 1, ...row })
    .onConflict((conflict) => conflict.column('singleton').doUpdateSet(row))
    .execute()
}
