import type { Role } from '@watchfloor/contracts/kernel'
import { type SqlBool, sql } from 'kysely'
import { z } from 'zod'
import { jsonb } from '../../platform/sql/json.ts'
import { keyset } from '../../platform/sql/paging.ts'
import type { Db, Tx } from '../../platform/sql/sql.ts'
import { type AccountRow, tables } from './tables.ts'

export interface AccountFilter {
  readonly text?: string | undefined
  readonly role?: Role | undefined
  readonly state?: AccountRow['state'] | undefined
}

export const byId = (db: Db, id: string): Promise<AccountRow | undefined> =>
  tables(db).selectFrom('account').selectAll().where('id', '=', id).executeTakeFirst()

export const byIdForUpdate = (db: Tx, id: string): Promise<AccountRow | undefined> =>
  tables(db).selectFrom('account').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export const byEmailKey = (db: Db, emailKey: string): Promise<AccountRow | undefined> =>
  tables(db).selectFrom('account').selectAll().where('email_key', '=', emailKey).executeTakeFirst()

/** @returns false when the address is taken */
export async function insert(db: Tx, row: AccountRow): Promise<boolean> {
  const inserted = await tables(db)
    .insertInto('account')
    .values({ ...row, roles: jsonb(row.roles), preferences: jsonb(row.preferences) })
    .onConflict((conflict) => conflict.column('email_key').doNothing())
    .executeTakeFirst()
  return Number(inserted.numInsertedOrUpdatedRows ?? 0) === 1
}

type AccountChange = Partial<Omit<AccountRow, 'id' | 'version' | 'updated_ms'>>

const valuesOf = ({ roles, preferences, ...rest }: AccountChange) => ({
  ...rest,
  ...(roles ? { roles: jsonb(roles) } : {}),
  ...(preferences ? { preferences: jsonb(preferences) } : {}),
})

/** A change that somebody who edits the account has to know of: a new version. */
export async function change(db: Tx, id: string, changed: AccountChange, nowMs: number): Promise<void> {
  await tables(db)
    .updateTable('account')
    .set((eb) => ({ ...valuesOf(changed), updated_ms: nowMs, version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .execute()
}

/** What the account does by itself: logins, preferences, codes. */
export async function note(db: Tx, id: string, changed: AccountChange): Promise<void> {
  await tables(db).updateTable('account').set(valuesOf(changed)).where('id', '=', id).execute()
}

export async function remove(db: Tx, id: string): Promise<void> {
  await tables(db).deleteFrom('account').where('id', '=', id).execute()
}

/** Takes the step of a code, once. @returns false when it or a later one was taken before */
export async function takeTotpStep(db: Tx, id: string, step: number): Promise<boolean> {
  const taken = await tables(db)
    .updateTable('account')
    .set({ totp_last_step: step })
    .where('id', '=', id)
    .where((eb) => eb.or([eb('totp_last_step', 'is', null), eb('totp_last_step', '<', step)]))
    .executeTakeFirst()
  return Number(taken.numUpdatedRows) === 1
}

const holds = (role: Role) => sql<SqlBool>`roles @> ${JSON.stringify([role])}::jsonb`

/** Ids of the active administrators, locked, so that two of them cannot remove each other at once. */
export async function lockAdministrators(db: Tx): Promise<string[]> {
  const rows = await tables(db)
    .selectFrom('account')
    .select('id')
    .where('state', '=', 'active')
    .where(holds('administrator'))
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.map((row) => row.id)
}

const pattern = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`

/** In order of the address. */
export async function page(
  db: Db,
  filter: AccountFilter,
  cursor: string | undefined,
  limit: number,
): Promise<{ items: AccountRow[]; next?: string }> {
  const paging = keyset<AccountRow, [string]>({
    columns: ['email_key'],
    direction: 'asc',
    key: z.tuple([z.string()]),
    query: filter,
  })
  let query = tables(db).selectFrom('account').selectAll().where(paging.after(cursor))
  if (filter.state) query = query.where('state', '=', filter.state)
  if (filter.role) query = query.where(holds(filter.role))
  if (filter.text) {
    const like = pattern(filter.text)
    query = query.where((eb) => eb.or([eb('email', 'ilike', like), eb('display_name', 'ilike', like)]))
  }
  const rows = await query
    .orderBy(paging.orderBy)
    .limit(limit + 1)
    .execute()
  return paging.toPage(rows, limit, (row) => [row.email_key])
}

/** How many active accounts hold each role. */
export async function countByRole(db: Db): Promise<Map<string, number>> {
  const { rows } = await sql<{ role: string; accounts: number }>`
    SELECT role, count(*) AS accounts FROM account, jsonb_array_elements_text(roles) AS role
    WHERE state = 'active' GROUP BY role`.execute(db)
  return new Map(rows.map((row) => [row.role, row.accounts]))
}

export async function replaceRecoveryCodes(db: Tx, accountId: string, codeHashes: readonly string[]): Promise<void> {
  await tables(db).deleteFrom('recovery_code').where('account_id', '=', accountId).execute()
  if (codeHashes.length === 0) return
  await tables(db)
    .insertInto('recovery_code')
    .values(codeHashes.map((code_hash) => ({ account_id: accountId, code_hash })))
    .execute()
}

/** Uses a recovery code up. @returns false when there is none like it */
export async function takeRecoveryCode(db: Tx, accountId: string, codeHash: string): Promise<boolean> {
  const taken = await tables(db)
    .deleteFrom('recovery_code')
    .where('account_id', '=', accountId)
    .where('code_hash', '=', codeHash)
    .executeTakeFirst()
  return Number(taken.numDeletedRows) === 1
}

export async function setupState(db: Db): Promise<{ nonce: string; completed: boolean }> {
  const row = await tables(db).selectFrom('setup_state').selectAll().executeTakeFirstOrThrow()
  return { nonce: row.nonce, completed: row.completed_ms !== null }
}

/** The one moment of set-up. @returns false when somebody else had it */
export async function completeSetup(db: Tx, nowMs: number): Promise<boolean> {
  const done = await tables(db)
    .updateTable('setup_state')
    .set({ completed_ms: nowMs })
    .where('completed_ms', 'is', null)
    .executeTakeFirst()
  return Number(done.numUpdatedRows) === 1
}
