import {
  alert,
  alertBulk,
  alertBulkResult,
  alertComment,
  alertDetail,
  alertListQuery,
  alertPage,
  alertSummary,
  alertSummaryQuery,
  alertUndo,
  alertUpdate,
  alertWhy,
} from '@watchfloor/contracts/alerts'
import { eventView } from '@watchfloor/contracts/events'
import { alertId, eventId } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import { jsonRoute, type Route } from '../../platform/http/route.ts'
import type { EventContext } from './event-context.ts'
import type { Alerts } from './service.ts'

const params = z.object({ alertId })

export function alertRoutes(alerts: Alerts, context: EventContext): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/alerts',
      operationId: 'listAlerts',
      summary: 'Alerts by status, severity, assignee, rule, entity, technique, time and words',
      permission: 'alerts:read',
      query: alertListQuery,
      output: alertPage,
      handle: ({ query: { cursor, limit, sort, ...filter } }, { actor }) =>
        alerts.list(actor, filter, { sort, limit, ...(cursor ? { cursor } : {}) }),
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/alerts/summary',
      operationId: 'summariseAlerts',
      summary: 'Counts, worst rules and entities, and alerts over time',
      permission: 'alerts:read',
      query: alertSummaryQuery,
      output: alertSummary,
      handle: ({ query }) => alerts.summary(query),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/alerts/bulk',
      operationId: 'changeAlerts',
      summary: 'Change many alerts, by ids or by a whole filter',
      permission: 'alerts:write',
      body: alertBulk,
      output: alertBulkResult,
      errors: ['UNPROCESSABLE'],
      handle: ({ body }, { actor }) => alerts.bulk(actor, { ids: body.ids, filter: body.filter }, body.change),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/alerts/undo',
      operationId: 'undoAlertChange',
      summary: 'Undo a bulk change of your own within ten minutes',
      permission: 'alerts:write',
      body: alertUndo,
      output: z.object({ changed: z.number().int(), skipped: z.number().int() }),
      errors: ['GONE'],
      handle: ({ body }, { actor }) => alerts.undo(actor, body.undo),
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/alerts/{alertId}',
      operationId: 'getAlert',
      summary: 'One alert with its rule, detections, activity and similar alerts',
      permission: 'alerts:read',
      params,
      output: alertDetail,
      errors: ['NOT_FOUND'],
      handle: ({ params }) => alerts.get(params.alertId),
    }),
    jsonRoute({
      method: 'PATCH',
      path: '/api/v1/alerts/{alertId}',
      operationId: 'updateAlert',
      summary: 'Change status, resolution, assignee or severity, with or without a comment',
      permission: 'alerts:write',
      params,
      body: alertUpdate,
      output: alert,
      errors: ['NOT_FOUND', 'STALE_EDIT', 'UNPROCESSABLE'],
      handle: ({ params, body }, { actor }) => alerts.update(actor, params.alertId, body),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/alerts/{alertId}/comments',
      operationId: 'commentOnAlert',
      summary: 'Add a comment',
      permission: 'alerts:write',
      params,
      body: alertComment,
      output: alert,
      errors: ['NOT_FOUND'],
      handle: ({ params, body }, { actor }) => alerts.update(actor, params.alertId, { comment: body.text }),
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/alerts/{alertId}/why',
      operationId: 'explainAlert',
      summary: "Which of the rule's predicates matched which value of an event",
      permission: 'alerts:read',
      params,
      query: z.object({ eventId }),
      output: alertWhy,
      errors: ['NOT_FOUND', 'GONE'],
      handle: ({ params, query }) => context.why(params.alertId, query.eventId),
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/alerts/{alertId}/events',
      operationId: 'listEventsAroundAlert',
      summary: 'Events of the same host, user or address shortly before and after a detection',
      permission: 'alerts:read',
      params,
      query: z.object({
        eventId: eventId.optional().describe('the detection to look around; the first when absent'),
        before: z.coerce.number().int().min(0).max(100).default(10),
        after: z.coerce.number().int().min(0).max(100).default(10),
      }),
      output: z.object({ items: z.array(eventView), entity: z.string().nullable() }),
      errors: ['NOT_FOUND'],
      handle: ({ params, query }) => context.around(params.alertId, query),
    }),
  ]
}
