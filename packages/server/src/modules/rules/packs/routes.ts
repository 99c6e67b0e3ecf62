import { Refusal, ruleId } from '@watchfloor/contracts/kernel'
import {
  packChangeDiff,
  packChangePage,
  packChangeParams,
  packChangeQuery,
  packParams,
  packUpdate,
  packUpdateApply,
  packUpdateFiles,
  packUpdateNew,
  packUpdateParams,
  packUrl,
  ruleOffer,
  ruleOfferAnswer,
  rulePackList,
} from '@watchfloor/contracts/rules'
import { z } from 'zod'
import { jsonRoute, type Route, rawRoute } from '../../../platform/http/route.ts'
import { offsetOf } from '../routes.ts'
import { archiveLimits } from './archive.ts'
import type { RuleOffers } from './offers.ts'
import type { RulePacks } from './service.ts'

const filesLimitBytes = 64 * 1024 * 1024
const read = 'rules:read'
const write = 'rules:write'

export const packRoutes = (packs: RulePacks, offers: RuleOffers): Route[] => [
  ...listRoutes(packs),
  ...readingRoutes(packs),
  ...updateRoutes(packs),
  ...offerRoutes(offers),
]

const listRoutes = (packs: RulePacks): Route[] => [
  jsonRoute({
    method: 'GET',
    path: '/api/v1/rule-packs',
    operationId: 'listRulePacks',
    summary: 'Packs of rules, with what of them runs and what was changed here',
    permission: read,
    output: rulePackList,
    handle: async () => ({ items: await packs.list() }),
  }),
  jsonRoute({
    method: 'PUT',
    path: '/api/v1/rule-packs/{pack}/url',
    operationId: 'setRulePackUrl',
    summary: 'Choose where updates of a pack are fetched from',
    permission: 'rules:sources',
    params: packParams,
    body: packUrl,
    handle: ({ params, body }, { actor }) => packs.setUrl(actor, params.pack, body.url),
  }),
  jsonRoute({
    method: 'DELETE',
    path: '/api/v1/rule-packs/{pack}',
    operationId: 'removeRulePack',
    summary: 'Take a pack away with its rules; those changed here stay',
    permission: write,
    params: packParams,
    output: z.object({ removed: z.number().int(), kept: z.number().int() }),
    errors: ['NOT_FOUND'],
    handle: ({ params }, { actor }) => packs.remove(actor, params.pack),
  }),
  jsonRoute({
    method: 'GET',
    path: '/api/v1/rule-packs/{pack}/updates',
    operationId: 'listRulePackUpdates',
    summary: 'Updates of a pack that wait to be looked at',
    permission: read,
    params: packParams,
    output: z.object({ items: z.array(packUpdate) }),
    handle: async ({ params }) => ({ items: await packs.waiting(params.pack) }),
  }),
]

const readingRoutes = (packs: RulePacks): Route[] => [
  jsonRoute({
    method: 'POST',
    path: '/api/v1/rule-packs/{pack}/updates',
    operationId: 'beginRulePackUpdate',
    summary: 'Begin an update of a pack from files that follow',
    permission: write,
    params: packParams,
    body: packUpdateNew,
    output: packUpdate,
    status: 201,
    handle: ({ params, body }, { actor }) => packs.begin(actor, params.pack, body.version ?? null),
  }),
  rawRoute({
    method: 'POST',
    path: '/api/v1/rule-packs/{pack}/archive',
    operationId: 'readRulePackArchive',
    summary: 'Compare a .zip, .tar.gz or .tar archive with a pack',
    permission: write,
    params: packParams,
    query: packUpdateNew,
    consumes: ['application/zip', 'application/gzip', 'application/x-tar', 'application/octet-stream'],
    output: packUpdate,
    errors: ['BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'UNPROCESSABLE'],
    async handle({ params, query, body }, { actor }) {
      const update = await packs.readArchive(actor, params.pack, await allOf(body), query.version ?? null)
      return { status: 201, headers: { 'content-type': 'application/json' }, body: JSON.stringify(update) }
    },
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/rule-packs/{pack}/fetch',
    operationId: 'fetchRulePack',
    summary: 'Fetch a pack from its address and compare it',
    permission: write,
    params: packParams,
    output: packUpdate,
    status: 201,
    errors: ['NOT_FOUND', 'UNPROCESSABLE'],
    handle: ({ params }, { actor }) => packs.fetch(actor, params.pack),
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/rule-pack-updates/{updateId}/files',
    operationId: 'addRulePackFiles',
    summary: 'Add files to an update that is being read',
    permission: write,
    params: packUpdateParams,
    body: packUpdateFiles,
    output: packUpdate,
    bodyLimitBytes: filesLimitBytes,
    errors: ['NOT_FOUND', 'CONFLICT', 'BODY_TOO_LARGE', 'UNPROCESSABLE'],
    handle: ({ params, body }) => packs.addFiles(params.updateId, body.files),
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/rule-pack-updates/{updateId}/finish',
    operationId: 'finishRulePackUpdate',
    summary: 'Say that an update has all its files, so that what is gone is known',
    permission: write,
    params: packUpdateParams,
    output: packUpdate,
    errors: ['NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE'],
    handle: ({ params }) => packs.finish(params.updateId),
  }),
]

const updateRoutes = (packs: RulePacks): Route[] => [
  jsonRoute({
    method: 'GET',
    path: '/api/v1/rule-pack-updates/{updateId}',
    operationId: 'getRulePackUpdate',
    summary: 'What an update of a pack would change, in numbers',
    permission: read,
    params: packUpdateParams,
    output: packUpdate,
    errors: ['NOT_FOUND'],
    handle: ({ params }) => packs.update(params.updateId),
  }),
  jsonRoute({
    method: 'GET',
    path: '/api/v1/rule-pack-updates/{updateId}/changes',
    operationId: 'listRulePackChanges',
    summary: 'What an update of a pack would change, conflicts first',
    permission: read,
    params: packUpdateParams,
    query: packChangeQuery,
    output: packChangePage,
    handle: ({ params, query }) =>
      packs.changes(params.updateId, { kind: query.kind, offset: offsetOf(query.cursor), limit: query.limit }),
  }),
  jsonRoute({
    method: 'GET',
    path: '/api/v1/rule-pack-updates/{updateId}/changes/{ruleId}',
    operationId: 'getRulePackChange',
    summary: "One rule's text as it is and as an update would make it",
    permission: read,
    params: packChangeParams,
    output: packChangeDiff,
    errors: ['NOT_FOUND'],
    handle: ({ params }) => packs.change(params.updateId, params.ruleId),
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/rule-pack-updates/{updateId}/apply',
    operationId: 'applyRulePackUpdate',
    summary: 'Apply an update; what was changed here stays unless it is named',
    permission: write,
    params: packUpdateParams,
    body: packUpdateApply,
    output: packUpdate,
    status: 202,
    errors: ['NOT_FOUND', 'CONFLICT'],
    handle: ({ params, body }, { actor }) => packs.apply(actor, params.updateId, body),
  }),
  jsonRoute({
    method: 'DELETE',
    path: '/api/v1/rule-pack-updates/{updateId}',
    operationId: 'dropRulePackUpdate',
    summary: 'Throw an update away',
    permission: write,
    params: packUpdateParams,
    errors: ['NOT_FOUND', 'CONFLICT'],
    handle: ({ params }) => packs.drop(params.updateId),
  }),
]

const offerRoutes = (offers: RuleOffers): Route[] => [
  jsonRoute({
    method: 'GET',
    path: '/api/v1/rules/{ruleId}/offer',
    operationId: 'getRuleOffer',
    summary: "A pack's newer text for a rule that was changed here",
    permission: read,
    params: z.object({ ruleId }),
    output: ruleOffer,
    errors: ['NOT_FOUND'],
    handle: ({ params }) => offers.get(params.ruleId),
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/rules/{ruleId}/offer',
    operationId: 'answerRuleOffer',
    summary: "Take or decline a pack's newer text",
    permission: write,
    params: z.object({ ruleId }),
    body: ruleOfferAnswer,
    errors: ['NOT_FOUND', 'STALE_EDIT'],
    handle: ({ params, body }, { actor }) => offers.answer(actor, params.ruleId, body),
  }),
]

async function allOf(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of body) {
    bytes += part.byteLength
    if (bytes > archiveLimits.packedBytes)
      throw new Refusal('BODY_TOO_LARGE', `the archive is larger than ${archiveLimits.packedBytes} bytes`, {
        remedy: 'Leave out of it what are no rules.',
      })
    parts.push(part)
  }
  return Buffer.concat(parts)
}
