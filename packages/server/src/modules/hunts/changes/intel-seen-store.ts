import { type Db, type Tx, withTables } from '../../../platform/sql/sql.ts'

const tables = (db: Db) => withTables<{ hunt_intel_seen: { singleton: number; revision: number } }>(db)

/** The revision of what is listed up to which history was looked through; nothing before the first look. */
export async function seenRevision(db: Db): Promise<number | undefined> {
  const row = await tables(db).selectFrom('hunt_intel_seen').select('revision').executeTakeFirst()
  return row && Number(row.revision)
}

export async function setSeenRevision(db: Tx, revision: number): Promise<void> {
  await tables(db)
    .insertInto('hunt_intel_seen')
    .values({ singleton: 1, revision })
    .onConflict((conflict) => conflict.column('singleton').doUpdateSet({ revision }))
    .execute()
}
