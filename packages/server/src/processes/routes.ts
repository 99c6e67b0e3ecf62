import { auditModule } from '../modules/audit/index.ts'
import { sessionCookie } from '../modules/identity/index.ts'
import { modules } from '../modules/modules.ts'
import { type OpenApiInfo, openApiDocument } from '../platform/http/openapi.ts'
import type { Route } from '../platform/http/route.ts'
import { systemPermissions, systemRoutes } from '../platform/http/system-routes.ts'
import { createMetrics } from '../platform/metrics/prometheus.ts'
import type { PermissionDeclaration, Platform } from '../platform/module/module.ts'
import { backupPermissions, backupRoutes } from './backup/routes.ts'
import { assemble } from './program.ts'

/** What the OpenAPI document says of the whole. */
export const apiInfo: OpenApiInfo = {
  title: 'Watchfloor',
  version: '1',
  description: 'One system for a security operations floor.',
  sessionCookie,
  apiKeyHeader: 'x-api-key',
}

/** A port that only accepts declarations; anything else is a module that works before it is started. */
const declaredOnly = (name: string, allowed: Record<string, unknown> = {}): never =>
  new Proxy(allowed, {
    get(target, key) {
      if (key in target) return target[key as string]
      throw new Error(`${name}.${String(key)} was used before the program was started`)
    },
  }) as never

/** A platform to make modules on and never start them. */
function inertPlatform(): Platform {
  const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log }
  return {
    sql: { kind: 'pglite' } as never,
    bus: { epoch: '' } as never,
    events: {} as never,
    jobs: declaredOnly('jobs', { define() {} }),
    blobs: {} as never,
    cache: {} as never,
    clock: { now: () => 0, monotonic: () => 0 },
    crypto: {} as never,
    outbox: declaredOnly('outbox', { consume() {} }),
    outgoing: {} as never,
    live: {} as never,
    yara: {} as never,
    log,
    metrics: createMetrics(),
    randomBytes: (count) => new Uint8Array(count),
  }
}

/** Every route of the program with every permission, without starting anything: for the document, the client and the tables of access. */
export function collectRoutes(): { routes: Route[]; permissions: PermissionDeclaration[] } {
  const platform = inertPlatform()
  const program = assemble(modules, platform, (module) => module.config?.parse({}) ?? {})
  const neverTaken = () => Promise.reject(new Error('the program was not started'))
  const routes: Route[] = [
    ...program.routes,
    ...backupRoutes({ sql: platform.sql, audit: program.use(auditModule), take: neverTaken }),
  ]
  routes.push(
    ...systemRoutes({
      health: async () => [],
      metrics: platform.metrics,
      log: platform.log,
      routes: () => routes,
      info: apiInfo,
    }),
  )
  return { routes, permissions: [...program.permissions, ...systemPermissions, ...backupPermissions] }
}

/** The OpenAPI 3.1 document of everything served. */
export const openApi = (): Record<string, unknown> => openApiDocument(collectRoutes().routes, apiInfo)
