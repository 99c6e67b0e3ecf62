import { type ErrorCode, errorCatalogue, problem } from '@watchfloor/contracts/kernel'
import type { z } from 'zod'
import { createSchemaCollection, type JsonSchema, type SchemaCollection } from './openapi-schemas.ts'
import type { Route } from './route.ts'
import { objectShape, pathParameters } from './route-table.ts'

export interface OpenApiInfo {
  readonly title: string
  readonly version: string
  readonly description?: string
  /** Name of the session cookie. */
  readonly sessionCookie: string
  /** Header that carries an API key. */
  readonly apiKeyHeader: string
}

const problemSchema = problem.meta({ id: 'Problem', description: 'The body of every answer that is not a success' })

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description?: string
  readonly schema: JsonSchema
}

function parametersOf(
  route: Route,
  place: 'path' | 'query',
  schema: z.ZodType | undefined,
  schemas: SchemaCollection,
): Parameter[] {
  const shape = objectShape(schema)
  const names = place === 'path' ? pathParameters(route.path) : Object.keys(shape ?? {})
  return names.map((name) => {
    const field = shape?.[name]
    const fieldSchema = field ? schemas.add(field, `${route.operationId}${capital(name)}`) : { type: 'string' }
    const { description, ...rest } = fieldSchema
    const required = place === 'path' || (field !== undefined && !field.safeParse(undefined).success)
    return { name, in: place, required, ...(typeof description === 'string' && { description }), schema: rest }
  })
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
const bytes: JsonSchema = { type: 'string', format: 'binary' }

function requestBody(route: Route, schemas: SchemaCollection): JsonSchema | undefined {
  if (route.kind === 'json' && route.body) {
    const body = route.body as z.ZodType
    const schema = schemas.add(body, `${route.operationId}Body`)
    return { required: !body.safeParse(undefined).success, content: { 'application/json': { schema } } }
  }
  if (route.kind !== 'raw' || route.method === 'GET' || !route.consumes) return undefined
  return { required: true, content: Object.fromEntries(route.consumes.map((type) => [type, { schema: bytes }])) }
}

function success(route: Route, schemas: SchemaCollection): [status: string, response: JsonSchema] {
  const json = (output: z.ZodType) => ({
    'application/json': { schema: schemas.add(output, `${route.operationId}Output`) },
  })
  if (route.kind === 'live')
    return [
      '200',
      {
        description: 'A stream of server-sent events',
        content: { 'text/event-stream': { schema: { type: 'string' } } },
      },
    ]
  if (route.kind === 'raw') {
    const produced = Object.fromEntries((route.produces ?? []).map((type) => [type, { schema: bytes }]))
    const content = { ...produced, ...(route.output && json(route.output)) }
    return ['2XX', { description: 'Success', ...(Object.keys(content).length > 0 && { content }) }]
  }
  if (!route.output) return [String(route.status ?? 204), { description: 'Success, without a body' }]
  return [String(route.status ?? 200), { description: 'Success', content: json(route.output as z.ZodType) }]
}

function errorsOf(route: Route): ErrorCode[] {
  const codes: ErrorCode[] = ['BAD_REQUEST', 'VALIDATION_FAILED', 'RATE_LIMITED', 'INTERNAL']
  if (route.permission !== 'public') codes.push('UNAUTHENTICATED')
  if (route.permission !== 'public' && route.permission !== 'self') codes.push('FORBIDDEN')
  if (route.method !== 'GET') codes.push('CSRF_REJECTED')
  if (route.kind === 'json' && route.body) codes.push('BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE')
  return [...new Set([...codes, ...(route.errors ?? [])])]
}

function failures(route: Route): Record<string, JsonSchema> {
  const codesByStatus = new Map<number, ErrorCode[]>()
  for (const code of errorsOf(route)) {
    const status = errorCatalogue[code]
    codesByStatus.set(status, [...(codesByStatus.get(status) ?? []), code])
  }
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } }
  return Object.fromEntries(
    [...codesByStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, codes]) => [String(status), { description: codes.join(', '), content }]),
  )
}

/** `/api/v1/alerts/{alertId}` → `alerts`. */
const areaOf = (path: string): string => /^\/api\/v\d+\/([\w-]+)/.exec(path)?.[1] ?? 'system'

const eventPosition: Parameter = {
  name: 'Last-Event-ID',
  in: 'header',
  required: false,
  description: 'Position after which to go on',
  schema: { type: 'string' },
}

function operationOf(route: Route, schemas: SchemaCollection): JsonSchema {
  const params = route.kind === 'live' ? undefined : (route.params as z.ZodType | undefined)
  const parameters = [
    ...parametersOf(route, 'path', params, schemas),
    ...parametersOf(route, 'query', route.query as z.ZodType | undefined, schemas),
    ...(route.kind === 'live' ? [eventPosition] : []),
  ]
  const body = requestBody(route, schemas)
  const [status, response] = success(route, schemas)
  return {
    operationId: route.operationId,
    summary: route.summary,
    tags: [route.tag ?? areaOf(route.path)],
    'x-permission': route.permission,
    ...(route.rateLimitPerMinute !== undefined && { 'x-rate-limit-per-minute': route.rateLimitPerMinute }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: body }),
    responses: { [status]: response, ...failures(route) },
    security: route.permission === 'public' ? [] : [{ session: [] }, { bearer: [] }, { apiKey: [] }],
  }
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const byPathThenMethod = (a: Route, b: Route): number => {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1
  return methods.indexOf(a.method) - methods.indexOf(b.method)
}

/**
 * The OpenAPI 3.1 document of a list of routes. The same routes give the same text, in whatever order they come.
 * @throws Error when two different schemas carry one id
 */
export function openApiDocument(routes: readonly Route[], info: OpenApiInfo): JsonSchema {
  const schemas = createSchemaCollection()
  schemas.add(problemSchema, 'problem')
  const paths: Record<string, JsonSchema> = {}
  const tags = new Set<string>()
  for (const route of [...routes].sort(byPathThenMethod)) {
    const operations = paths[route.path] ?? {}
    operations[route.method.toLowerCase()] = operationOf(route, schemas)
    paths[route.path] = operations
    tags.add(route.tag ?? areaOf(route.path))
  }
  const { title, version, description, sessionCookie, apiKeyHeader } = info
  return {
    openapi: '3.1.0',
    info: { title, version, ...(description !== undefined && { description }) },
    servers: [{ url: '/' }],
    tags: [...tags].sort().map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.components(),
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: sessionCookie,
          description: 'Changes also need the header x-watchfloor-csrf: 1, or a request from the interface itself',
        },
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: apiKeyHeader },
      },
    },
  }
}
