import {
  hunt,
  huntCheck,
  huntCheckResult,
  huntExportQuery,
  huntHitPage,
  huntHitQuery,
  huntId,
  huntKeepResult,
  huntListQuery,
  huntPage,
  huntRunDetail,
  huntRunId,
  huntRunPage,
  huntRunQuery,
  huntRunStart,
  huntSave,
  huntSummary,
  huntToRule,
  huntToRuleResult,
  huntUpdate,
} from '@watchfloor/contracts/hunts'
import { Refusal } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import { jsonRoute, type Route, rawRoute } from '../../platform/http/route.ts'
import { asCsv, asNdjson } from './export.ts'
import { queryFaults } from './prepare.ts'
import { prepareSearch, type SearchSources } from './prepare-listed.ts'
import { ruleOfQuery } from './query-rule.ts'
import type { HuntRuns } from './runs/service.ts'
import type { SavedHunts } from './saved/service.ts'

const huntParams = z.object({ huntId })
const runParams = z.object({ runId: huntRunId })
const bodyLimitBytes = 8 * 1024 * 1024

export function huntRoutes(runs: HuntRuns, saved: SavedHunts, sources: SearchSources): Route[] {
  return [...runRoutes(runs, saved), ...savedRoutes(saved), ...editorRoutes(sources)]
}

function runRoutes(runs: HuntRuns, saved: SavedHunts): Route[] {
  const act = { permission: 'hunts:run', params: runParams, errors: ['NOT_FOUND', 'CONFLICT'] } as const
  const read = { method: 'GET', permission: 'hunts:read', params: runParams, errors: ['NOT_FOUND'] } as const
  return [
    jsonRoute({
      method: 'POST',
      path: '/api/v1/hunts/runs',
      operationId: 'startHunt',
      summary: 'Go over stored events, as a job',
      permission: 'hunts:run',
      body: huntRunStart,
      output: huntRunDetail,
      status: 201,
      bodyLimitBytes,
      errors: ['NOT_FOUND', 'UNPROCESSABLE', 'RATE_LIMITED'],
      handle: async ({ body }, { actor }) => {
        if (body.huntId) await saved.get(body.huntId)
        return runs.start({ actor, reason: 'person' }, body)
      },
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/hunts/runs',
      operationId: 'listHuntRuns',
      summary: 'Runs of hunts, newest first',
      permission: 'hunts:read',
      query: huntRunQuery,
      output: huntRunPage,
      handle: ({ query: { cursor, limit, ...filter } }) => runs.list(filter, { cursor, limit }),
    }),
    jsonRoute({
      ...read,
      path: '/api/v1/hunts/runs/{runId}',
      operationId: 'getHuntRun',
      summary: 'One run: what it looks for and how far it is',
      output: huntRunDetail,
      handle: ({ params }) => runs.get(params.runId),
    }),
    jsonRoute({
      ...read,
      path: '/api/v1/hunts/runs/{runId}/hits',
      operationId: 'listHuntHits',
      summary: 'Events that a run has found, oldest first',
      query: huntHitQuery,
      output: huntHitPage,
      handle: ({ params, query: { cursor, limit, ruleId, entity } }) =>
        runs.hits(params.runId, { ruleId, entity: entityOf(entity) }, { cursor, limit }),
    }),
    jsonRoute({
      ...read,
      path: '/api/v1/hunts/runs/{runId}/summary',
      operationId: 'summariseHuntRun',
      summary: 'When, by which rules and on whom a run has hit',
      output: huntSummary,
      handle: ({ params }) => runs.summary(params.runId),
    }),
    rawRoute({
      ...read,
      path: '/api/v1/hunts/runs/{runId}/export',
      operationId: 'exportHuntHits',
      summary: 'All hits that a run has kept, as NDJSON or CSV',
      query: huntExportQuery,
      produces: ['application/x-ndjson', 'text/csv'],
      handle: async ({ params, query: { format } }) => {
        const pages = await runs.export(params.runId)
        const csv = format === 'csv'
        return {
          status: 200,
          headers: {
            'content-type': csv ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
            'content-disposition': `attachment; filename="hunt.${csv ? 'csv' : 'ndjson'}"`,
          },
          body: csv ? asCsv(pages) : asNdjson(pages),
        }
      },
    }),
    jsonRoute({
      ...act,
      method: 'POST',
      path: '/api/v1/hunts/runs/{runId}/cancel',
      operationId: 'cancelHuntRun',
      summary: 'End a run for good; what it found stays',
      output: huntRunDetail,
      handle: ({ params }, { actor }) => runs.cancel(actor, params.runId),
    }),
    jsonRoute({
      ...act,
      method: 'POST',
      path: '/api/v1/hunts/runs/{runId}/pause',
      operationId: 'pauseHuntRun',
      summary: 'Stop a run where it stands',
      output: huntRunDetail,
      handle: ({ params }, { actor }) => runs.pause(actor, params.runId),
    }),
    jsonRoute({
      ...act,
      method: 'POST',
      path: '/api/v1/hunts/runs/{runId}/resume',
      operationId: 'resumeHuntRun',
      summary: 'Go on with a run from where it stands',
      output: huntRunDetail,
      errors: ['NOT_FOUND', 'CONFLICT', 'RATE_LIMITED'],
      handle: ({ params }, { actor }) => runs.resume(actor, params.runId),
    }),
    jsonRoute({
      ...act,
      method: 'POST',
      path: '/api/v1/hunts/runs/{runId}/keep',
      operationId: 'keepHuntHits',
      summary: 'Make detections, marked retrospective, of what a run has found',
      body: z.object({ alerts: z.boolean().default(true) }),
      output: huntKeepResult,
      handle: async ({ params, body }, { actor }) => ({ detections: await runs.keep(actor, params.runId, body) }),
    }),
    jsonRoute({
      ...act,
      method: 'DELETE',
      path: '/api/v1/hunts/runs/{runId}',
      operationId: 'forgetHuntRun',
      summary: 'Forget a run and its hits; detections stay',
      handle: ({ params }, { actor }) => runs.delete(actor, params.runId),
    }),
  ]
}

function savedRoutes(saved: SavedHunts): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/hunts',
      operationId: 'listHunts',
      summary: 'Saved hunts, newest first, with their last runs',
      permission: 'hunts:read',
      query: huntListQuery,
      output: huntPage,
      handle: ({ query }) => saved.list(query),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/hunts',
      operationId: 'saveHunt',
      summary: 'Save a new hunt',
      permission: 'hunts:write',
      body: huntSave,
      output: hunt,
      status: 201,
      bodyLimitBytes,
      errors: ['UNPROCESSABLE'],
      handle: ({ body }, { actor }) => saved.create(actor, body),
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/hunts/{huntId}',
      operationId: 'getHunt',
      summary: 'One saved hunt',
      permission: 'hunts:read',
      params: huntParams,
      output: hunt,
      errors: ['NOT_FOUND'],
      handle: ({ params }) => saved.get(params.huntId),
    }),
    jsonRoute({
      method: 'PUT',
      path: '/api/v1/hunts/{huntId}',
      operationId: 'updateHunt',
      summary: 'Change a saved hunt',
      permission: 'hunts:write',
      params: huntParams,
      body: huntUpdate,
      output: hunt,
      bodyLimitBytes,
      errors: ['NOT_FOUND', 'STALE_EDIT', 'UNPROCESSABLE'],
      handle: ({ params, body: { expectedVersion, ...body } }, { actor }) =>
        saved.update(actor, params.huntId, body, expectedVersion),
    }),
    jsonRoute({
      method: 'DELETE',
      path: '/api/v1/hunts/{huntId}',
      operationId: 'deleteHunt',
      summary: 'Delete a saved hunt; its runs stay',
      permission: 'hunts:write',
      params: huntParams,
      errors: ['NOT_FOUND'],
      handle: ({ params }, { actor }) => saved.delete(actor, params.huntId),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/hunts/{huntId}/clone',
      operationId: 'cloneHunt',
      summary: 'Copy a saved hunt, without its schedule',
      permission: 'hunts:write',
      params: huntParams,
      output: hunt,
      status: 201,
      errors: ['NOT_FOUND'],
      handle: ({ params }, { actor }) => saved.clone(actor, params.huntId),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/hunts/{huntId}/run',
      operationId: 'runHunt',
      summary: 'Run a saved hunt now',
      permission: 'hunts:run',
      params: huntParams,
      output: huntRunDetail,
      status: 201,
      errors: ['NOT_FOUND', 'UNPROCESSABLE', 'RATE_LIMITED'],
      handle: ({ params }, { actor }) => saved.run(actor, params.huntId),
    }),
  ]
}

function editorRoutes(sources: SearchSources): Route[] {
  return [
    jsonRoute({
      method: 'POST',
      path: '/api/v1/hunts/check',
      operationId: 'checkHunt',
      summary: 'All diagnostics of what is looked for, without running it',
      permission: 'hunts:read',
      body: huntCheck,
      output: huntCheckResult,
      bodyLimitBytes,
      errors: ['UNPROCESSABLE'],
      handle: async ({ body: { search, narrowing } }) => {
        const { diagnostics, parts } = await prepareSearch(search, { id: 'hunt:check', title: 'check' }, sources)
        const all = [
          ...diagnostics,
          ...queryFaults(narrowing).map((one) => ({ ...one, message: `narrowing: ${one.message}` })),
        ]
        return { valid: all.every((one) => one.level !== 'error'), diagnostics: all, parts }
      },
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/hunts/to-rule',
      operationId: 'turnQueryIntoRule',
      summary: 'A Sigma rule that says what a query says, or why there is none',
      permission: 'hunts:read',
      body: huntToRule,
      output: huntToRuleResult,
      handle: async ({ body }) => ruleOfQuery(body.query, body.title),
    }),
  ]
}

/** `host.name=ws-7` */
function entityOf(text: string | undefined): { field: string; value: string } | undefined {
  if (text === undefined) return undefined
  const at = text.indexOf('=')
  if (at < 1)
    throw new Refusal('VALIDATION_FAILED', 'entity: `field=value` is wanted, e.g. `host.name=ws-7`', {
      issues: [{ at: 'query.entity', message: 'not field=value' }],
    })
  return { field: text.slice(0, at), value: text.slice(at + 1) }
}
