import { auditExportQuery, auditPage, auditQuery, auditVerification } from '@watchfloor/contracts/audit'
import { jsonRoute, type Route, rawRoute } from '../../platform/http/route.ts'
import { csvOf, ndjsonOf } from './export-text.ts'
import type { Audit } from './service.ts'

export const auditRoutes = (audit: Audit): Route[] => [
  jsonRoute({
    method: 'GET',
    path: '/api/v1/audit',
    operationId: 'listAudit',
    summary: 'The audit log, newest first',
    permission: 'audit:read',
    query: auditQuery,
    output: auditPage,
    errors: ['GONE'],
    handle: ({ query: { cursor, limit, ...filter } }) => audit.list(filter, { cursor, limit }),
  }),
  rawRoute({
    method: 'GET',
    path: '/api/v1/audit/export',
    operationId: 'exportAudit',
    summary: 'The audit log as NDJSON or CSV',
    permission: 'audit:read',
    rateLimitPerMinute: 10,
    query: auditExportQuery,
    produces: ['application/x-ndjson', 'text/csv'],
    async handle({ query: { format, ...filter } }, { actor, signal }) {
      const records = audit.export(actor, filter, signal)
      const csv = format === 'csv'
      return {
        status: 200,
        headers: {
          'content-type': csv ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8',
          'content-disposition': `attachment; filename="audit.${format}"`,
        },
        body: csv ? csvOf(records) : ndjsonOf(records),
      }
    },
  }),
  jsonRoute({
    method: 'GET',
    path: '/api/v1/audit/verify',
    operationId: 'verifyAudit',
    summary: 'Walks the chain and tells the first record that was changed, removed or moved',
    permission: 'audit:verify',
    rateLimitPerMinute: 6,
    output: auditVerification,
    handle: () => audit.verify(),
  }),
]
