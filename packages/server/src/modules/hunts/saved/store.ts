import type { Hunt, HuntRange, HuntSearch } from '@watchfloor/contracts/hunts'
import { type Id, type SourceId, toInstant } from '@watchfloor/contracts/kernel'
import { sql } from 'kysely'
import { z } from 'zod'
import { jsonb } from '../../../platform/sql/json.ts'
import { keyset } from '../../../platform/sql/paging.ts'
import type { Db, Tx } from '../../../platform/sql/sql.ts'
import { withTables } from '../../../platform/sql/tables.ts'
import { type RunRow, runOf } from '../runs/store.ts'

export interface HuntRow {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  readonly search: HuntSearch
  readonly range: HuntRange
  readonly source_ids: readonly string[]
  readonly narrowing: string
  readonly keep: Hunt['keep']
  readonly alerts: boolean
  readonly schedule: string | null
  readonly next_run_ms: number | null
  /** Scheduled runs went over everything before. */
  readonly covered_ms: number | null
  readonly owner_id: string
  readonly owner_name: string
  readonly version: number
  readonly created_ms: number
  readonly updated_ms: number
}

const tables = (db: Db) => withTables<{ hunt: HuntRow }>(db)

export const huntOf = (row: HuntRow, runs: readonly RunRow[]): Hunt => ({
  id: row.id as Id<'hunt'>,
  name: row.name,
  description: row.description,
  tags: [...row.tags],
  search: row.search,
  kind: row.search.kind,
  range: row.range,
  sourceIds: row.source_ids.map((id) => id as SourceId),
  narrowing: row.narrowing,
  keep: row.keep,
  alerts: row.alerts,
  schedule: row.schedule,
  owner: row.owner_name,
  version: row.version,
  createdAt: toInstant(Number(row.created_ms)),
  updatedAt: toInstant(Number(row.updated_ms)),
  nextRunAt: row.next_run_ms === null ? null : toInstant(Number(row.next_run_ms)),
  runs: runs
    .map(runOf)
    .map(({ id, state, createdAt, hits, eventsDone }) => ({ id, state, createdAt, hits, eventsDone })),
})

const columnsOf = ({ tags, search, range, source_ids, ...row }: HuntRow) => ({
  ...row,
  tags: jsonb(tags),
  search: jsonb(search),
  range: jsonb(range),
  source_ids: jsonb(source_ids),
})

export async function insert(db: Tx, row: HuntRow): Promise<void> {
  await tables(db).insertInto('hunt').values(columnsOf(row)).execute()
}

export async function save(db: Tx, row: HuntRow): Promise<void> {
  await tables(db).updateTable('hunt').set(columnsOf(row)).where('id', '=', row.id).execute()
}

export const get = (db: Db, id: string): Promise<HuntRow | undefined> =>
  tables(db).selectFrom('hunt').selectAll().where('id', '=', id).executeTakeFirst()

export const lock = (db: Tx, id: string): Promise<HuntRow | undefined> =>
  tables(db).selectFrom('hunt').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export async function remove(db: Tx, id: string): Promise<void> {
  await tables(db).deleteFrom('hunt').where('id', '=', id).execute()
}

/** Hunts whose name, description or tags hold the words, newest first. */
export async function page(db: Db, text: string | undefined, cursor: string | undefined, limit: number) {
  const paging = keyset<HuntRow, [number, string]>({
    columns: ['created_ms', 'id'],
    direction: 'desc',
    key: z.tuple([z.number(), z.string()]),
    query: { text },
  })
  let query = tables(db).selectFrom('hunt').selectAll().where(paging.after(cursor))
  const wanted = text?.trim().toLowerCase()
  if (wanted)
    query = query.where(sql<boolean>`strpos(lower(name || ' ' || description || ' ' || tags::text), ${wanted}) > 0`)
  const rows = await query
    .orderBy(paging.orderBy)
    .limit(limit + 1)
    .execute()
  return paging.toPage(rows, limit, (row) => [Number(row.created_ms), row.id])
}

/** Hunts whose time has come. */
export const due = (db: Db, nowMs: number, limit: number): Promise<HuntRow[]> =>
  tables(db)
    .selectFrom('hunt')
    .selectAll()
    .where('next_run_ms', '<=', nowMs)
    .orderBy('next_run_ms')
    .limit(limit)
    .execute()

export async function setNext(db: Db, id: string, next: { next_run_ms: number; covered_ms: number }): Promise<void> {
  await tables(db).updateTable('hunt').set(next).where('id', '=', id).execute()
}
