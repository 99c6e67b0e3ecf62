import {
  indicator,
  indicatorBulk,
  indicatorBulkResult,
  indicatorChange,
  indicatorFacets,
  type indicatorFilter,
  indicatorId,
  indicatorImportQuery,
  indicatorImportResult,
  indicatorLookup,
  indicatorLookupQuery,
  indicatorPage,
  indicatorQuery,
  newIndicator,
  warningList,
  warningListChange,
  warningListId,
  warningListImport,
  warningListImportResult,
  warningLists,
} from '@watchfloor/contracts/intel'
import { Refusal } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import { decodeBody } from '../../platform/http/decode-body.ts'
import { jsonRoute, type Route, rawRoute } from '../../platform/http/route.ts'
import type { Indicators } from './indicators/service.ts'
import type { IndicatorFilter } from './indicators/store.ts'
import type { WarningListService } from './warning-lists/service.ts'

const params = z.object({ indicatorId })
const listParams = z.object({ warningListId })
const maxImportBytes = 2 * 1024 * 1024 * 1024
const maxListBytes = 64 * 1024 * 1024

const partsOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)

const filterOf = (query: z.output<typeof indicatorFilter>): IndicatorFilter => ({
  types: partsOf(query.type),
  tlps: partsOf(query.tlp),
  ...(query.text ? { text: query.text } : {}),
  ...(query.source ? { source: query.source } : {}),
  ...(query.label ? { label: query.label } : {}),
  ...(query.minConfidence === undefined ? {} : { minConfidence: query.minConfidence }),
  ...(query.state ? { state: query.state } : {}),
})

export const indicatorRoutes = (indicators: Indicators): Route[] => [
  jsonRoute({
    method: 'GET',
    path: '/api/v1/indicators',
    operationId: 'listIndicators',
    summary: 'Indicators by type, source, label, confidence and part of the value',
    permission: 'intel:read',
    query: indicatorQuery,
    output: indicatorPage,
    handle: ({ query }) => indicators.list(filterOf(query), query),
  }),
  jsonRoute({
    method: 'GET',
    path: '/api/v1/indicators/facets',
    operationId: 'countIndicators',
    summary: 'How many indicators there are of each type and source',
    permission: 'intel:read',
    output: indicatorFacets,
    handle: () => indicators.facets(),
  }),
  jsonRoute({
    method: 'GET',
    path: '/api/v1/indicators/lookup',
    operationId: 'lookUpIndicator',
    summary: 'What is known of a value: indicators and warning lists that cover it',
    permission: 'intel:read',
    query: indicatorLookupQuery,
    output: indicatorLookup,
    handle: ({ query }) => indicators.lookup(query.value),
  }),
  rawRoute({
    method: 'POST',
    path: '/api/v1/indicators/import',
    operationId: 'importIndicators',
    summary: 'Import a list: plain values, CSV with a header, or one JSON object a line; gzip allowed',
    permission: 'intel:write',
    query: indicatorImportQuery,
    consumes: ['text/plain', 'text/csv', 'application/x-ndjson'],
    produces: ['application/json'],
    output: indicatorImportResult,
    errors: ['BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
    rateLimitPerMinute: 6000,
    handle: async ({ query, body }, { actor, headers }) => {
      const decoded = decodeBody(body, headers['content-encoding'], { maxBytes: maxImportBytes })
      const result = await indicators.import(actor, query, decoded)
      return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(result) }
    },
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/indicators/bulk',
    operationId: 'changeIndicators',
    summary: 'Switch, expire or delete many indicators, by ids or by a whole filter',
    permission: 'intel:write',
    body: indicatorBulk,
    output: indicatorBulkResult,
    handle: async ({ body }, { actor }) => {
      if (!body.ids && !body.filter)
        throw new Refusal('VALIDATION_FAILED', 'name the indicators by `ids` or by `filter`')
      const filter = { ...(body.filter ? filterOf(body.filter) : {}), ...(body.ids ? { ids: body.ids } : {}) }
      return { changed: await indicators.bulk(actor, filter, body.action) }
    },
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/indicators',
    operationId: 'createIndicator',
    summary: 'Add one indicator',
    permission: 'intel:write',
    body: newIndicator,
    output: indicator,
    status: 201,
    errors: ['CONFLICT'],
    handle: ({ body }, { actor }) => indicators.create(actor, body),
  }),
  jsonRoute({
    method: 'GET',
    path: '/api/v1/indicators/{indicatorId}',
    operationId: 'getIndicator',
    summary: 'One indicator',
    permission: 'intel:read',
    params,
    output: indicator,
    errors: ['NOT_FOUND'],
    handle: ({ params }) => indicators.get(params.indicatorId),
  }),
  jsonRoute({
    method: 'PATCH',
    path: '/api/v1/indicators/{indicatorId}',
    operationId: 'updateIndicator',
    summary: 'Change what is said of an indicator, or switch it',
    permission: 'intel:write',
    params,
    body: indicatorChange,
    output: indicator,
    errors: ['NOT_FOUND'],
    handle: ({ params, body }, { actor }) => indicators.update(actor, params.indicatorId, body),
  }),
  jsonRoute({
    method: 'DELETE',
    path: '/api/v1/indicators/{indicatorId}',
    operationId: 'deleteIndicator',
    summary: 'Delete an indicator; detections that it made stay',
    permission: 'intel:write',
    params,
    errors: ['NOT_FOUND'],
    handle: async ({ params }, { actor }) => {
      await indicators.get(params.indicatorId)
      await indicators.bulk(actor, { ids: [params.indicatorId] }, 'delete')
    },
  }),
]

export const warningListRoutes = (lists: WarningListService): Route[] => [
  jsonRoute({
    method: 'GET',
    path: '/api/v1/warning-lists',
    operationId: 'listWarningLists',
    summary: 'Lists of values that are known to be harmless',
    permission: 'intel:read',
    output: warningLists,
    handle: async () => ({ items: await lists.list() }),
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/warning-lists/import',
    operationId: 'importWarningList',
    summary: 'Add or bring up to date one list as MISP publishes it',
    permission: 'intel:write',
    body: warningListImport,
    output: warningListImportResult,
    bodyLimitBytes: maxListBytes,
    rateLimitPerMinute: 600,
    handle: ({ body }, { actor }) => lists.import(actor, body.slug, body.list),
  }),
  jsonRoute({
    method: 'PATCH',
    path: '/api/v1/warning-lists/{warningListId}',
    operationId: 'updateWarningList',
    summary: 'Choose whether a list keeps detections from being made, is named beside them, or is off',
    permission: 'intel:write',
    params: listParams,
    body: warningListChange,
    output: warningList,
    errors: ['NOT_FOUND'],
    handle: ({ params, body }, { actor }) => lists.setEffect(actor, params.warningListId, body.effect),
  }),
  jsonRoute({
    method: 'DELETE',
    path: '/api/v1/warning-lists/{warningListId}',
    operationId: 'deleteWarningList',
    summary: 'Delete a warning list',
    permission: 'intel:write',
    params: listParams,
    errors: ['NOT_FOUND'],
    handle: ({ params }, { actor }) => lists.remove(actor, params.warningListId),
  }),
]
