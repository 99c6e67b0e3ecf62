import { apiKeyCreate, apiKeyCreated, apiKeyListQuery, apiKeyPage, apiKeyParams } from '@watchfloor/contracts/identity'
import { jsonRoute, type Route } from '../../../platform/http/route.ts'
import type { IdentityServices } from '../service.ts'
import { knownOf, originOf, personOf } from './calls.ts'

export const apiKeyRoutes = (services: IdentityServices): Route[] => [
  jsonRoute({
    method: 'GET',
    path: '/api/v1/api-keys',
    operationId: 'listApiKeys',
    summary: 'Your API keys; with `api-keys:read` those of everybody',
    permission: 'self',
    query: apiKeyListQuery,
    output: apiKeyPage,
    errors: ['GONE'],
    async handle({ query: { cursor, limit, ...filter } }, context) {
      return services.apiKeys.list(context.actor, await knownOf(services, context), filter, { cursor, limit })
    },
  }),
  jsonRoute({
    method: 'POST',
    path: '/api/v1/api-keys',
    operationId: 'createApiKey',
    summary: 'Makes an API key; its secret is shown this once',
    permission: 'self',
    body: apiKeyCreate,
    output: apiKeyCreated,
    errors: ['BAD_CREDENTIALS', 'ACCOUNT_LOCKED', 'CONFLICT'],
    handle: async ({ body }, context) =>
      services.apiKeys.create(context.actor, await personOf(services, context), body, originOf(context)),
  }),
  jsonRoute({
    method: 'DELETE',
    path: '/api/v1/api-keys/{apiKeyId}',
    operationId: 'revokeApiKey',
    summary: 'Revokes an API key at once',
    permission: 'self',
    params: apiKeyParams,
    errors: ['NOT_FOUND', 'CONFLICT'],
    handle: async ({ params }, context) =>
      services.apiKeys.revoke(context.actor, await knownOf(services, context), params.apiKeyId),
  }),
]
