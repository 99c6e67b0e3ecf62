import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { steppedClock } from '../../platform/clock/clock.ts'
import { openCrypto } from '../../platform/crypto/envelope.ts'
import { createHttpServer } from '../../platform/http/server.ts'
import { countingCache } from '../../platform/http/testing.ts'
import { memoryLog } from '../../platform/log/memory-log.ts'
import { createMetrics } from '../../platform/metrics/prometheus.ts'
import type { Module, ModuleInstance, PermissionDeclaration, Platform } from '../../platform/module/module.ts'
import { openTestSql } from '../../testing/embedded-sql.ts'
import { auditModule } from '../audit/index.ts'
import { settingsModule } from '../settings/index.ts'
import { sessionCookie } from './callers.ts'
import { identityModule } from './module.ts'
import { seedPeople } from './testing.ts'

const modules: readonly Module[] = [auditModule, settingsModule, identityModule]

/** Permissions of the three modules, and one that stands for the rest of the product. */
export const declarations: readonly PermissionDeclaration[] = [
  ...modules.flatMap((module) => module.permissions ?? []),
  { name: 'alerts:read', title: 'See alerts', roles: ['analyst', 'viewer', 'manager'] },
]

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
  readonly headers: Readonly<Record<string, unknown>>
  /** `name=value` of the session cookie that was set. */
  readonly cookie: string | undefined
}

/** The three lowest modules behind the HTTP server, on an embedded database of their own. */
export async function openFloor() {
  const clock = steppedClock(Date.UTC(2026, 2, 1))
  const folder = mkdtempSync(join(tmpdir(), 'watchfloor-identity-'))
  const log = memoryLog()
  const sql = await openTestSql(modules.flatMap((module) => module.migrations ?? []))
  const crypto = await openCrypto({ folder, clock })
  const cache = countingCache()
  const metrics = createMetrics()
  const parts: Partial<Platform> = { sql, clock, crypto, log, cache, metrics, randomBytes }
  const platform = parts as Platform
  const made = new Map<unknown, ModuleInstance<unknown>>()
  const use = <Service>(module: Module<Service>): Service => made.get(module)?.service as Service
  const config = { attemptsPerMinute: 10_000, freeFailures: 5 }
  for (const module of modules)
    made.set(module, module.create({ platform, config: module.config?.parse(config) ?? {}, log, use }))
  const identity = use(identityModule)
  identity.registerPermissions(declarations)
  const routes = [...made.values()].flatMap((instance) => instance.routes ?? [])
  const server = createHttpServer({
    routes,
    authenticate: identity.authenticate,
    permissions: declarations,
    log,
    metrics,
    cache,
    clock,
    options: { checkOutputs: true, defaultRateLimitPerMinute: 100_000 },
  })

  async function call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    { headers = {}, body, ip = '192.0.2.10' }: { headers?: Record<string, string>; body?: unknown; ip?: string } = {},
  ): Promise<Answer> {
    const answer = await server.inject({
      method,
      url,
      remoteAddress: ip,
      headers: { 'x-watchfloor-csrf': '1', ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    })
    const set = answer.cookies.find((cookie) => cookie.name === sessionCookie)
    return {
      status: answer.statusCode,
      body: answer.body.startsWith('{') ? answer.json() : answer.body,
      headers: answer.headers,
      cookie: set?.value ? `${sessionCookie}=${set.value}` : undefined,
    }
  }

  return {
    platform,
    clock,
    sql,
    log,
    routes,
    identity,
    audit: use(auditModule),
    settings: use(settingsModule),
    call,
    seed: () => seedPeople(platform, declarations),
    async close() {
      await server.close({ timeoutMs: 100 })
      await sql.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type Floor = Awaited<ReturnType<typeof openFloor>>
