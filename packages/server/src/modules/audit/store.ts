import type { AuditFilter } from '@watchfloor/contracts/audit'
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { z } from 'zod'
import { keyset } from '../../platform/sql/paging.ts'
import { type Db, type Tx, withTables } from '../../platform/sql/sql.ts'
import type { Anchor, ChainedRecord, Head } from './chain.ts'

export type NewRecord = Omit<ChainedRecord, 'id' | 'number'>
export type RecordRow = NewRecord & { id: number; number: number | null; hash: string | null }
export type SealedRow = ChainedRecord & { hash: string }

interface AuditTables {
  audit_record: Omit<RecordRow, 'id' | 'number' | 'hash'> & {
    id?: number
    number?: number | null
    hash?: string | null
  }
  audit_anchor: { number: number; hash: string; previous_anchor: number; at_ms: number; signature: string }
  audit_head: {
    singleton?: number
    number: number
    hash: string
    last_anchor: number
    last_anchor_ms: number
    signature: string
  }
  audit_key: { singleton?: number; sealed: string }
}

const tables = (db: Db) => withTables<AuditTables>(db)

const columns = [
  'id',
  'at_ms',
  'actor_kind',
  'actor_id',
  'actor_name',
  'action',
  'object_type',
  'object_id',
  'object_title',
  'before',
  'after',
  'reason',
  'count',
  'ip',
  'user_agent',
  'request_id',
  'number',
  'hash',
] as const

export async function insert(db: Tx, record: NewRecord): Promise<void> {
  await tables(db).insertInto('audit_record').values(record).execute()
}

const pattern = (text: string) => text.replace(/[\\%_]/g, '\\$&')

function matching(filter: AuditFilter) {
  return (eb: ExpressionBuilder<AuditTables, 'audit_record'>): Expression<SqlBool> => {
    const terms: Expression<SqlBool>[] = []
    if (filter.actor)
      terms.push(eb.or([eb('actor_id', '=', filter.actor), eb('actor_name', 'ilike', `%${pattern(filter.actor)}%`)]))
    if (filter.action) terms.push(eb('action', 'like', `${pattern(filter.action)}%`))
    if (filter.objectType) terms.push(eb('object_type', '=', filter.objectType))
    if (filter.objectId) terms.push(eb('object_id', '=', filter.objectId))
    if (filter.from) terms.push(eb('at_ms', '>=', Date.parse(filter.from)))
    if (filter.to) terms.push(eb('at_ms', '<', Date.parse(filter.to)))
    if (filter.text) {
      const anywhere = `%${pattern(filter.text)}%`
      const searched = ['object_title', 'object_id', 'reason', 'before', 'after'] as const
      terms.push(eb.or(searched.map((column) => eb(column, 'ilike', anywhere))))
    }
    return eb.and(terms)
  }
}

/** Newest first. */
export async function page(
  db: Db,
  filter: AuditFilter,
  cursor: string | undefined,
  limit: number,
): Promise<{ items: RecordRow[]; next?: string }> {
  const paging = keyset<RecordRow, [number]>({
    columns: ['id'],
    direction: 'desc',
    key: z.tuple([z.number()]),
    query: filter,
  })
  const rows = await tables(db)
    .selectFrom('audit_record')
    .select(columns)
    .where(matching(filter))
    .where(paging.after(cursor))
    .orderBy(paging.orderBy)
    .limit(limit + 1)
    .execute()
  return paging.toPage(rows as RecordRow[], limit, (row) => [row.id])
}

/** Takes the right to seal until the transaction ends; false when another process has it. */
export async function takeSealing(db: Tx): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`
    SELECT pg_try_advisory_xact_lock(hashtextextended('watchfloor audit sealing', 0)) AS taken`.execute(db)
  return rows[0]?.taken === true
}

/**
 * Records that wait for the sealer, behind the snapshot horizon: of transactions older than every open one, in the order of
 * the transactions, so that nothing is sealed later that belongs before. Ids of transactions beyond the present come from
 * another database, before a restore.
 */
export async function unsealed(db: Tx, limit: number): Promise<Omit<ChainedRecord, 'number'>[]> {
  return await tables(db)
    .selectFrom('audit_record')
    .select(columns)
    .where('number', 'is', null)
    .where(
      sql<SqlBool>`(xid < pg_snapshot_xmin(pg_current_snapshot()) OR xid >= pg_snapshot_xmax(pg_current_snapshot()))`,
    )
    .orderBy(sql`xid, id`)
    .limit(limit)
    .$castTo<Omit<ChainedRecord, 'number'>>()
    .execute()
}

export async function seal(db: Tx, sealed: readonly { id: number; number: number; hash: string }[]): Promise<void> {
  await sql`
    UPDATE audit_record SET number = sealed.number, hash = sealed.hash
    FROM unnest(
      ${sealed.map((row) => row.id)}::bigint[],
      ${sealed.map((row) => row.number)}::bigint[],
      ${sealed.map((row) => row.hash)}::text[]
    ) AS sealed (id, number, hash)
    WHERE audit_record.id = sealed.id`.execute(db)
}

export async function addAnchor(db: Tx, anchor: Anchor, signature: string): Promise<void> {
  await tables(db)
    .insertInto('audit_anchor')
    .values({
      number: anchor.number,
      hash: anchor.hash,
      previous_anchor: anchor.previousAnchor,
      at_ms: anchor.atMs,
      signature,
    })
    .execute()
}

export async function setHead(db: Tx, head: Head, signature: string): Promise<void> {
  const row = {
    number: head.number,
    hash: head.hash,
    last_anchor: head.lastAnchor,
    last_anchor_ms: head.lastAnchorMs,
    signature,
  }
  await tables(db)
    .insertInto('audit_head')
    .values(row)
    .onConflict((conflict) => conflict.column('singleton').doUpdateSet(row))
    .execute()
}

export async function head(db: Db): Promise<(Head & { signature: string }) | undefined> {
  const row = await tables(db).selectFrom('audit_head').selectAll().executeTakeFirst()
  return row && headOf(row)
}

const headOf = (row: AuditTables['audit_head']): Head & { signature: string } => ({
  number: row.number,
  hash: row.hash,
  lastAnchor: row.last_anchor,
  lastAnchorMs: row.last_anchor_ms,
  signature: row.signature,
})

/** The head, the last number and what waits, as of one moment. */
export async function extent(
  db: Db,
): Promise<{ head: (Head & { signature: string }) | undefined; last: number; unsealed: number }> {
  const { rows } = await sql<Partial<AuditTables['audit_head']> & { last: number | null; unsealed: number }>`
    SELECT audit_head.*,
      (SELECT max(number) FROM audit_record) AS last,
      (SELECT count(*) FROM audit_record WHERE number IS NULL) AS unsealed
    FROM (VALUES (1)) AS one LEFT JOIN audit_head ON true`.execute(db)
  const row = rows[0]
  const known = row !== undefined && row.singleton !== null && row.singleton !== undefined
  return {
    head: known ? headOf(row as AuditTables['audit_head']) : undefined,
    last: row?.last ?? 0,
    unsealed: row?.unsealed ?? 0,
  }
}

/** Sealed records after `number`, in the order of the chain. */
export async function sealedAfter(db: Db, number: number, upTo: number, limit: number): Promise<SealedRow[]> {
  return await tables(db)
    .selectFrom('audit_record')
    .select(columns)
    .where('number', '>', number)
    .where('number', '<=', upTo)
    .orderBy('number')
    .limit(limit)
    .$castTo<SealedRow>()
    .execute()
}

/** Anchors with `after < number <= upTo`, in order. */
export async function anchorsBetween(
  db: Db,
  after: number,
  upTo: number,
  limit: number,
): Promise<(Anchor & { signature: string })[]> {
  const rows = await tables(db)
    .selectFrom('audit_anchor')
    .selectAll()
    .where('number', '>', after)
    .where('number', '<=', upTo)
    .orderBy('number')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    number: row.number,
    hash: row.hash,
    previousAnchor: row.previous_anchor,
    atMs: row.at_ms,
    signature: row.signature,
  }))
}

export async function sealedKey(db: Db): Promise<string | undefined> {
  return (await tables(db).selectFrom('audit_key').select('sealed').executeTakeFirst())?.sealed
}

/** Keeps the first key offered, whoever else offers one. */
export async function offerSealedKey(db: Db, sealed: string): Promise<void> {
  await tables(db)
    .insertInto('audit_key')
    .values({ sealed })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
