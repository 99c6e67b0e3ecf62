import type { Db, Tx } from '../../platform/sql/sql.ts'
import { tables } from './tables.ts'

export interface Attempts {
  readonly failures: number
  readonly lastFailureMs: number
  readonly lockedUntilMs: number
}

/** The row of a subject, made when absent, locked until the transaction ends: attempts at once are counted one by one. */
export async function lock(db: Tx, subjectHash: string): Promise<Attempts> {
  await tables(db)
    .insertInto('login_attempt')
    .values({ subject_hash: subjectHash, failures: 0, last_failure_ms: 0, locked_until_ms: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const row = await tables(db)
    .selectFrom('login_attempt')
    .selectAll()
    .where('subject_hash', '=', subjectHash)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return { failures: row.failures, lastFailureMs: row.last_failure_ms, lockedUntilMs: row.locked_until_ms }
}

export async function save(db: Tx, subjectHash: string, attempts: Attempts): Promise<void> {
  await tables(db)
    .updateTable('login_attempt')
    .set({
      failures: attempts.failures,
      last_failure_ms: attempts.lastFailureMs,
      locked_until_ms: attempts.lockedUntilMs,
    })
    .where('subject_hash', '=', subjectHash)
    .execute()
}

export async function clear(db: Tx, subjectHash: string): Promise<void> {
  await tables(db).deleteFrom('login_attempt').where('subject_hash', '=', subjectHash).execute()
}

/** Until when each of these is locked; those that are not are absent. */
export async function locked(db: Db, subjectHashes: readonly string[], nowMs: number): Promise<Map<string, number>> {
  if (subjectHashes.length === 0) return new Map()
  const rows = await tables(db)
    .selectFrom('login_attempt')
    .select(['subject_hash', 'locked_until_ms'])
    .where('subject_hash', 'in', [...subjectHashes])
    .where('locked_until_ms', '>', nowMs)
    .execute()
  return new Map(rows.map((row) => [row.subject_hash, row.locked_until_ms]))
}

export async function tidy(db: Tx, beforeMs: number): Promise<void> {
  await tables(db)
    .deleteFrom('login_attempt')
    .where('last_failure_ms', '<', beforeMs)
    .where('locked_until_ms', '<', beforeMs)
    .execute()
}
