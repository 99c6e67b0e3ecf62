import { type SqlBool, sql } from 'kysely'
import { z } from 'zod'
import { jsonb } from '../../platform/sql/json.ts'
import { keyset } from '../../platform/sql/paging.ts'
import type { Db, Tx } from '../../platform/sql/sql.ts'
import { type AccountRow, type ApiKeyRow, tables } from './tables.ts'

export interface KeyOwner {
  readonly key: ApiKeyRow
  readonly account: AccountRow
}

export async function withOwner(db: Db, id: string): Promise<KeyOwner | undefined> {
  const key = await tables(db).selectFrom('api_key').selectAll().where('id', '=', id).executeTakeFirst()
  if (!key) return undefined
  const account = await tables(db).selectFrom('account').selectAll().where('id', '=', key.account_id).executeTakeFirst()
  return account && { key, account }
}

export async function insert(db: Tx, row: ApiKeyRow): Promise<void> {
  await tables(db)
    .insertInto('api_key')
    .values({ ...row, permissions: jsonb(row.permissions) })
    .execute()
}

/** @returns false when it was revoked before */
export async function revoke(db: Tx, id: string, nowMs: number): Promise<boolean> {
  const revoked = await tables(db)
    .updateTable('api_key')
    .set({ revoked_ms: nowMs })
    .where('id', '=', id)
    .where('revoked_ms', 'is', null)
    .executeTakeFirst()
  return Number(revoked.numUpdatedRows) === 1
}

export async function noteUse(db: Db, id: string, nowMs: number, ip: string): Promise<void> {
  await tables(db).updateTable('api_key').set({ last_used_ms: nowMs, last_used_ip: ip }).where('id', '=', id).execute()
}

export async function countActive(db: Db, accountId: string, nowMs: number): Promise<number> {
  const row = await tables(db)
    .selectFrom('api_key')
    .select((eb) => eb.fn.countAll<number>().as('keys'))
    .where('account_id', '=', accountId)
    .where('revoked_ms', 'is', null)
    .where((eb) => eb.or([eb('expires_ms', 'is', null), eb('expires_ms', '>', nowMs)]))
    .executeTakeFirstOrThrow()
  return row.keys
}

export interface KeyFilter {
  readonly accountId?: string | undefined
  readonly state?: 'active' | 'expired' | 'revoked' | undefined
}

export type ListedKey = ApiKeyRow & { owner_name: string }

/** Newest first. */
export async function page(
  db: Db,
  filter: KeyFilter,
  nowMs: number,
  cursor: string | undefined,
  limit: number,
): Promise<{ items: ListedKey[]; next?: string }> {
  const paging = keyset<ListedKey, [number, string]>({
    columns: ['api_key.created_ms', 'api_key.id'],
    direction: 'desc',
    key: z.tuple([z.number(), z.string()]),
    query: filter,
  })
  let query = tables(db)
    .selectFrom('api_key')
    .innerJoin('account', 'account.id', 'api_key.account_id')
    .selectAll('api_key')
    .select('account.email as owner_name')
    .where(paging.after(cursor))
  if (filter.accountId !== undefined) query = query.where('api_key.account_id', '=', filter.accountId)
  if (filter.state === 'revoked') query = query.where('api_key.revoked_ms', 'is not', null)
  if (filter.state === 'expired')
    query = query.where('api_key.revoked_ms', 'is', null).where('api_key.expires_ms', '<=', nowMs)
  if (filter.state === 'active')
    query = query
      .where('api_key.revoked_ms', 'is', null)
      .where(sql<SqlBool>`(api_key.expires_ms IS NULL OR api_key.expires_ms > ${nowMs})`)
  const rows = await query
    .orderBy(paging.orderBy)
    .limit(limit + 1)
    .execute()
  return paging.toPage(rows, limit, (row) => [row.created_ms, row.id])
}
