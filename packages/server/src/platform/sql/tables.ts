import type { Kysely } from 'kysely'
import type { AnyTables, Db } from './sql.ts'

/** Narrows a handle to the tables a store declares: `withTables<AlertTables>(db).selectFrom('alert')`. */
export function withTables<Tables>(db: Db): Kysely<Tables> {
  const handle: Kysely<AnyTables> = db
  return handle
}
