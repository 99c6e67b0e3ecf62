import type { Alert, AlertFilter } from '@watchfloor/contracts/alerts'
import { type Severity, severityRank } from '@watchfloor/contracts/kernel'
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { type Db, type Tx, withTables } from '../../platform/sql/sql.ts'
import type { Activity, AlertState } from './model.ts'

interface AlertRow {
  id: string
  group_key: string
  title: string
  severity: Severity
  severity_rank: number
  status: Alert['status']
  resolution: Alert['resolution']
  rule_id: string
  rule_title: string
  techniques: string[]
  entities: Record<string, string>
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
}

interface AlertTables {
  alert: AlertRow
  alert_entity: { value: string; field: string; alert_id: string }
  alert_detection: DetectionRow
  alert_activity: Omit<ActivityRow, 'id'> & { id?: number }
  alert_undo: { id: string; actor_id: string; expires_ms: number; before: AlertState[] }
}

const tables = (db: Db) => withTables<AlertTables>(db)
const json = (value: unknown) => sql<never>`${JSON.stringify(value)}::jsonb`
const chunk = 200

function* chunks<T>(items: readonly T[]): Iterable<T[]> {
  for (let start = 0; start < items.length; start += chunk) yield items.slice(start, start + chunk)
}

const stateOf = (row: AlertRow): AlertState => ({
  id: row.id,
  groupKey: row.group_key,
  title: row.title,
  severity: row.severity,
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
  severity: alert.severity,
  severity_rank: severityRank(alert.severity),
  status: alert.status,
  resolution: alert.resolution,
  rule_id: alert.ruleId,
  rule_title: alert.ruleTitle,
  techniques: json(alert.techniques),
  entities: json(alert.entities),
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
  for (const part of chunks(alerts)) {
    await tables(db)
      .insertInto('alert')
      .values(part.map(rowOf))
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          severity: eb.ref('excluded.severity'),
          severity_rank: eb.ref('excluded.severity_rank'),
          status: eb.ref('excluded.status'),
          resolution: eb.ref('excluded.resolution'),
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
      )
      .execute()
  }
}

/** Values of detections, so that an alert is found by any of them even when its detections differ in it. */
export async function addEntities(
  db: Tx,
  entities: readonly { alertId: string; field: string; value: string }[],
): Promise<void> {
  for (const part of chunks(entities))
    await tables(db)
      .insertInto('alert_entity')
      .values(part.map(({ alertId, field, value }) => ({ alert_id: alertId, field, value: value.toLowerCase() })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}

export async function addDetections(db: Tx, rows: readonly DetectionRow[]): Promise<void> {
  for (const part of chunks(rows)) await tables(db).insertInto('alert_detection').values(part).execute()
}

export async function addActivity(db: Tx, rows: readonly Omit<ActivityRow, 'id'>[]): Promise<void> {
  for (const part of chunks(rows)) await tables(db).insertInto('alert_activity').values(part).execute()
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
    if (filter.technique)
      terms.push(sql<SqlBool>`techniques @> ${JSON.stringify([filter.technique.toUpperCase()])}::jsonb`)
    if (filter.from) terms.push(eb('last_seen_ms', '>=', Date.parse(filter.from)))
    if (filter.to) terms.push(eb('first_seen_ms', '<', Date.parse(filter.to)))
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

/** Values by which a page is continued, in the order of the sort. */
export type AlertPosition = readonly [number, number, string]

const sortColumns = {
  newest: { first: 'last_seen_ms', descending: true },
  oldest: { first: 'last_seen_ms', descending: false },
  severity: { first: 'severity_rank', descending: true },
  count: { first: 'count', descending: true },
} as const

export const positionOf = (alert: AlertState, sort: AlertSort): AlertPosition => {
  const first = sort === 'severity' ? severityRank(alert.severity) : sort === 'count' ? alert.count : alert.lastSeenMs
  return [first, alert.lastSeenMs, alert.id]
}

export async function list(
  db: Db,
  actorId: string,
  filter: AlertFilter,
  page: { sort: AlertSort; after?: AlertPosition; limit: number },
): Promise<AlertState[]> {
  const { first, descending } = sortColumns[page.sort]
  const direction = descending ? 'desc' : 'asc'
  let query = tables(db).selectFrom('alert').selectAll().where(matching(filter, actorId))
  if (page.after) {
    const comparison = descending ? sql`<` : sql`>`
    const [value, seenMs, id] = page.after
    query = query.where(sql<SqlBool>`(${sql.ref(first)}, last_seen_ms, id) ${comparison} (${value}, ${seenMs}, ${id})`)
  }
  const rows = await query
    .orderBy(first, direction)
    .orderBy('last_seen_ms', direction)
    .orderBy('id', direction)
    .limit(page.limit)
    .execute()
  return rows.map(stateOf)
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
    ) AS some ORDER BY time_ms, detection_id`.execute(db)
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
    .values({ id: undo.id, actor_id: undo.actorId, expires_ms: undo.expiresMs, before: json(undo.before) })
    .execute()
}

/** Takes the batch out, so that it is undone once. */
export async function takeUndo(db: Tx, id: string, actorId: string, nowMs: number): Promise<AlertState[] | undefined> {
  const row = await tables(db)
    .deleteFrom('alert_undo')
    .where('id', '=', id)
    .where('actor_id', '=', actorId)
    .where('expires_ms', '>', nowMs)
    .returning('before')
    .executeTakeFirst()
  return row?.before
}
