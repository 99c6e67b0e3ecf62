import { createHash } from 'node:crypto'
import type { Alert, AlertUpdate } from '@watchfloor/contracts/alerts'
import type { Detection } from '@watchfloor/contracts/detections'
import { Refusal, type Severity, severityRank } from '@watchfloor/contracts/kernel'

/** An alert as it is kept: times in ms, the assignee in two columns. */
export interface AlertState {
  readonly id: string
  readonly groupKey: string
  readonly title: string
  readonly kind: Alert['kind']
  /** No detection of it was made as the event came in. */
  readonly retrospective: boolean
  readonly severity: Severity
  /** A person chose the severity: detections do not raise it any more. */
  readonly severityByPerson: boolean
  readonly status: Alert['status']
  readonly resolution: Alert['resolution']
  readonly ruleId: string
  readonly ruleTitle: string
  readonly techniques: readonly string[]
  readonly entities: Readonly<Record<string, string>>
  readonly count: number
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly createdMs: number
  readonly updatedMs: number
  readonly acknowledgedMs: number | null
  readonly closedMs: number | null
  readonly assignee: { readonly id: string; readonly name: string } | null
  /** Grows when a person changes status, assignee or severity. Comments and detections that join do not count: a busy alert could never be edited. */
  readonly version: number
  readonly comments: number
}

export interface Activity {
  readonly kind: 'created' | 'comment' | 'status' | 'assignee' | 'severity' | 'reopened'
  readonly text: string | null
  readonly before: string | null
  readonly after: string | null
}

/** Detections of one group this far apart in time become two alerts. */
export const groupWindowMs = 24 * 3_600_000

/** Entities by which detections of one rule are told apart, the first that an event names. */
const groupEntities = ['host.name', 'user.name', 'source.ip', 'destination.ip'] as const

/**
 * Detections with one key within the window belong to one alert: the same rule on the same host (else user, else address), the
 * same group of a correlation, or the same file, whichever YARA rules matched it.
 */
export function groupKeyOf(detection: Pick<Detection, 'ruleId' | 'entities' | 'sourceId' | 'evidence'>): string {
  // A correlation says itself what belongs together.
  if (detection.evidence?.type === 'correlation') {
    const group = Object.values(detection.evidence.group).map((value) => value.toLowerCase())
    return `${detection.ruleId}|group=${createHash('sha256').update(JSON.stringify(group)).digest('hex').slice(0, 32)}`
  }
  if (detection.evidence?.type === 'yara') return `yara|file.hash.sha256=${detection.evidence.sha256}`
  for (const field of groupEntities) {
    const value = detection.entities[field]
    if (value) return `${detection.ruleId}|${field}=${value.toLowerCase()}`
  }
  return `${detection.ruleId}|source=${detection.sourceId}`
}

/** The id follows from the group and the detection that opened it, so that a replay makes the same alert. */
export const alertIdOf = (groupKey: string, firstDetectionId: string): string =>
  `alert-${createHash('sha256').update(`${groupKey}\n${firstDetectionId}`).digest('hex').slice(0, 20)}`

const common = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(a).filter(([field, value]) => b[field] === value))

/** What grouping came to: alerts that are new or grew, and which detection went where. */
export interface Grouped {
  readonly alerts: readonly { readonly alert: AlertState; readonly isNew: boolean }[]
  readonly placed: readonly { readonly detection: Detection; readonly alertId: string }[]
}

/**
 * Puts detections into alerts: into an open one of their group when they happened within the window of it, else into a new
 * one, named after the worst of those that open it. Pure and deterministic: detections are taken in order of time, severity, then id.
 * @param open the open alerts of the groups concerned
 */
export function groupDetections(detections: readonly Detection[], open: readonly AlertState[], nowMs: number): Grouped {
  const byGroup = new Map<string, AlertState[]>()
  for (const alert of open) byGroup.set(alert.groupKey, [...(byGroup.get(alert.groupKey) ?? []), alert])
  const changed = new Map<string, { alert: AlertState; isNew: boolean }>()
  const placed: { detection: Detection; alertId: string }[] = []

  const inOrder = [...detections].sort(
    (a, b) =>
      Date.parse(a.time) - Date.parse(b.time) ||
      severityRank(b.level) - severityRank(a.level) ||
      (a.id < b.id ? -1 : 1),
  )
  for (const detection of inOrder) {
    const timeMs = Date.parse(detection.time)
    const groupKey = groupKeyOf(detection)
    const group = byGroup.get(groupKey) ?? []
    const at = group.findIndex(
      (alert) => timeMs >= alert.firstSeenMs - groupWindowMs && timeMs <= alert.lastSeenMs + groupWindowMs,
    )
    const joined = group[at]
    const alert = joined ? grown(joined, detection, timeMs, nowMs) : opened(groupKey, detection, timeMs, nowMs)
    if (joined) group[at] = alert
    else group.push(alert)
    byGroup.set(groupKey, group)
    changed.set(alert.id, { alert, isNew: !joined || (changed.get(alert.id)?.isNew ?? false) })
    placed.push({ detection, alertId: alert.id })
  }
  return { alerts: [...changed.values()], placed }
}

const opened = (groupKey: string, detection: Detection, timeMs: number, nowMs: number): AlertState => ({
  id: alertIdOf(groupKey, detection.id),
  groupKey,
  title: detection.ruleTitle,
  kind: detection.kind,
  retrospective: detection.retrospective,
  severity: detection.level,
  severityByPerson: false,
  status: 'new',
  resolution: null,
  ruleId: detection.ruleId,
  ruleTitle: detection.ruleTitle,
  techniques: detection.techniques,
  entities: detection.entities,
  count: 1,
  firstSeenMs: timeMs,
  lastSeenMs: timeMs,
  createdMs: nowMs,
  updatedMs: nowMs,
  acknowledgedMs: null,
  closedMs: null,
  assignee: null,
  version: 1,
  comments: 0,
})

const grown = (alert: AlertState, detection: Detection, timeMs: number, nowMs: number): AlertState => ({
  ...alert,
  severity:
    !alert.severityByPerson && severityRank(detection.level) > severityRank(alert.severity)
      ? detection.level
      : alert.severity,
  retrospective: alert.retrospective && detection.retrospective,
  entities: common(alert.entities, detection.entities),
  count: alert.count + 1,
  firstSeenMs: Math.min(alert.firstSeenMs, timeMs),
  lastSeenMs: Math.max(alert.lastSeenMs, timeMs),
  updatedMs: nowMs,
})

export interface Assignee {
  readonly id: string
  readonly name: string
}

/**
 * What a person's change makes of an alert, and the lines it leaves in the activity. No change: no activity.
 * @param assignee the person named by `change.assignee`, already looked up; null for nobody
 * @error STALE_EDIT when the alert has moved on since `change.expectedVersion`
 * @error UNPROCESSABLE when it is closed without a resolution
 */
export function changeAlert(
  alert: AlertState,
  change: AlertUpdate,
  assignee: Assignee | null | undefined,
  nowMs: number,
): { alert: AlertState; activity: Activity[] } {
  if (change.expectedVersion !== undefined && change.expectedVersion !== alert.version)
    throw new Refusal('STALE_EDIT', `alert ${alert.id} has been changed since it was read`, {
      remedy: 'Look at what changed, then send the change again with the current version.',
      details: { expectedVersion: change.expectedVersion, currentVersion: alert.version },
    })
  let next: AlertState = alert

  const status = change.status ?? (change.resolution && alert.status !== 'closed' ? 'closed' : alert.status)
  const resolution = status === 'closed' ? (change.resolution ?? alert.resolution) : null
  if (status === 'closed' && !resolution)
    throw new Refusal('UNPROCESSABLE', `alert ${alert.id} cannot be closed without a resolution`, {
      remedy: 'Send `resolution`: what the alert turned out to be.',
    })
  if (status !== alert.status || resolution !== alert.resolution)
    next = {
      ...next,
      status,
      resolution,
      acknowledgedMs: alert.acknowledgedMs ?? (status === 'new' ? null : nowMs),
      closedMs: status === 'closed' ? nowMs : null,
    }
  if (assignee !== undefined && assignee?.id !== alert.assignee?.id) next = { ...next, assignee }
  if (change.severity && change.severity !== alert.severity)
    next = { ...next, severity: change.severity, severityByPerson: true }
  const activity = changedFields(alert, next, null)
  if (change.comment?.trim()) {
    next = { ...next, comments: next.comments + 1 }
    activity.push({ kind: 'comment', text: change.comment.trim(), before: null, after: null })
  }
  if (activity.length === 0) return { alert, activity }
  // A comment is in nobody's way: whoever edits beside it has missed nothing that they would overwrite.
  const isEdit = activity.some((line) => line.kind !== 'comment')
  return { alert: { ...next, version: alert.version + (isEdit ? 1 : 0), updatedMs: nowMs }, activity }
}

/**
 * Puts an alert back to what it was before a bulk change, and says so of each field that changes back; comments stay. Undefined
 * when it has changed since, or when nothing is to be put back.
 */
export function undoChange(
  alert: AlertState,
  before: AlertState,
  nowMs: number,
): { alert: AlertState; activity: Activity[] } | undefined {
  if (alert.version !== before.version + 1) return undefined
  const activity = changedFields(alert, before, 'undone')
  if (activity.length === 0) return undefined
  return {
    // What detections have brought since stays; only what people set goes back.
    alert: {
      ...alert,
      status: before.status,
      resolution: before.resolution,
      acknowledgedMs: before.acknowledgedMs,
      closedMs: before.closedMs,
      assignee: before.assignee,
      severity: before.severity,
      severityByPerson: before.severityByPerson,
      version: alert.version + 1,
      updatedMs: nowMs,
    },
    activity,
  }
}

/** One line for each thing that a person can change and that differs. */
function changedFields(before: AlertState, after: AlertState, text: string | null): Activity[] {
  const activity: Activity[] = []
  const [statusBefore, statusAfter] = [describeStatus(before), describeStatus(after)]
  if (statusBefore !== statusAfter) {
    const kind = before.status === 'closed' && after.status !== 'closed' ? 'reopened' : 'status'
    activity.push({ kind, text, before: statusBefore, after: statusAfter })
  }
  if (before.assignee?.id !== after.assignee?.id)
    activity.push({
      kind: 'assignee',
      text,
      before: before.assignee?.name ?? null,
      after: after.assignee?.name ?? null,
    })
  if (before.severity !== after.severity)
    activity.push({ kind: 'severity', text, before: before.severity, after: after.severity })
  return activity
}

const describeStatus = ({ status, resolution }: Pick<AlertState, 'status' | 'resolution'>): string =>
  resolution ? `${status}: ${resolution}` : status
