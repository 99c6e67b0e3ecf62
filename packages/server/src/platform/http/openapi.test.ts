import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openApiDocument } from './openapi.ts'
import { jsonRoute, liveRoute, type Route, rawRoute } from './route.ts'
import { systemRoutes } from './system-routes.ts'
import { echoRoute, testServer } from './testing.ts'

const info = { title: 'Watchfloor', version: '1.2.3', sessionCookie: 'watchfloor_session', apiKeyHeader: 'x-api-key' }

const item = z
  .object({ id: z.string().transform((id) => id as string & { __id: 'item' }), at: z.iso.datetime() })
  .meta({ id: 'Item' })
interface Tree {
  readonly children: readonly Tree[]
}
const tree: z.ZodType<Tree> = z.object({ children: z.array(z.lazy(() => tree)) })

const listRoute = jsonRoute({
  method: 'GET',
  path: '/api/v1/items',
  operationId: 'listItems',
  summary: 'Items',
  permission: 'echo:read',
  query: z.object({ limit: z.coerce.number().int().default(50), state: z.array(z.enum(['a', 'b'])).optional() }),
  errors: ['NOT_FOUND', 'GONE'],
  output: z.object({ items: z.array(item), tree }),
  handle: async () => ({ items: [], tree: { children: [] } }),
})
const uploadRoute = rawRoute({
  method: 'POST',
  path: '/api/v1/items/upload',
  operationId: 'uploadItems',
  summary: 'Many items',
  permission: 'echo:write',
  consumes: ['application/x-ndjson'],
  output: item,
  handle: async () => ({ status: 202 }),
})
const followRoute = liveRoute({
  method: 'GET',
  path: '/api/v1/items/live',
  operationId: 'followItems',
  summary: 'New items',
  permission: 'self',
  handle: async function* () {},
})
const routes: readonly Route[] = [listRoute, uploadRoute, followRoute, echoRoute]

/** Every `$ref` of a document. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => (key === '$ref' ? [String(inner)] : references(inner)))
}

describe('the OpenAPI document', () => {
  // biome-ignore lint/suspicious/noExplicitAny: read like the untyped JSON it is
  const document = openApiDocument(routes, info) as any

  it('says what goes in, what comes out and who may', () => {
    const operation = document.paths['/api/v1/items'].get
    expect(operation).toMatchObject({
      operationId: 'listItems',
      tags: ['items'],
      'x-permission': 'echo:read',
      security: [{ session: [] }, { bearer: [] }, { apiKey: [] }],
    })
    expect(operation.parameters).toEqual([
      { name: 'limit', in: 'query', required: false, schema: { default: 50, type: 'integer' } },
      {
        name: 'state',
        in: 'query',
        required: false,
        schema: { type: 'array', items: { type: 'string', enum: ['a', 'b'] } },
      },
    ])
    expect(Object.keys(operation.responses)).toEqual(['200', '400', '401', '403', '404', '410', '429', '500'])
    const echo = document.paths['/api/v1/echo/{id}'].post
    expect(echo.parameters[0]).toEqual({
      name: 'id',
      in: 'path',
      required: true,
      schema: { type: 'string', maxLength: 10 },
    })
    expect(echo.requestBody).toMatchObject({ required: true })
    expect(document.paths['/api/v1/items/upload'].post.requestBody.content).toHaveProperty(['application/x-ndjson'])
    expect(document.paths['/api/v1/items/live'].get.responses['200'].content).toHaveProperty(['text/event-stream'])
  })

  it('shares schemas that have a name and resolves every reference', () => {
    expect(Object.keys(document.components.schemas)).toEqual(['Item', 'Problem', 'listItemsOutputPart0'])
    expect(document.components.schemas.Item.properties).toEqual({
      id: { type: 'string' },
      at: { type: 'string', format: 'date-time' },
    })
    for (const reference of references(document)) {
      const name = reference.replace('#/components/schemas/', '')
      expect(document.components.schemas).toHaveProperty([name])
    }
  })

  it('is the same text whatever order the routes come in', () => {
    expect(JSON.stringify(openApiDocument([...routes].reverse(), info))).toBe(JSON.stringify(document))
  })

  it('refuses two schemas of one name', () => {
    const other = jsonRoute({
      method: 'GET',
      path: '/api/v1/other',
      operationId: 'getOther',
      summary: 'Another',
      permission: 'public',
      output: z.object({ other: z.number() }).meta({ id: 'Item' }),
      handle: async () => ({ other: 1 }),
    })
    expect(() => openApiDocument([listRoute, other], info)).toThrow(/Item/)
  })

  it('is served to those who are signed in', async () => {
    const { log, metrics } = testServer([])
    const system: readonly Route[] = systemRoutes({
      health: async () => [],
      metrics,
      log,
      routes: () => [...system, ...routes],
      info,
    })
    const { server } = testServer([...system, ...routes])
    expect((await server.inject('/api/v1/openapi.json')).statusCode).toBe(401)
    const answer = await server.inject({ url: '/api/v1/openapi.json', headers: { authorization: 'Bearer a:b' } })
    expect(answer.json().paths).toHaveProperty(['/health/ready', 'get', 'operationId'], 'getReadiness')
  })
})
