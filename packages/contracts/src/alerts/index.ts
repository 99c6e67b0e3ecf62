import { z } from 'zod'
import {
  alertId,
  commaList,
  detectionKind,
  detectionKinds,
  eventId,
  evidence,
  instant,
  pageOf,
  pageQuery,
  ruleId,
  severities,
  severity,
} from '../kernel/index.ts'

export const alertStatuses = ['new', 'acknowledged', 'in-progress', 'closed'] as const
export const alertStatus = z.enum(alertStatuses)
export type AlertStatus = z.infer<typeof alertStatus>

export const resolutions = [
  'true-positive-impact',
  'true-positive-no-impact',
  'benign',
  'false-positive',
  'duplicate',
  'unknown',
] as const
export const resolution = z.enum(resolutions)
export type Resolution = z.infer<typeof resolution>

const person = z.object({ id: z.string(), name: z.string() })

export const alert = z
  .object({
    id: alertId,
    title: z.string(),
    /** What detected it. */
    kind: detectionKind.default('sigma'),
    /** Made of stored history alone: nothing of it was seen as it happened. */
    retrospective: z.boolean().default(false),
    severity,
    status: alertStatus,
    resolution: resolution.nullable(),
    ruleId,
    ruleTitle: z.string(),
    techniques: z.array(z.string()),
    /** What the detections have in common: `host.name`, `user.name`, … */
    entities: z.record(z.string(), z.string()),
    /** Detections in it. */
    count: z.number().int(),
    firstSeenAt: instant,
    lastSeenAt: instant,
    createdAt: instant,
    updatedAt: instant,
    assignee: person.nullable(),
    /** Grows when a person changes status, assignee or severity; send it back as `expectedVersion`. */
    version: z.number().int(),
    comments: z.number().int(),
  })
  .meta({ id: 'Alert' })
export type Alert = z.infer<typeof alert>

export const alertActivity = z
  .object({
    id: z.string(),
    at: instant,
    by: person.nullable(),
    kind: z.enum(['created', 'comment', 'status', 'assignee', 'severity', 'reopened']),
    text: z.string().nullable(),
    before: z.string().nullable(),
    after: z.string().nullable(),
  })
  .meta({ id: 'AlertActivity' })

export const alertDetail = alert
  .extend({
    ruleDescription: z.string().nullable(),
    falsePositives: z.array(z.string()),
    references: z.array(z.string()),
    /** The first and the newest detections, each with its event. */
    detections: z.array(
      z.object({
        id: z.string(),
        eventId,
        time: instant,
        retrospective: z.boolean(),
        evidence: evidence.nullable(),
      }),
    ),
    activity: z.array(alertActivity),
    /** Open alerts of the same host or user. */
    similar: z.array(
      z.object({
        id: alertId,
        title: z.string(),
        severity,
        status: alertStatus,
        lastSeenAt: instant,
        shared: z.string(),
      }),
    ),
  })
  .meta({ id: 'AlertDetail' })
export type AlertDetail = z.infer<typeof alertDetail>

/** Why one event fired: predicates with the values they met, and what it rests on beside them. */
export const alertWhy = z.object({
  eventId,
  /** False when the rule has changed since and no longer matches this event. */
  stillMatches: z.boolean(),
  hits: z.array(
    z.object({ field: z.string().nullable(), value: z.string(), predicate: z.string(), selection: z.string() }),
  ),
  condition: z.string(),
  evidence: evidence.nullable(),
})

export const alertFilter = z.object({
  status: commaList(alertStatuses).optional().describe('comma-separated statuses; absent: all'),
  severity: commaList(severities).optional().describe('comma-separated severities'),
  assignee: z.string().max(200).optional().describe('a user id, `me` or `nobody`'),
  ruleId: z.string().max(200).optional(),
  text: z.string().max(300).optional(),
  entity: z.string().max(500).optional().describe('a value such as a host, user or address'),
  technique: z.string().max(20).optional(),
  kind: commaList(detectionKinds).optional().describe('comma-separated kinds of detection'),
  from: instant.optional().describe('last seen at this time or later'),
  to: instant.optional().describe('first seen before this time'),
  firstSeenFrom: instant.optional(),
  firstSeenTo: instant.optional().describe('exclusive'),
})
export type AlertFilter = z.infer<typeof alertFilter>

export const alertListQuery = alertFilter.extend(pageQuery.shape).extend({
  sort: z.enum(['newest', 'oldest', 'severity', 'count']).default('newest'),
})
export const alertPage = pageOf(alert)

export const alertUpdate = z.object({
  status: alertStatus.optional(),
  resolution: resolution.optional(),
  /** null: nobody. */
  assignee: z.string().max(200).nullable().optional(),
  severity: severity.optional(),
  comment: z.string().max(10_000).optional(),
  expectedVersion: z.number().int().optional(),
})
export type AlertUpdate = z.infer<typeof alertUpdate>

export const alertComment = z.object({ text: z.string().trim().min(1).max(10_000) })

/** Either ids or the whole filter, not a page of it. */
export const alertBulk = z.object({
  ids: z.array(alertId).min(1).max(10_000).optional(),
  filter: alertFilter.optional(),
  change: alertUpdate.omit({ expectedVersion: true }),
})
/** `undo` names the batch for `POST /api/v1/alerts/undo` for ten minutes. */
export const alertBulkResult = z.object({ changed: z.number().int(), skipped: z.number().int(), undo: z.string() })
export const alertUndo = z.object({ undo: z.string().max(200) })

export const alertSummaryQuery = z.object({
  from: instant,
  to: instant,
  buckets: z.coerce.number().int().min(1).max(200).default(48),
})
export const alertSummary = z.object({
  open: z.number().int(),
  unassigned: z.number().int(),
  closed: z.number().int(),
  bySeverity: z.record(z.string(), z.number().int()),
  byStatus: z.record(z.string(), z.number().int()),
  topRules: z.array(
    z.object({ ruleId, title: z.string(), severity, alerts: z.number().int(), detections: z.number().int() }),
  ),
  topEntities: z.array(z.object({ field: z.string(), value: z.string(), alerts: z.number().int(), worst: severity })),
  techniques: z.array(z.object({ technique: z.string(), alerts: z.number().int() })),
  /** Alerts of any status by the interval they were first seen in, `firstSeenFrom`/`firstSeenTo` of the list, and severity. */
  intervalMs: z.number().int(),
  bars: z.array(z.object({ start: instant, bySeverity: z.record(z.string(), z.number().int()) })),
  /** Median minutes from an alert's making to its acknowledgement and to its closing; null without any. */
  medianAcknowledgeMinutes: z.number().nullable(),
  medianCloseMinutes: z.number().nullable(),
})

/** Live and upward: what became of alerts. `alert` is whole, so that a list can show it without asking. */
export const alertChanged = z.object({ change: z.enum(['created', 'updated']), alert })
export type AlertChanged = z.infer<typeof alertChanged>
