import type { HuntHit } from '@watchfloor/contracts/hunts'
import type { DetectionKind, EventId, Evidence, RuleId, Severity, SourceId } from '@watchfloor/contracts/kernel'
import { toInstant } from '@watchfloor/contracts/kernel'
import { sql } from 'kysely'
import { z } from 'zod'
import { insertInChunks } from '../../../platform/sql/bulk-insert.ts'
import { jsonb } from '../../../platform/sql/json.ts'
import { keyset } from '../../../platform/sql/paging.ts'
import type { Db, Tx } from '../../../platform/sql/sql.ts'
import { withTables } from '../../../platform/sql/tables.ts'

export interface HitRow {
  readonly run_id: string
  readonly time_ms: number
  readonly event_id: string
  readonly rule_id: string
  readonly rule_title: string
  readonly rule_version: number
  readonly kind: DetectionKind
  readonly level: Severity
  readonly techniques: readonly string[]
  readonly source_id: string
  readonly entities: Readonly<Record<string, string>>
  readonly matched: HuntHit['matched']
  readonly evidence: Evidence | null
  readonly preview: string
  /** What its detection is called; null where rule and event say it. */
  readonly detection_id: string | null
}

export interface HitFilter {
  readonly ruleId?: string | undefined
  readonly entity?: { readonly field: string; readonly value: string } | undefined
}

const tables = (db: Db) => withTables<{ hunt_hit: HitRow }>(db)

export const hitOf = (row: HitRow, sourceName: string): HuntHit => ({
  eventId: row.event_id as EventId,
  time: toInstant(Number(row.time_ms)),
  sourceId: row.source_id as SourceId,
  sourceName,
  ruleId: row.rule_id as RuleId,
  title: row.rule_title,
  kind: row.kind,
  level: row.level,
  entities: row.entities,
  matched: row.matched,
  preview: row.preview,
})

/** Keeps hits; those that are there already change nothing. @returns how many were new */
export function add(db: Tx, rows: readonly HitRow[]): Promise<number> {
  return insertInChunks(
    tables(db),
    'hunt_hit',
    rows.map((row) => ({
      ...row,
      techniques: jsonb(row.techniques),
      entities: jsonb(row.entities),
      matched: jsonb(row.matched),
      evidence: row.evidence === null ? null : jsonb(row.evidence),
    })),
    (query) => query.onConflict((conflict) => conflict.doNothing()),
  )
}

export async function removeOfRun(db: Tx, runId: string): Promise<void> {
  await tables(db).deleteFrom('hunt_hit').where('run_id', '=', runId).execute()
}

/** Hits of a run, oldest first. */
export async function page(db: Db, runId: string, filter: HitFilter, cursor: string | undefined, limit: number) {
  const paging = keyset<HitRow, [number, string, string]>({
    columns: ['time_ms', 'event_id', 'rule_id'],
    direction: 'asc',
    key: z.tuple([z.number(), z.string(), z.string()]),
    query: { runId, ...filter },
  })
  let query = tables(db).selectFrom('hunt_hit').selectAll().where('run_id', '=', runId).where(paging.after(cursor))
  if (filter.ruleId) query = query.where('rule_id', '=', filter.ruleId)
  if (filter.entity) query = query.where(sql<boolean>`entities ->> ${filter.entity.field} = ${filter.entity.value}`)
  const rows = await query
    .orderBy(paging.orderBy)
    .limit(limit + 1)
    .execute()
  return paging.toPage(rows, limit, (row) => [Number(row.time_ms), row.event_id, row.rule_id])
}

/** Every kept hit of a run, oldest first, a page at a time. */
export async function* all(db: Db, runId: string, pageSize: number): AsyncIterable<HitRow[]> {
  let cursor: string | undefined
  do {
    const { items, next } = await page(db, runId, {}, cursor, pageSize)
    if (items.length > 0) yield items
    cursor = next
  } while (cursor)
}

/** Which rules a run's kept hits are of, the most frequent first. */
export async function ruleCounts(db: Db, runId: string, limit: number) {
  const { rows } = await sql<{ rule_id: string; rule_title: string; level: Severity; count: number }>`
    SELECT rule_id, min(rule_title) AS rule_title, min(level) AS level, count(*) AS count
    FROM hunt_hit WHERE run_id = ${runId} GROUP BY rule_id ORDER BY count(*) DESC, rule_id LIMIT ${limit}`.execute(db)
  return rows.map((row) => ({
    ruleId: row.rule_id as RuleId,
    title: row.rule_title,
    level: row.level,
    count: Number(row.count),
  }))
}

/** The most frequent values of each kind of entity among the events hit. */
export async function entityCounts(db: Db, runId: string, each: number) {
  const { rows } = await sql<{ field: string; value: string; count: number }>`
    SELECT field, value, count FROM (
      SELECT pair.key AS field, pair.value, count(DISTINCT event_id) AS count,
        row_number() OVER (PARTITION BY pair.key ORDER BY count(DISTINCT event_id) DESC, pair.value) AS place
      FROM hunt_hit CROSS JOIN LATERAL jsonb_each_text(entities) AS pair
      WHERE run_id = ${runId} GROUP BY pair.key, pair.value
    ) AS ranked WHERE place <= ${each} ORDER BY field, place`.execute(db)
  const byField = new Map<string, { value: string; count: number }[]>()
  for (const { field, value, count } of rows)
    byField.set(field, [...(byField.get(field) ?? []), { value, count: Number(count) }])
  return byField
}
