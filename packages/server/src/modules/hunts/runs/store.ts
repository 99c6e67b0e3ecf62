import type { HuntRun, HuntRunDetail, HuntRunState, HuntSearch } from '@watchfloor/contracts/hunts'
import { type Id, type SourceId, toInstant } from '@watchfloor/contracts/kernel'
import { sql } from 'kysely'
import { z } from 'zod'
import type { EventPlace } from '../../../platform/events/event-store.ts'
import { jsonb } from '../../../platform/sql/json.ts'
import { keyset } from '../../../platform/sql/paging.ts'
import type { Db, Tx } from '../../../platform/sql/sql.ts'
import { withTables } from '../../../platform/sql/tables.ts'
import { isOpen } from '../model.ts'

export interface RunRow {
  readonly id: string
  readonly hunt_id: string | null
  readonly name: string
  readonly reason: HuntRun['reason']
  readonly state: HuntRunState
  readonly starter_id: string
  readonly starter_name: string
  readonly search: HuntSearch
  readonly from_ms: number
  readonly to_ms: number
  readonly source_ids: readonly string[]
  readonly narrowing: string
  readonly keep: HuntRun['keep']
  readonly alerts: boolean
  readonly job_id: string | null
  readonly created_ms: number
  readonly started_ms: number | null
  readonly ended_ms: number | null
  /** The event reached; everything up to it is done. */
  readonly position: EventPlace | null
  /** How long it ran, pauses left out. */
  readonly worked_ms: number
  readonly events_total: number | null
  readonly events_done: number
  readonly events_skipped: number
  readonly hits: number
  readonly hits_kept: number
  readonly detections: number
  readonly bar_ms: number
  readonly bars: readonly number[]
  readonly message: string | null
}

export type NewRun = Pick<
  RunRow,
  | 'id'
  | 'hunt_id'
  | 'name'
  | 'reason'
  | 'starter_id'
  | 'starter_name'
  | 'search'
  | 'from_ms'
  | 'to_ms'
  | 'source_ids'
  | 'narrowing'
  | 'keep'
  | 'alerts'
  | 'created_ms'
  | 'bar_ms'
  | 'bars'
>

const tables = (db: Db) => withTables<{ hunt_run: RunRow }>(db)

export const runOf = (row: Omit<RunRow, 'position' | 'bars'>): HuntRun => {
  const eventsDone = Number(row.events_done)
  const eventsTotal = row.events_total === null ? null : Math.max(Number(row.events_total), eventsDone)
  const seconds = Number(row.worked_ms) / 1000
  const rate = seconds > 0 && eventsDone > 0 ? eventsDone / seconds : null
  return {
    id: row.id as Id<'hunt-run'>,
    huntId: row.hunt_id as Id<'hunt'> | null,
    name: row.name,
    kind: row.search.kind,
    reason: row.reason,
    state: row.state,
    startedBy: row.starter_name,
    from: toInstant(Number(row.from_ms)),
    to: toInstant(Number(row.to_ms)),
    sourceIds: row.source_ids.map((id) => id as SourceId),
    narrowing: row.narrowing,
    keep: row.keep,
    alerts: row.alerts,
    createdAt: toInstant(Number(row.created_ms)),
    startedAt: row.started_ms === null ? null : toInstant(Number(row.started_ms)),
    endedAt: row.ended_ms === null ? null : toInstant(Number(row.ended_ms)),
    eventsTotal,
    eventsDone,
    eventsPerSecond: rate === null ? null : Math.round(rate),
    secondsLeft:
      rate === null || eventsTotal === null || !isOpen(row.state) ? null : Math.ceil((eventsTotal - eventsDone) / rate),
    eventsSkipped: Number(row.events_skipped),
    hits: Number(row.hits),
    hitsKept: Number(row.hits_kept),
    detections: Number(row.detections),
    message: row.message,
  }
}

export const detailOf = (row: RunRow): HuntRunDetail => ({ ...runOf(row), search: row.search })

export async function insert(db: Tx, run: NewRun): Promise<RunRow> {
  return tables(db)
    .insertInto('hunt_run')
    .values({
      ...run,
      search: jsonb(run.search),
      source_ids: jsonb(run.source_ids),
      bars: jsonb(run.bars),
      state: 'queued',
      job_id: null,
      started_ms: null,
      ended_ms: null,
      position: null,
      worked_ms: 0,
      events_total: null,
      events_done: 0,
      events_skipped: 0,
      hits: 0,
      hits_kept: 0,
      detections: 0,
      message: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export const get = (db: Db, id: string): Promise<RunRow | undefined> =>
  tables(db).selectFrom('hunt_run').selectAll().where('id', '=', id).executeTakeFirst()

/** The same, locked until the transaction ends: people and the running job change it in turns. */
export const lock = (db: Tx, id: string): Promise<RunRow | undefined> =>
  tables(db).selectFrom('hunt_run').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export interface RunFilter {
  readonly huntId?: string | undefined
  readonly state?: HuntRunState | undefined
}

export async function page(db: Db, filter: RunFilter, cursor: string | undefined, limit: number) {
  const paging = keyset<RunRow, [number, string]>({
    columns: ['created_ms', 'id'],
    direction: 'desc',
    key: z.tuple([z.number(), z.string()]),
    query: filter,
  })
  let query = tables(db).selectFrom('hunt_run').selectAll().where(paging.after(cursor))
  if (filter.huntId) query = query.where('hunt_id', '=', filter.huntId)
  if (filter.state) query = query.where('state', '=', filter.state)
  const rows = await query
    .orderBy(paging.orderBy)
    .limit(limit + 1)
    .execute()
  const { items, next } = paging.toPage(rows, limit, (row) => [Number(row.created_ms), row.id])
  return { items: items.map(runOf), ...(next ? { next } : {}) }
}

/** The last runs of each hunt, newest first. */
export async function lastOfHunts(db: Db, huntIds: readonly string[], each: number): Promise<RunRow[]> {
  if (huntIds.length === 0) return []
  const { rows } = await sql<RunRow>`
    SELECT run.* FROM unnest(${[...huntIds]}::text[]) AS wanted (hunt_id)
    CROSS JOIN LATERAL (
      SELECT * FROM hunt_run WHERE hunt_id = wanted.hunt_id ORDER BY created_ms DESC LIMIT ${each}
    ) AS run`.execute(db)
  return rows
}

/** Runs that wait or work: of one person, and of all. */
export async function openRuns(db: Db, starterId: string): Promise<{ own: number; all: number }> {
  const { rows } = await sql<{ own: number; all: number }>`
    SELECT count(*) FILTER (WHERE starter_id = ${starterId}) AS own, count(*) AS all
    FROM hunt_run WHERE state IN ('queued', 'running')`.execute(db)
  return { own: Number(rows[0]?.own ?? 0), all: Number(rows[0]?.all ?? 0) }
}

type Changes = Partial<
  Pick<
    RunRow,
    | 'state'
    | 'job_id'
    | 'started_ms'
    | 'ended_ms'
    | 'worked_ms'
    | 'events_total'
    | 'events_done'
    | 'events_skipped'
    | 'hits'
    | 'hits_kept'
    | 'detections'
    | 'keep'
    | 'alerts'
    | 'message'
    | 'position'
    | 'bars'
  >
>

export async function update(db: Db, id: string, { position, bars, ...changes }: Changes): Promise<RunRow | undefined> {
  return tables(db)
    .updateTable('hunt_run')
    .set({
      ...changes,
      ...(position === undefined ? {} : { position: position === null ? null : jsonb(position) }),
      ...(bars === undefined ? {} : { bars: jsonb(bars) }),
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
}

export async function remove(db: Tx, id: string): Promise<void> {
  await tables(db).deleteFrom('hunt_run').where('id', '=', id).execute()
}

/** Forgets runs that ended before an instant, at most `limit`; says how many. */
export async function removeEndedBefore(db: Db, beforeMs: number, limit: number): Promise<number> {
  const result = await sql`DELETE FROM hunt_run WHERE id IN (
    SELECT id FROM hunt_run WHERE ended_ms < ${beforeMs} AND state NOT IN ('queued', 'running') LIMIT ${limit})`.execute(
    db,
  )
  return Number(result.numAffectedRows ?? 0)
}
