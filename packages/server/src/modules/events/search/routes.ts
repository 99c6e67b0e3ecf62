import {
  completeQuery,
  completions,
  deadLetterPage,
  eventDetail,
  eventPage,
  eventSearchQuery,
  exportQuery,
  fieldList,
  fieldListQuery,
  histogram,
  histogramQuery,
  queryCheck,
  topValues,
  topValuesQuery,
} from '@watchfloor/contracts/events'
import { eventId } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import { jsonRoute, type Route, rawRoute } from '../../../platform/http/route.ts'
import type { DeadLetters } from '../dead-letters.ts'
import { asCsv, asNdjson } from './export.ts'
import type { EventSearch } from './service.ts'

const exportPage = 1000

export function searchRoutes(search: EventSearch, deadLetters: DeadLetters): Route[] {
  const read = { method: 'GET', permission: 'events:read' } as const
  const searching = { ...read, errors: ['QUERY_INVALID'] as const }
  return [
    jsonRoute({
      ...searching,
      path: '/api/v1/events/search',
      operationId: 'searchEvents',
      summary: 'Events in a time range that match a query',
      query: eventSearchQuery,
      output: eventPage,
      handle: ({ query: { cursor, ...query } }) => search.search({ ...query, ...(cursor ? { cursor } : {}) }),
    }),
    jsonRoute({
      ...searching,
      path: '/api/v1/events/histogram',
      operationId: 'countEventsOverTime',
      summary: 'How many events match, over time',
      query: histogramQuery,
      output: histogram,
      handle: ({ query }) => search.histogram(query),
    }),
    jsonRoute({
      ...searching,
      path: '/api/v1/events/fields',
      operationId: 'listEventFields',
      summary: 'Which fields matching events hold',
      query: fieldListQuery,
      output: fieldList,
      handle: ({ query }) => search.fields(query),
    }),
    jsonRoute({
      ...searching,
      path: '/api/v1/events/values',
      operationId: 'listEventValues',
      summary: 'The most frequent values of a field',
      query: topValuesQuery,
      output: topValues,
      handle: ({ query }) => search.topValues(query),
    }),
    jsonRoute({
      ...read,
      path: '/api/v1/events/query/check',
      operationId: 'checkQuery',
      summary: 'All diagnostics of a query',
      query: z.object({ q: z.string().max(8192) }),
      output: queryCheck,
      handle: async ({ query }) => search.check(query.q),
    }),
    jsonRoute({
      ...read,
      path: '/api/v1/events/query/complete',
      operationId: 'completeQuery',
      summary: 'Suggestions at a cursor in a query',
      query: completeQuery,
      output: completions,
      handle: ({ query }) => search.complete(query),
    }),
    rawRoute({
      ...searching,
      path: '/api/v1/events/export',
      operationId: 'exportEvents',
      summary: 'All matching events, oldest first, as NDJSON or CSV',
      query: exportQuery,
      produces: ['application/x-ndjson', 'text/csv'],
      handle: async ({ query }) => {
        search.checkRange(query)
        const pages = search.scan(query, exportPage)
        const columns = (query.columns ?? '')
          .split(',')
          .map((one) => one.trim())
          .filter(Boolean)
        const csv = query.format === 'csv'
        return {
          status: 200,
          headers: {
            'content-type': csv ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
            'content-disposition': `attachment; filename="events.${csv ? 'csv' : 'ndjson'}"`,
          },
          body: csv ? asCsv(pages, columns) : asNdjson(pages),
        }
      },
    }),
    jsonRoute({
      ...read,
      path: '/api/v1/events/dead-letters',
      operationId: 'listDeadLetters',
      summary: 'Records that could not be processed, and why',
      query: z.object({
        cursor: z.coerce.number().int().optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
      output: deadLetterPage,
      handle: ({ query }) => deadLetters.page(query.cursor, query.limit),
    }),
    jsonRoute({
      ...read,
      path: '/api/v1/events/{eventId}',
      operationId: 'getEvent',
      summary: 'One event: fields, original, what rules see, and where each field came from',
      params: z.object({ eventId }),
      output: eventDetail,
      errors: ['NOT_FOUND'],
      handle: ({ params }) => search.get(params.eventId),
    }),
  ]
}
