import { Refusal, ruleId } from '@watchfloor/contracts/kernel'
import {
  ruleBulk,
  ruleBulkResult,
  ruleCheck,
  ruleCheckResult,
  ruleDetail,
  ruleFacets,
  ruleImport,
  ruleImportResult,
  ruleListQuery,
  rulePage,
  rulePolicy,
  ruleSave,
  ruleTry,
  ruleTryResult,
  ruleUpdate,
} from '@watchfloor/contracts/rules'
import { z } from 'zod'
import { jsonRoute, type Route } from '../../platform/http/route.ts'
import type { Rules } from './service.ts'
import type { RuleFilter } from './store.ts'

const params = z.object({ ruleId })
const importLimitBytes = 64 * 1024 * 1024

type ListFilter = Omit<z.output<typeof ruleListQuery>, 'cursor' | 'limit' | 'sort'>

const listOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)

const filterOf = (query: ListFilter): RuleFilter => ({
  levels: listOf(query.level),
  statuses: listOf(query.status),
  ...(query.text ? { text: query.text } : {}),
  ...(query.enabled ? { enabled: query.enabled === 'true' } : {}),
  ...(query.state ? { state: query.state } : {}),
  ...(query.kind ? { kind: query.kind } : {}),
  ...(query.product ? { product: query.product } : {}),
  ...(query.pack ? { pack: query.pack } : {}),
  ...(query.technique ? { technique: query.technique } : {}),
})

export function offsetOf(cursor: string | undefined): number {
  const offset = cursor === undefined ? 0 : Number(cursor)
  if (!Number.isInteger(offset) || offset < 0 || offset > 1_000_000)
    throw new Refusal('BAD_REQUEST', 'cursor: not a cursor of this list', { remedy: 'Ask again without a cursor.' })
  return offset
}

export function ruleRoutes(rules: Rules): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/rules',
      operationId: 'listRules',
      summary: 'Rules by level, status, state, product, technique and words',
      permission: 'rules:read',
      query: ruleListQuery,
      output: rulePage,
      handle: ({ query }) =>
        rules.list(filterOf(query), { sort: query.sort, offset: offsetOf(query.cursor), limit: query.limit }),
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/rules/facets',
      operationId: 'countRules',
      summary: 'How many rules there are of each kind',
      permission: 'rules:read',
      output: ruleFacets,
      handle: () => rules.facets(),
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/rules/policy',
      operationId: 'getRulePolicy',
      summary: 'Which rules run by themselves',
      permission: 'rules:read',
      output: rulePolicy,
      handle: () => rules.policy(),
    }),
    jsonRoute({
      method: 'PUT',
      path: '/api/v1/rules/policy',
      operationId: 'setRulePolicy',
      summary: 'Choose the levels and statuses that run by themselves',
      permission: 'rules:write',
      body: rulePolicy,
      output: rulePolicy,
      handle: ({ body }, { actor }) => rules.setPolicy(actor, body),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/rules/check',
      operationId: 'checkRule',
      summary: 'All diagnostics of a rule, without saving it',
      permission: 'rules:read',
      body: ruleCheck,
      output: ruleCheckResult,
      bodyLimitBytes: 2 * 1024 * 1024,
      handle: async ({ body }) => {
        const { valid, file } = await rules.check(body.yaml)
        return {
          valid,
          diagnostics: [...file.diagnostics],
          rules: file.rules.map((rule) => ({ id: rule.id, title: rule.title, level: rule.level })),
        }
      },
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/rules/try',
      operationId: 'tryRule',
      summary: 'Run a rule on sample events, without saving either',
      permission: 'rules:read',
      body: ruleTry,
      output: ruleTryResult,
      bodyLimitBytes: 16 * 1024 * 1024,
      errors: ['UNPROCESSABLE'],
      handle: ({ body }) => rules.try(body.yaml, body.events),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/rules/import',
      operationId: 'importRules',
      summary: 'Add and update rules from files of a pack',
      permission: 'rules:write',
      body: ruleImport,
      output: ruleImportResult,
      bodyLimitBytes: importLimitBytes,
      errors: ['UNPROCESSABLE'],
      handle: ({ body }, { actor }) => rules.importFiles(actor, body.pack, body.files),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/rules/bulk',
      operationId: 'changeRules',
      summary: 'Switch, give a status of ours to, or delete many rules, by ids or by a whole filter',
      permission: 'rules:write',
      body: ruleBulk,
      output: ruleBulkResult,
      handle: async ({ body }, { actor }) => {
        if (!body.ids && !body.filter) throw new Refusal('VALIDATION_FAILED', 'name the rules by `ids` or by `filter`')
        const filter = { ...(body.filter ? filterOf(body.filter) : {}), ...(body.ids ? { ids: body.ids } : {}) }
        return { changed: await rules.bulk(actor, filter, body.action) }
      },
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/rules',
      operationId: 'createRule',
      summary: 'Save a new rule',
      permission: 'rules:write',
      body: ruleSave,
      output: ruleDetail,
      status: 201,
      bodyLimitBytes: 2 * 1024 * 1024,
      errors: ['RULE_INVALID', 'CONFLICT'],
      handle: ({ body }, { actor }) => rules.create(actor, body.yaml, body.origin ?? 'own'),
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/rules/{ruleId}',
      operationId: 'getRule',
      summary: 'One rule with its text and diagnostics',
      permission: 'rules:read',
      params,
      output: ruleDetail,
      errors: ['NOT_FOUND'],
      handle: ({ params }) => rules.get(params.ruleId),
    }),
    jsonRoute({
      method: 'PUT',
      path: '/api/v1/rules/{ruleId}',
      operationId: 'updateRule',
      summary: "Save a rule's new text as its next version",
      permission: 'rules:write',
      params,
      body: ruleUpdate,
      output: ruleDetail,
      bodyLimitBytes: 2 * 1024 * 1024,
      errors: ['NOT_FOUND', 'STALE_EDIT', 'RULE_INVALID', 'RULE_SAMPLES_BROKEN', 'UNPROCESSABLE'],
      handle: ({ params, body }, { actor }) => rules.update(actor, params.ruleId, body.yaml, body),
    }),
    jsonRoute({
      method: 'DELETE',
      path: '/api/v1/rules/{ruleId}',
      operationId: 'deleteRule',
      summary: 'Delete a rule; its versions and detections stay',
      permission: 'rules:write',
      params,
      errors: ['NOT_FOUND'],
      handle: async ({ params }, { actor }) => {
        await rules.get(params.ruleId)
        await rules.bulk(actor, { ids: [params.ruleId] }, 'delete')
      },
    }),
  ]
}
