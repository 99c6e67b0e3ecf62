import type { Actor, Permission } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import type { Cache } from '../cache/cache.ts'
import { systemClock } from '../clock/clock.ts'
import { memoryLog } from '../log/memory-log.ts'
import { createMetrics } from '../metrics/prometheus.ts'
import type { Caller, Credentials } from './admission.ts'
import { jsonRoute, type Route } from './route.ts'
import { createHttpServer, type HttpOptions } from './server.ts'

export const actorWith = (...permissions: Permission[]): Actor => ({
  kind: 'user',
  id: 'u1',
  name: 'ann@example.org',
  roles: ['analyst'],
  permissions: new Set(permissions),
})

/** A counting window per key; forgets nothing, as tests are short. */
export function countingCache(): Pick<Cache, 'take'> & Cache {
  const counts = new Map<string, number>()
  const absent = async () => {}
  return {
    get: async () => undefined,
    set: absent,
    delete: absent,
    async take(key, limit) {
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      const allowed = count <= limit
      return { allowed, remaining: Math.max(0, limit - count), retryAfterMs: allowed ? 0 : 1500 }
    },
    publish: absent,
    subscribe: async () => absent,
    ping: absent,
    close: absent,
  }
}

/** `authorization: Bearer a:read,b:write` is somebody with these permissions; the cookie `session` likewise; nothing is nobody. */
export async function authenticateByWord({ headers, cookies }: Credentials): Promise<Caller> {
  const bearer = headers.authorization?.replace('Bearer ', '')
  const named = (text: string) => actorWith(...(text.split(',') as Permission[]))
  if (bearer !== undefined) return { actor: named(bearer), via: 'bearer' }
  if (cookies.session !== undefined) return { actor: named(cookies.session), via: 'session' }
  return { actor: actorWith(), via: 'none' }
}

export const echoBody = z.object({ title: z.string().min(1), count: z.number().int().optional() })

export const echoRoute = jsonRoute({
  method: 'POST',
  path: '/api/v1/echo/{id}',
  operationId: 'echo',
  summary: 'Says it back',
  permission: 'echo:write',
  params: z.object({ id: z.string().max(10) }),
  query: z.object({ limit: z.coerce.number().int().optional(), tag: z.array(z.string()).optional() }),
  body: echoBody,
  output: z.object({ id: z.string(), title: z.string(), tag: z.array(z.string()).optional() }),
  handle: async ({ params, query, body }) => ({ id: params.id, title: body.title, tag: query.tag }),
})

/** A server of these routes for a test, with a log to look at. */
export function testServer(routes: readonly Route[], options: HttpOptions = {}, cache: Cache = countingCache()) {
  const log = memoryLog()
  const metrics = createMetrics()
  const server = createHttpServer({
    routes,
    authenticate: authenticateByWord,
    permissions: [{ name: 'echo:write' }, { name: 'echo:read' }, { name: 'system:metrics' }],
    log,
    metrics,
    cache,
    clock: systemClock,
    options: { checkOutputs: true, ...options },
  })
  return { server, log, metrics }
}
