import type {
  Alert,
  AlertDetail,
  AlertFilter,
  AlertUpdate,
  alertActivity,
  alertSummaryQuery,
} from '@watchfloor/contracts/alerts'
import { alertChanged } from '@watchfloor/contracts/alerts'
import type { Detection } from '@watchfloor/contracts/detections'
import {
  type Actor,
  type AlertId,
  type EventId,
  type Evidence,
  Refusal,
  type RuleId,
  type Severity,
  toInstant,
} from '@watchfloor/contracts/kernel'
import type { z } from 'zod'
import type { Clock } from '../../platform/clock/clock.ts'
import type { DomainEventType, Outbox } from '../../platform/outbox/outbox.ts'
import type { Sql, Tx } from '../../platform/sql/sql.ts'
import type { Audit } from '../audit/index.ts'
import {
  type Activity,
  type AlertState,
  type Assignee,
  changeAlert,
  groupDetections,
  groupKeyOf,
  undoChange,
} from './model.ts'
import * as store from './store.ts'
import * as summaryStore from './summary-store.ts'

export const alertChangedEvent: DomainEventType<'alerts.changed', z.infer<typeof alertChanged>> = {
  name: 'alerts.changed',
  schema: alertChanged,
}

export interface AlertsParts {
  readonly sql: Sql
  readonly clock: Clock
  readonly outbox: Outbox
  readonly audit: Audit
  newId(): string
  /** An active user by id, for assigning. */
  findPerson(id: string): Promise<Assignee | undefined>
  ruleDetail(
    id: string,
  ): Promise<{ description: string | null; falsePositives: string[]; references: string[] } | undefined>
}

/** One detection of an alert: what made it, when, on what evidence. */
export interface AlertedDetection {
  readonly kind: Alert['kind']
  readonly ruleId: string
  readonly ruleTitle: string
  readonly ruleVersion: number
  readonly timeMs: number
  readonly evidence: Evidence | null
}

const undoMinutes = 10
const bulkPart = 500
const bulkMost = 100_000

export class Alerts {
  readonly #parts: AlertsParts

  constructor(parts: AlertsParts) {
    this.#parts = parts
  }

  /** Puts detections into alerts. The same detections again change nothing. */
  async take(detections: readonly Detection[]): Promise<void> {
    const { sql, clock, outbox } = this.#parts
    await sql.tx(async (db) => {
      const known = await store.knownDetections(
        db,
        detections.map((one) => one.id),
      )
      const unique = new Map(detections.filter((one) => !known.has(one.id)).map((one) => [one.id as string, one]))
      const fresh = [...unique.values()]
      if (fresh.length === 0) return
      const open = await store.openOfGroups(db, [...new Set(fresh.map(groupKeyOf))])
      const grouped = groupDetections(fresh, open, clock.now())
      const now = clock.now()
      await store.save(
        db,
        grouped.alerts.map((one) => one.alert),
      )
      await store.addDetections(
        db,
        grouped.placed.map(({ detection, alertId }) => ({
          detection_id: detection.id,
          alert_id: alertId,
          event_id: detection.eventId,
          rule_version: detection.ruleVersion,
          time_ms: Date.parse(detection.time),
          retrospective: detection.retrospective,
          evidence: detection.evidence,
        })),
      )
      await store.addEntities(db, entitiesOf(grouped.placed))
      await store.addActivity(
        db,
        grouped.alerts
          .filter((one) => one.isNew)
          .map(({ alert }) =>
            activityRow(alert.id, { kind: 'created', text: null, before: null, after: null }, undefined, now),
          ),
      )
      await outbox.add(
        db,
        alertChangedEvent,
        grouped.alerts.map(
          ({ alert, isNew }) => ({ change: isNew ? 'created' : 'updated', alert: viewOf(alert) }) as const,
        ),
      )
    })
  }

  async list(actor: Actor, filter: AlertFilter, page: { sort: store.AlertSort; cursor?: string; limit: number }) {
    const { sql } = this.#parts
    const [shown, total] = await Promise.all([
      store.list(sql.db, actor.id, filter, page),
      store.count(sql.db, actor.id, filter),
    ])
    return { ...shown, items: shown.items.map(viewOf), total }
  }

  /** @error NOT_FOUND */
  async get(id: string): Promise<AlertDetail> {
    const { db } = this.#parts.sql
    const alert = await store.get(db, id)
    if (!alert) throw new Refusal('NOT_FOUND', `there is no alert ${id}`)
    const [detections, activity, similar, rule] = await Promise.all([
      store.someDetections(db, id),
      store.activity(db, id),
      store.similar(db, id, 10),
      this.#parts.ruleDetail(alert.ruleId),
    ])
    return {
      ...viewOf(alert),
      ruleDescription: rule?.description ?? null,
      falsePositives: rule?.falsePositives ?? [],
      references: rule?.references ?? [],
      detections: detections.map((one) => ({
        id: one.detection_id,
        eventId: one.event_id as EventId,
        time: toInstant(one.time_ms),
        retrospective: one.retrospective,
        evidence: one.evidence,
      })),
      activity: activity.map(activityView),
      similar: similar.map((one) => ({
        id: one.id as AlertId,
        title: one.title,
        severity: one.severity,
        status: one.status,
        lastSeenAt: toInstant(Number(one.last_seen_ms)),
        shared: one.shared,
      })),
    }
  }

  /** The rule's version and the event of one detection in an alert. @error NOT_FOUND */
  async detection(id: string, eventId: string): Promise<AlertedDetection> {
    const { db } = this.#parts.sql
    const [alert, row] = await Promise.all([store.get(db, id), store.detectionOfEvent(db, id, eventId)])
    if (!alert || !row) throw new Refusal('NOT_FOUND', `alert ${id} holds no detection on event ${eventId}`)
    return {
      kind: alert.kind,
      ruleId: alert.ruleId,
      ruleTitle: alert.ruleTitle,
      ruleVersion: row.rule_version,
      timeMs: Number(row.time_ms),
      evidence: row.evidence,
    }
  }

  /** Changes one alert. @error NOT_FOUND · STALE_EDIT · UNPROCESSABLE */
  async update(actor: Actor, id: string, change: AlertUpdate): Promise<Alert> {
    const assignee = await this.#assigneeOf(change)
    const { sql, clock, audit } = this.#parts
    return sql.tx(async (db) => {
      const [before] = await store.getForUpdate(db, [id])
      if (!before) throw new Refusal('NOT_FOUND', `there is no alert ${id}`)
      const decided = changeAlert(before, change, assignee, clock.now())
      if (decided.activity.length === 0) return viewOf(before)
      await this.#saveChanges(db, actor, [decided])
      await audit.record(db, actor, {
        action: 'alerts.update',
        object: { type: 'alert', id, title: before.title },
        before: auditView(before),
        after: auditView(decided.alert),
      })
      return viewOf(decided.alert)
    })
  }

  /**
   * Changes many alerts, named by ids or by the whole filter; part by part, each part in a transaction of its own. Undone with
   * `undo` for ten minutes.
   */
  async bulk(
    actor: Actor,
    target: { ids?: readonly string[]; filter?: AlertFilter },
    change: Omit<AlertUpdate, 'expectedVersion'>,
  ): Promise<{ changed: number; skipped: number; undo: string }> {
    const assignee = await this.#assigneeOf(change)
    const undo = this.#parts.newId()
    let changed = 0
    let skipped = 0
    for await (const ids of this.#idsOf(actor, target)) {
      const count = await this.#bulkPart(actor, ids, change, assignee, `${undo}.${changed + skipped}`)
      changed += count
      skipped += ids.length - count
    }
    return { changed, skipped, undo }
  }

  async *#idsOf(actor: Actor, target: { ids?: readonly string[]; filter?: AlertFilter }): AsyncIterable<string[]> {
    if (target.ids) {
      for (let start = 0; start < target.ids.length; start += bulkPart) yield target.ids.slice(start, start + bulkPart)
      return
    }
    if (!target.filter) throw new Refusal('VALIDATION_FAILED', 'name the alerts by `ids` or by `filter`')
    let after = ''
    for (let seen = 0; seen < bulkMost; seen += bulkPart) {
      const ids = await store.idsMatching(this.#parts.sql.db, actor.id, target.filter, after, bulkPart)
      if (ids.length > 0) yield ids
      if (ids.length < bulkPart) return
      after = ids.at(-1) as string
    }
  }

  #bulkPart(
    actor: Actor,
    ids: readonly string[],
    change: AlertUpdate,
    assignee: Assignee | null | undefined,
    undoPart: string,
  ): Promise<number> {
    const { sql, clock, audit } = this.#parts
    return sql.tx(async (db) => {
      const before = await store.getForUpdate(db, ids)
      const decided = before
        .map((alert) => changeAlert(alert, change, assignee, clock.now()))
        .filter((one) => one.activity.length > 0)
      if (decided.length === 0) return 0
      await this.#saveChanges(db, actor, decided)
      const changedIds = new Set(decided.map((one) => one.alert.id))
      await store.saveUndo(db, {
        id: undoPart,
        actorId: actor.id,
        expiresMs: clock.now() + undoMinutes * 60_000,
        before: before.filter((alert) => changedIds.has(alert.id)),
      })
      await audit.record(db, actor, {
        action: 'alerts.bulk-update',
        object: { type: 'alert', id: decided.length === 1 ? ([...changedIds][0] as string) : 'many' },
        after: { change: { ...change }, ids: [...changedIds] },
        count: decided.length,
      })
      return decided.length
    })
  }

  /** Puts back what a bulk change replaced, except alerts changed since. @error GONE when it is too late or was done */
  async undo(actor: Actor, undo: string): Promise<{ changed: number; skipped: number }> {
    const { sql, clock, audit } = this.#parts
    return sql.tx(async (db) => {
      const before = await store.takeUndo(db, undo, actor.id, clock.now())
      if (before.length === 0)
        throw new Refusal('GONE', 'there is nothing to undo any more', {
          remedy: 'Changes can be undone for ten minutes, once.',
        })
      const current = new Map(
        (
          await store.getForUpdate(
            db,
            before.map((one) => one.id),
          )
        ).map((one) => [one.id, one]),
      )
      const decided = before.flatMap((old) => {
        const now = current.get(old.id)
        return (now && undoChange(now, old, clock.now())) ?? []
      })
      await this.#saveChanges(db, actor, decided)
      await audit.record(db, actor, {
        action: 'alerts.undo',
        object: { type: 'alert', id: 'many' },
        after: { ids: decided.map((one) => one.alert.id) },
        count: decided.length,
      })
      return { changed: decided.length, skipped: before.length - decided.length }
    })
  }

  async #saveChanges(
    db: Tx,
    actor: Actor,
    decided: readonly { alert: AlertState; activity: Activity[] }[],
  ): Promise<void> {
    const now = this.#parts.clock.now()
    await store.save(
      db,
      decided.map((one) => one.alert),
    )
    await store.addActivity(
      db,
      decided.flatMap((one) => one.activity.map((line) => activityRow(one.alert.id, line, actor, now))),
    )
    await this.#parts.outbox.add(
      db,
      alertChangedEvent,
      decided.map((one) => ({ change: 'updated' as const, alert: viewOf(one.alert) })),
    )
  }

  /** undefined: the change leaves the assignee alone. @error UNPROCESSABLE when nobody active has that id */
  async #assigneeOf(change: AlertUpdate): Promise<Assignee | null | undefined> {
    if (change.assignee === undefined || change.assignee === null) return change.assignee
    const person = await this.#parts.findPerson(change.assignee)
    if (!person) throw new Refusal('UNPROCESSABLE', `there is no active user ${change.assignee} to assign to`)
    return person
  }

  async summary(query: z.infer<typeof alertSummaryQuery>) {
    const { db } = this.#parts.sql
    const range = { fromMs: Date.parse(query.from), toMs: Date.parse(query.to) }
    const intervalMs = Math.max(1000, Math.ceil((range.toMs - range.fromMs) / query.buckets))
    const [counts, rules, entities, techniques, bars, medians] = await Promise.all([
      summaryStore.counts(db, range),
      summaryStore.topRules(db, range, 8),
      summaryStore.topEntities(db, range, 8),
      summaryStore.techniques(db, range, 12),
      summaryStore.bars(db, { ...range, toMs: range.fromMs + query.buckets * intervalMs }, intervalMs),
      summaryStore.medians(db, range),
    ])
    const open = counts.filter((one) => one.status !== 'closed')
    const minutes = (ms: number | null) => (ms === null ? null : Math.round(ms / 6000) / 10)
    return {
      open: sum(open),
      unassigned: sum(open.filter((one) => !one.assigned)),
      closed: sum(counts.filter((one) => one.status === 'closed')),
      bySeverity: sumBy(open, (one) => one.severity),
      byStatus: sumBy(counts, (one) => one.status),
      topRules: rules.map((one) => ({
        ruleId: one.rule_id as RuleId,
        title: one.title,
        severity: one.severity,
        alerts: one.alerts,
        detections: one.detections,
      })),
      topEntities: entities,
      techniques,
      intervalMs,
      bars: Array.from({ length: query.buckets }, (_, bar) => ({
        start: toInstant(range.fromMs + bar * intervalMs),
        bySeverity: Object.fromEntries(
          bars.filter((one) => one.bar === bar).map((one) => [one.severity as Severity, one.alerts]),
        ),
      })),
      medianAcknowledgeMinutes: minutes(medians.acknowledgeMs),
      medianCloseMinutes: minutes(medians.closeMs),
    }
  }
}

type Counted = { alerts: number }
const sum = (rows: readonly Counted[]): number => rows.reduce((total, row) => total + row.alerts, 0)

function sumBy<Row extends Counted>(rows: readonly Row[], key: (row: Row) => string): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const row of rows) sums[key(row)] = (sums[key(row)] ?? 0) + row.alerts
  return sums
}

const entitiesOf = (placed: readonly { detection: Detection; alertId: string }[]) => {
  const unique = new Map<string, { alertId: string; field: string; value: string }>()
  for (const { detection, alertId } of placed)
    for (const [field, value] of Object.entries(detection.entities))
      unique.set(`${alertId}\n${field}\n${value.toLowerCase()}`, { alertId, field, value })
  return [...unique.values()]
}

const activityRow = (alertId: string, line: Activity, actor: Actor | undefined, atMs: number) => ({
  alert_id: alertId,
  at_ms: atMs,
  actor_id: actor?.id ?? null,
  actor_name: actor?.name ?? null,
  ...line,
})

const activityView = (row: store.ActivityRow): z.infer<typeof alertActivity> => ({
  id: String(row.id),
  at: toInstant(row.at_ms),
  by: row.actor_id === null ? null : { id: row.actor_id, name: row.actor_name ?? row.actor_id },
  kind: row.kind,
  text: row.text,
  before: row.before,
  after: row.after,
})

const auditView = (alert: AlertState) => ({
  status: alert.status,
  resolution: alert.resolution,
  severity: alert.severity,
  assignee: alert.assignee?.name ?? null,
  comments: alert.comments,
})

export const viewOf = (alert: AlertState): Alert => ({
  id: alert.id as AlertId,
  title: alert.title,
  kind: alert.kind,
  retrospective: alert.retrospective,
  severity: alert.severity,
  status: alert.status,
  resolution: alert.resolution,
  ruleId: alert.ruleId as RuleId,
  ruleTitle: alert.ruleTitle,
  techniques: [...alert.techniques],
  entities: { ...alert.entities },
  count: alert.count,
  firstSeenAt: toInstant(alert.firstSeenMs),
  lastSeenAt: toInstant(alert.lastSeenMs),
  createdAt: toInstant(alert.createdMs),
  updatedAt: toInstant(alert.updatedMs),
  assignee: alert.assignee,
  version: alert.version,
  comments: alert.comments,
})
