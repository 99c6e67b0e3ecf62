import type { Detection } from '@watchfloor/contracts/detections'
import type {
  DetectionId,
  DetectionKind,
  EventId,
  Evidence,
  RuleId,
  Severity,
  SourceId,
} from '@watchfloor/contracts/kernel'
import { sql } from 'kysely'
import { jsonb } from '../../platform/sql/json.ts'
import type { Keyset } from '../../platform/sql/paging.ts'
import type { Db, Tx } from '../../platform/sql/sql.ts'
import { withTables } from '../../platform/sql/tables.ts'

export interface DetectionRow {
  id: string
  kind: DetectionKind
  rule_id: string
  rule_title: string
  rule_version: number
  level: Severity
  event_id: string
  source_id: string
  time_ms: number
  detected_ms: number
  entities: Readonly<Record<string, string>>
  techniques: readonly string[]
  retrospective: boolean
  evidence: Evidence | null
}

interface DetectionTables {
  detection: DetectionRow
  ingest_offset: { topic: string; partition: number; next: number }
}

const tables = (db: Db) => withTables<DetectionTables>(db)
const chunk = 500

export const detectionOf = (row: DetectionRow): Detection => ({
  id: row.id as DetectionId,
  kind: row.kind,
  ruleId: row.rule_id as RuleId,
  ruleTitle: row.rule_title,
  ruleVersion: row.rule_version,
  level: row.level,
  eventId: row.event_id as EventId,
  sourceId: row.source_id as SourceId,
  time: new Date(Number(row.time_ms)).toISOString(),
  detectedAt: new Date(Number(row.detected_ms)).toISOString(),
  entities: row.entities,
  techniques: [...row.techniques],
  retrospective: row.retrospective,
  evidence: row.evidence,
})

/** The next offset that the SQL side wants; locked, so that two writers of one partition cannot both go on. */
export async function consumed(db: Tx, topic: string, partition: number): Promise<number | undefined> {
  const row = await tables(db)
    .selectFrom('ingest_offset')
    .select('next')
    .where('topic', '=', topic)
    .where('partition', '=', partition)
    .forUpdate()
    .executeTakeFirst()
  return row === undefined ? undefined : Number(row.next)
}

export async function consumedOutside(db: Db, topic: string, partition: number): Promise<number | undefined> {
  const row = await tables(db)
    .selectFrom('ingest_offset')
    .select('next')
    .where('topic', '=', topic)
    .where('partition', '=', partition)
    .executeTakeFirst()
  return row === undefined ? undefined : Number(row.next)
}

export async function saveConsumed(db: Tx, topic: string, partition: number, next: number): Promise<void> {
  await tables(db)
    .insertInto('ingest_offset')
    .values({ topic, partition, next })
    .onConflict((conflict) => conflict.columns(['topic', 'partition']).doUpdateSet({ next }))
    .execute()
}

/** Keeps detections and says which of them were new, by id. */
export async function add(db: Tx, detections: readonly Detection[]): Promise<Set<string>> {
  const added = new Set<string>()
  for (let start = 0; start < detections.length; start += chunk) {
    const rows = await tables(db)
      .insertInto('detection')
      .values(detections.slice(start, start + chunk).map(rowOf))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .execute()
    for (const row of rows) added.add(row.id)
  }
  return added
}

/** Which of the ids are there. */
export async function known(db: Db, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await tables(db)
    .selectFrom('detection')
    .select('id')
    .where('id', 'in', [...ids])
    .execute()
  return new Set(rows.map((row) => row.id))
}

const rowOf = (detection: Detection) => ({
  id: detection.id,
  kind: detection.kind,
  rule_id: detection.ruleId,
  rule_title: detection.ruleTitle,
  rule_version: detection.ruleVersion,
  level: detection.level,
  event_id: detection.eventId,
  source_id: detection.sourceId,
  time_ms: Date.parse(detection.time),
  detected_ms: Date.parse(detection.detectedAt),
  entities: jsonb(detection.entities),
  techniques: jsonb(detection.techniques),
  retrospective: detection.retrospective,
  evidence: detection.evidence === null ? null : jsonb(detection.evidence),
})

export async function count(db: Db): Promise<number> {
  const row = await tables(db)
    .selectFrom('detection')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

/** A rule's, an event's or all detections, newest first, behind the cursor. */
export async function list(
  db: Db,
  filter: { ruleId?: string | undefined; eventId?: string | undefined },
  paging: Keyset<DetectionRow, [number, string]>,
  cursor: string | undefined,
  limit: number,
): Promise<DetectionRow[]> {
  let query = tables(db).selectFrom('detection').selectAll().where(paging.after(cursor))
  if (filter.ruleId) query = query.where('rule_id', '=', filter.ruleId)
  if (filter.eventId) query = query.where('event_id', '=', filter.eventId)
  return query.orderBy(paging.orderBy).limit(limit).execute()
}

/** A rule's detections that were made since an instant, those of the newest events first. */
export const newestOf = (db: Db, ruleId: string, sinceMs: number, limit: number) =>
  tables(db)
    .selectFrom('detection')
    .select(['event_id', 'time_ms', 'entities'])
    .where('rule_id', '=', ruleId)
    .where('detected_ms', '>=', sinceMs)
    .orderBy('time_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()

/** Forgets detections made before an instant, at most `limit` at a time; says how many went. */
export async function removeBefore(db: Db, beforeMs: number, limit: number): Promise<number> {
  const result = await sql`DELETE FROM detection WHERE id IN (
    SELECT id FROM detection WHERE detected_ms < ${beforeMs} LIMIT ${limit})`.execute(db)
  return Number(result.numAffectedRows ?? 0)
}
