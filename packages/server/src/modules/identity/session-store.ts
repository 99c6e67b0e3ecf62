import type { Db, Tx } from '../../platform/sql/sql.ts'
import { type AccountRow, type SessionRow, tables } from './tables.ts'

export interface SessionOwner {
  readonly session: SessionRow
  readonly account: AccountRow
}

async function owned(db: Db, session: SessionRow | undefined): Promise<SessionOwner | undefined> {
  if (!session) return undefined
  const account = await tables(db)
    .selectFrom('account')
    .selectAll()
    .where('id', '=', session.account_id)
    .executeTakeFirst()
  return account && { session, account }
}

export const byTokenHash = async (db: Db, tokenHash: string): Promise<SessionOwner | undefined> =>
  owned(
    db,
    await tables(db).selectFrom('account_session').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst(),
  )

export const byId = async (db: Db, id: string): Promise<SessionOwner | undefined> =>
  owned(db, await tables(db).selectFrom('account_session').selectAll().where('id', '=', id).executeTakeFirst())

export async function insert(db: Tx, session: SessionRow): Promise<void> {
  await tables(db).insertInto('account_session').values(session).execute()
}

export async function update(db: Db, id: string, change: Partial<Omit<SessionRow, 'id'>>): Promise<void> {
  await tables(db).updateTable('account_session').set(change).where('id', '=', id).execute()
}

/** Ends one session of an account. @returns false when it has none of this id */
export async function end(db: Tx, accountId: string, id: string): Promise<boolean> {
  const ended = await tables(db)
    .deleteFrom('account_session')
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  return Number(ended.numDeletedRows) === 1
}

/** @returns how many were ended */
export async function endAll(db: Tx, accountId: string, except: { sessionId?: string | undefined }): Promise<number> {
  let query = tables(db).deleteFrom('account_session').where('account_id', '=', accountId)
  if (except.sessionId !== undefined) query = query.where('id', '<>', except.sessionId)
  return Number((await query.executeTakeFirst()).numDeletedRows)
}

/** Newest first; a person has few. */
export const ofAccount = (db: Db, accountId: string, nowMs: number, limit: number): Promise<SessionRow[]> =>
  tables(db)
    .selectFrom('account_session')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('expires_ms', '>', nowMs)
    .orderBy('last_seen_ms', 'desc')
    .limit(limit)
    .execute()

export async function addRefreshToken(db: Tx, tokenHash: string, sessionId: string, nowMs: number): Promise<void> {
  await tables(db)
    .insertInto('refresh_token')
    .values({ token_hash: tokenHash, session_id: sessionId, issued_ms: nowMs, used_ms: null })
    .execute()
}

/** Uses a refresh token up. `reused`: it was used before, so two parties hold it. */
export async function takeRefreshToken(
  db: Tx,
  tokenHash: string,
  nowMs: number,
): Promise<{ sessionId: string; reused: boolean } | undefined> {
  const row = await tables(db)
    .selectFrom('refresh_token')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .forUpdate()
    .executeTakeFirst()
  if (!row) return undefined
  if (row.used_ms !== null) return { sessionId: row.session_id, reused: true }
  await tables(db).updateTable('refresh_token').set({ used_ms: nowMs }).where('token_hash', '=', tokenHash).execute()
  return { sessionId: row.session_id, reused: false }
}

export async function sessionOfRefreshToken(db: Db, tokenHash: string): Promise<string | undefined> {
  const row = await tables(db)
    .selectFrom('refresh_token')
    .select('session_id')
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst()
  return row?.session_id
}

/** Forgets what has run out. */
export async function tidy(db: Tx, nowMs: number): Promise<number> {
  const ended = await tables(db).deleteFrom('account_session').where('expires_ms', '<', nowMs).executeTakeFirst()
  return Number(ended.numDeletedRows)
}
