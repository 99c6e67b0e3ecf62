import { z } from 'zod'
import { keyset } from '../../../platform/sql/paging.ts'
import type { Db, Tx } from '../../../platform/sql/sql.ts'
import { storableText } from '../../../platform/sql/storable-text.ts'
import { type ExceptionRow, tables } from '../tables.ts'

export type ListedException = ExceptionRow & { set_name: string | null }

const query = (db: Db) =>
  tables(db)
    .selectFrom('yara_exception')
    .leftJoin('yara_set', 'yara_set.id', 'yara_exception.set_id')
    .selectAll('yara_exception')
    .select('yara_set.name as set_name')

export async function list(
  db: Db,
  { cursor, limit, sha256 }: { cursor?: string | undefined; limit: number; sha256?: string | undefined },
): Promise<{ items: ListedException[]; next?: string }> {
  const paging = keyset<ListedException, [number, string]>({
    columns: ['yara_exception.created_ms', 'yara_exception.id'],
    direction: 'desc',
    key: z.tuple([z.number(), z.string()]),
    query: { sha256: sha256 ?? null },
  })
  const rows = await query(db)
    .where((eb) => (sha256 === undefined ? eb.lit(true) : eb('yara_exception.sha256', '=', sha256)))
    .where(paging.after(cursor))
    .orderBy(paging.orderBy)
    .limit(limit + 1)
    .execute()
  return paging.toPage(rows, limit, (row) => [Number(row.created_ms), row.id])
}

export const get = (db: Db, id: string): Promise<ListedException | undefined> =>
  query(db).where('yara_exception.id', '=', id).executeTakeFirst()

/** One that says the same already. */
export const same = (
  db: Db,
  { set_id, rule, sha256 }: Pick<ExceptionRow, 'set_id' | 'rule' | 'sha256'>,
): Promise<ListedException | undefined> =>
  query(db)
    .where('yara_exception.set_id', 'is not distinct from', set_id)
    .where('yara_exception.rule', 'is not distinct from', rule)
    .where('yara_exception.sha256', 'is not distinct from', sha256)
    .executeTakeFirst()

export async function insert(db: Tx, row: ExceptionRow): Promise<void> {
  await tables(db)
    .insertInto('yara_exception')
    .values({ ...row, reason: storableText(row.reason) })
    .execute()
}

export async function remove(db: Tx, id: string): Promise<void> {
  await tables(db).deleteFrom('yara_exception').where('id', '=', id).execute()
}

const rulesAtOnce = 500

/** Those that may cover matches of these rules on this file. */
export async function covering(
  db: Db,
  sha256: string,
  rules: readonly string[],
): Promise<Pick<ExceptionRow, 'set_id' | 'rule' | 'sha256'>[]> {
  const found: Pick<ExceptionRow, 'set_id' | 'rule' | 'sha256'>[] = []
  const names = [...new Set(rules)]
  for (let at = 0; at < names.length; at += rulesAtOnce)
    found.push(
      ...(await tables(db)
        .selectFrom('yara_exception')
        .select(['set_id', 'rule', 'sha256'])
        .where((eb) => eb.or([eb('sha256', '=', sha256), eb('sha256', 'is', null)]))
        .where((eb) => eb.or([eb('rule', 'is', null), eb('rule', 'in', names.slice(at, at + rulesAtOnce))]))
        .execute()),
    )
  return found
}
