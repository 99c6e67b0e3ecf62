import type { InsertObject, InsertQueryBuilder, InsertResult, Kysely } from 'kysely'

/** The wire protocol counts parameters in 16 bits. */
const maxParameters = 65_535
const maxRowsPerStatement = 1000

/**
 * Inserts any number of rows in as few statements as the protocol allows; all or nothing inside a transaction.
 * Every row must have the same columns. JSON goes in with `jsonb(value)`.
 * @param refine adds `onConflict` and the like
 * @returns how many rows the database says it inserted or updated
 */
export async function insertInChunks<Tables, Table extends keyof Tables & string>(
  db: Kysely<Tables>,
  table: Table,
  rows: readonly InsertObject<Tables, Table>[],
  refine: (
    query: InsertQueryBuilder<Tables, Table, InsertResult>,
  ) => InsertQueryBuilder<Tables, Table, InsertResult> = (query) => query,
): Promise<number> {
  const first = rows[0]
  if (first === undefined) return 0
  const columns = Math.max(1, Object.keys(first).length)
  const rowsPerStatement = Math.max(1, Math.min(maxRowsPerStatement, Math.floor(maxParameters / columns)))
  let inserted = 0
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    const chunk = rows.slice(start, start + rowsPerStatement)
    const result = await refine(db.insertInto(table).values(chunk)).executeTakeFirst()
    inserted += Number(result.numInsertedOrUpdatedRows ?? 0)
  }
  return inserted
}
