import type { Alert, AlertFilter } from '@watchfloor/contracts/alerts'
import { type Evidence, type Severity, severityRank } from '@watchfloor/contracts/kernel'
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { z } from 'zod'
import { insertInChunks } from '../../platform/sql/bulk-insert.ts'
import { jsonb } from '../../platform/sql/json.ts'
import { keyset } from '../../platform/sql/paging.ts'
import type { Db, Tx } from '../../platform/sql/sql.ts'
import { withTables } from '../../platform/sql/tables.ts'
import type { Activity, AlertState } from './model.ts'

interface AlertRow {
  id: string
  group_key: string
  title: string
  kind: AlertState['kind']
  retrospective: boolean
  severity: Severity
  severity_rank: number
  severity_by_person: boolean
  status: Alert['status']
  resolution: Alert['resolution']
  rule_id: string
  rule_title: string
  techniques: readonly string[]
  entities: Readonly<Record<string, string>>
  count: number
  first_seen_ms: number
  last_seen_ms: number
  created_ms: number
  updated_ms: number
  acknowledged_ms: number | null
  closed_ms: number | null
  assignee_id: string | null
  assignee_name: string | null
  version: number
  comments: number
}

export interface ActivityRow {
  id: number
  alert_id: string
  at_ms: number
  actor_id: string | null
  actor_name: string | null
  kind: Activity['kind']
  text: string | null
  before: string | null
  after: string | null
}

export interface DetectionRow {
  detection_id: string
  alert_id: string
  event_id: string
  rule_version: number
  time_ms: number
  retrospective: boolean
  evidence: Evidence | null
}

interface AlertTables {
  alert: AlertRow
  alert_entity: { value: string; field: string; alert_id: string }
  alert_detection: DetectionRow
  alert_activity: Omit<ActivityRow, 'id'> & { id?: number }
  alert_undo: { id: string; actor_id: string; expires_ms: number; before: readonly AlertState[] }
}

const tables = (db: Db) => withTables<AlertTables>(db)
const stateOf = (row: AlertRow): AlertState => ({
  id: row.id,
  groupKey: row.group_key,
  title: row.title,
  kind: row.kind,
  retrospective: row.retrospective,
  severity: row.severity,
  severityByPerson: row.severity_by_person,
  status: row.status,
  resolution: row.resolution,
  ruleId: row.rule_id,
  ruleTitle: row.rule_title,
  techniques: row.techniques,
  entities: row.entities,
  count: row.count,
  firstSeenMs: Number(row.first_seen_ms),
  lastSeenMs: Number(row.last_seen_ms),
  createdMs: Number(row.created_ms),
  updatedMs: Number(row.updated_ms),
  acknowledgedMs: row.acknowledged_ms === null ? null : Number(row.acknowledged_ms),
  closedMs: row.closed_ms === null ? null : Number(row.closed_ms),
  assignee: row.assignee_id === null ? null : { id: row.assignee_id, name: row.assignee_name ?? row.assignee_id },
  version: row.version,
  comments: row.comments,
})

const rowOf = (alert: AlertState) => ({
  id: alert.id,
  group_key: alert.groupKey,
  title: alert.title,
  kind: alert.kind,
  retrospective: alert.retrospective,
  severity: alert.severity,
  severity_rank: severityRank(alert.severity),
  severity_by_person: alert.severityByPerson,
  status: alert.status,
  resolution: alert.resolution,
  rule_id: alert.ruleId,
  rule_title: alert.ruleTitle,
  techniques: jsonb(alert.techniques),
  entities: jsonb(alert.entities),
  count: alert.count,
  first_seen_ms: alert.firstSeenMs,
  last_seen_ms: alert.lastSeenMs,
  created_ms: alert.createdMs,
  updated_ms: alert.updatedMs,
  acknowledged_ms: alert.acknowledgedMs,
  closed_ms: alert.closedMs,
  assignee_id: alert.assignee?.id ?? null,
  assignee_name: alert.assignee?.name ?? null,
  version: alert.version,
  comments: alert.comments,
})

/** Which of these detections are in an alert already. */
export async function knownDetections(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const rows = await sql<{ detection_id: string }>`
    SELECT detection_id FROM alert_detection WHERE detection_id = ANY(${[...ids]})`.execute(db)
  return new Set(rows.rows.map((row) => row.detection_id))
}

/** Open alerts of the groups, locked until the transaction ends, so that a person's change and a new detection do not cross. */
export async function openOfGroups(db: Tx, groupKeys: readonly string[]): Promise<AlertState[]> {
  const rows = await tables(db)
    .selectFrom('alert')
    .selectAll()
    .where(sql<SqlBool>`group_key = ANY(${[...groupKeys]})`)
    .where('status', '<>', 'closed')
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.map(stateOf)
}

/** Inserts or replaces alerts, with the values by which they are found. */
export async function save(db: Tx, alerts: readonly AlertState[]): Promise<void> {
  await insertInChunks(tables(db), 'alert', alerts.map(rowOf), (query) =>
    query.onConflict((conflict) =>
      conflict.column('id').doUpdateSet((eb) => ({
        severity: eb.ref('excluded.severity'),
        severity_rank: eb.ref('excluded.severity_rank'),
        severity_by_person: eb.ref('excluded.severity_by_person'),
        status: eb.ref('excluded.status'),
        resolution: eb.ref('excluded.resolution'),
        retrospective: eb.ref('excluded.retrospective'),
        entities: eb.ref('excluded.entities'),
        count: eb.ref('excluded.count'),
        first_seen_ms: eb.ref('excluded.first_seen_ms'),
        last_seen_ms: eb.ref('excluded.last_seen_ms'),
        updated_ms: eb.ref('excluded.updated_ms'),
        acknowledged_ms: eb.ref('excluded.acknowledged_ms'),
        closed_ms: eb.ref('excluded.closed_ms'),
        assignee_id: eb.ref('excluded.assignee_id'),
        assignee_name: eb.ref('excluded.assignee_name'),
        version: eb.ref('excluded.version'),
        comments: eb.ref('excluded.comments'),
      })),
    ),
  )
}

/** Values of detections, so that an alert is found by any of them even when its detections differ in it. */
export async function addEntities(
  db: Tx,
  entities: readonly { alertId: string; field: string; value: string }[],
): Promise<void> {
  await insertInChunks(
    tables(db),
    'alert_entity',
    entities.map(({ alertId, field, value }) => ({ alert_id: alertId, field, value: value.toLowerCase() })),
    (query) => query.onConflict((conflict) => conflict.doNothing()),
  )
}

export async function addDetections(db: Tx, rows: readonly DetectionRow[]): Promise<void> {
  await insertInChunks(
    tables(db),
    'alert_detection',
    rows.map((row) => ({ ...row, evidence: row.evidence === null ? null : jsonb(row.evidence) })),
  )
}

export async function addActivity(db: Tx, rows: readonly Omit<ActivityRow, 'id'>[]): Promise<void> {
  await insertInChunks(tables(db), 'alert_activity', rows)
}

export async function get(db: Db, id: string): Promise<AlertState | undefined> {
  const row = await tables(db).selectFrom('alert').selectAll().where('id', '=', id).executeTakeFirst()
  return row && stateOf(row)
}

export async function getForUpdate(db: Tx, ids: readonly string[]): Promise<AlertState[]> {
  const rows = await tables(db)
    .selectFrom('alert')
    .selectAll()
    .where(sql<SqlBool>`id = ANY(${[...ids]})`)
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.map(stateOf)
}

const listOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)

function matching(filter: AlertFilter, actorId: string) {
  return (eb: ExpressionBuilder<AlertTables, 'alert'>): Expression<SqlBool> => {
    const terms: Expression<SqlBool>[] = []
    const statuses = listOf(filter.status)
    const severities = listOf(filter.severity)
    if (statuses.length) terms.push(eb('status', 'in', statuses as Alert['status'][]))
    if (severities.length) terms.push(eb('severity', 'in', severities as Severity[]))
    if (filter.assignee === 'nobody') terms.push(eb('assignee_id', 'is', null))
    else if (filter.assignee) terms.push(eb('assignee_id', '=', filter.assignee === 'me' ? actorId : filter.assignee))
    if (filter.ruleId) terms.push(eb('rule_id', '=', filter.ruleId))
    const kinds = listOf(filter.kind)
    if (kinds.length) terms.push(eb('kind', 'in', kinds as Alert['kind'][]))
    if (filter.technique)
      terms.push(sql<SqlBool>`techniques @> ${JSON.stringify([filter.technique.toUpperCase()])}::jsonb`)
    if (filter.from) terms.push(eb('last_seen_ms', '>=', Date.parse(filter.from)))
    if (filter.to) terms.push(eb('first_seen_ms', '<', Date.parse(filter.to)))
    if (filter.firstSeenFrom) terms.push(eb('first_seen_ms', '>=', Date.parse(filter.firstSeenFrom)))
    if (filter.firstSeenTo) terms.push(eb('first_seen_ms', '<', Date.parse(filter.firstSeenTo)))
    if (filter.entity)
      terms.push(
        eb(
          'id',
          'in',
          eb.selectFrom('alert_entity').select('alert_id').where('value', '=', filter.entity.toLowerCase()),
        ),
      )
    if (filter.text) {
      const pattern = `%${filter.text.replace(/[\\%_]/g, '\\$&')}%`
      terms.push(
        eb.or([
          eb('title', 'ilike', pattern),
          eb('id', '=', filter.text),
          sql<SqlBool>`entities::text ILIKE ${pattern}`,
        ]),
      )
    }
    return eb.and(terms)
  }
}

export type AlertSort = 'newest' | 'oldest' | 'severity' | 'count'

const sortColumns = {
  newest: { first: 'last_seen_ms', direction: 'desc' },
  oldest: { first: 'last_seen_ms', direction: 'asc' },
  severity: { first: 'severity_rank', direction: 'desc' },
  count: { first: 'count', direction: 'desc' },
} as const satisfies Record<AlertSort, { first: keyof AlertRow; direction: 'asc' | 'desc' }>

/** @error BAD_REQUEST when the cursor is not of this query */
export async function list(
  db: Db,
  actorId: string,
  filter: AlertFilter,
  page: { sort: AlertSort; cursor?: string; limit: number },
): Promise<{ items: AlertState[]; next?: string }> {
  const { first, direction } = sortColumns[page.sort]
  const paging = keyset<AlertRow, [number, number, string]>({
    columns: [first, 'last_seen_ms', 'id'],
    direction,
    key: z.tuple([z.number(), z.number(), z.string()]),
    query: filter,
  })
  const rows = await tables(db)
    .selectFrom('alert')
    .selectAll()
    .where(matching(filter, actorId))
    .where(paging.after(page.cursor))
    .orderBy(paging.orderBy)
    .limit(page.limit + 1)
    .execute()
  const shown = paging.toPage(rows, page.limit, (row) => [Number(row[first]), Number(row.last_seen_ms), row.id])
  return { ...shown, items: shown.items.map(stateOf) }
}

export async function count(db: Db, actorId: string, filter: AlertFilter): Promise<number> {
  const row = await tables(db)
    .selectFrom('alert')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(matching(filter, actorId))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

/** Ids that match, at most `limit`, in order of id after `after`: for work over a whole filter, part by part. */
export async function idsMatching(
  db: Db,
  actorId: string,
  filter: AlertFilter,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await tables(db)
    .selectFrom('alert')
    .select('id')
    .where(matching(filter, actorId))
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map((row) => row.id)
}

/** The first ten and the newest ten detections of an alert, oldest first. */
export async function someDetections(db: Db, alertId: string): Promise<DetectionRow[]> {
  const rows = await sql<DetectionRow>`
    SELECT * FROM (
      (SELECT * FROM alert_detection WHERE alert_id = ${alertId} ORDER BY time_ms, detection_id LIMIT 10)
      UNION
      (SELECT * FROM alert_detection WHERE alert_id = ${alertId} ORDER BY time_ms DESC, detection_id DESC LIMIT 10)
    ) AS chosen ORDER BY time_ms, detection_id`.execute(db)
  return rows.rows.map((row) => ({ ...row, time_ms: Number(row.time_ms) }))
}

export const detectionOfEvent = (db: Db, alertId: string, eventId: string) =>
  tables(db)
    .selectFrom('alert_detection')
    .selectAll()
    .where('alert_id', '=', alertId)
    .where('event_id', '=', eventId)
    .executeTakeFirst()

/** The newest 200 lines of an alert's activity, oldest first. */
export async function activity(db: Db, alertId: string): Promise<ActivityRow[]> {
  const rows = await sql<ActivityRow>`
    SELECT * FROM (
      SELECT * FROM alert_activity WHERE alert_id = ${alertId} ORDER BY id DESC LIMIT 200
    ) AS newest ORDER BY id`.execute(db)
  return rows.rows.map((row) => ({ ...row, id: Number(row.id), at_ms: Number(row.at_ms) }))
}

/** Other alerts that share a host, user or address, newest first. */
export async function similar(db: Db, alertId: string, limit: number) {
  const rows = await sql<{
    id: string
    title: string
    severity: Severity
    status: Alert['status']
    last_seen_ms: number
    shared: string
  }>`
    SELECT other.id, other.title, other.severity, other.status, other.last_seen_ms, min(theirs.value) AS shared
    FROM alert_entity AS mine
    JOIN alert_entity AS theirs ON theirs.value = mine.value AND theirs.alert_id <> mine.alert_id
    JOIN alert AS other ON other.id = theirs.alert_id AND other.status <> 'closed'
    WHERE mine.alert_id = ${alertId} AND mine.field IN ('host.name', 'user.name', 'source.ip', 'destination.ip')
    GROUP BY other.id ORDER BY other.severity_rank DESC, other.last_seen_ms DESC LIMIT ${limit}`.execute(db)
  return rows.rows
}

export async function saveUndo(
  db: Tx,
  undo: { id: string; actorId: string; expiresMs: number; before: readonly AlertState[] },
): Promise<void> {
  await sql`DELETE FROM alert_undo WHERE expires_ms < ${undo.expiresMs - 86_400_000}`.execute(db)
  await tables(db)
    .insertInto('alert_undo')
    .values({ id: undo.id, actor_id: undo.actorId, expires_ms: undo.expiresMs, before: jsonb(undo.before) })
    .execute()
}

/** Takes every part of a bulk change out, so that it is undone once. Empty when there is none, or it is too late. */
export async function takeUndo(db: Tx, undo: string, actorId: string, nowMs: number): Promise<AlertState[]> {
  const rows = await tables(db)
    .deleteFrom('alert_undo')
    .where('id', 'like', `${undo.replace(/[\\%_]/g, '\\$&')}.%`)
    .where('actor_id', '=', actorId)
    .where('expires_ms', '>', nowMs)
    .returning('before')
    .execute()
  return rows.flatMap((row) => row.before)
}
