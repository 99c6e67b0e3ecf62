import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { steppedClock } from '../../../platform/clock/clock.ts'
import { openCrypto } from '../../../platform/crypto/envelope.ts'
import { createHttpServer } from '../../../platform/http/server.ts'
import { memoryLog } from '../../../platform/log/memory-log.ts'
import { createMetrics } from '../../../platform/metrics/prometheus.ts'
import type { Module, ModuleInstance, PermissionDeclaration, Platform } from '../../../platform/module/module.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import { openTestSql } from '../../../testing/embedded-sql.ts'
import { openTestCache } from '../../../testing/memory-cache.ts'
import { auditModule } from '../../audit/index.ts'
import { settingsModule } from '../../settings/index.ts'
import { sessionCookie } from '../callers.ts'
import type { IdentityConfig } from '../config.ts'
import { identityModule } from '../module.ts'
import { seedPeople } from '../testing.ts'

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

export interface CallOptions {
  readonly headers?: Record<string, string>
  readonly body?: unknown
  readonly ip?: string
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** The three lowest modules, started, behind an HTTP server of their own: what one process of the product has of them. */
async function startProcess(platform: Platform, config: IdentityConfig) {
  const made = new Map<unknown, ModuleInstance<unknown>>()
  const use = <Service>(module: Module<Service>): Service => made.get(module)?.service as Service
  for (const module of modules)
    made.set(module, module.create({ platform, config: module.config?.parse(config) ?? {}, log: platform.log, use }))
  const instances = [...made.values()]
  for (const instance of instances) await instance.start?.()
  const identity = use(identityModule)
  identity.registerPermissions(declarations)
  const routes = instances.flatMap((instance) => instance.routes ?? [])
  const server = createHttpServer({
    ...platform,
    routes,
    authenticate: identity.authenticate,
    permissions: declarations,
    options: { checkOutputs: true, defaultRateLimitPerMinute: 100_000 },
  })

  async function call(method: Method, url: string, options: CallOptions = {}): Promise<Answer> {
    const answer = await server.inject({
      method,
      url,
      remoteAddress: options.ip ?? '192.0.2.10',
      headers: { 'x-watchfloor-csrf': '1', ...options.headers },
      ...(options.body === undefined ? {} : { payload: options.body as object }),
    })
    const set = answer.cookies.find((cookie) => cookie.name === sessionCookie)
    const isJson = String(answer.headers['content-type']).startsWith('application/json')
    return {
      status: answer.statusCode,
      body: isJson ? answer.json() : answer.body,
      headers: answer.headers,
      cookie: set?.value ? `${sessionCookie}=${set.value}` : undefined,
    }
  }

  return {
    routes,
    identity,
    audit: use(auditModule),
    settings: use(settingsModule),
    call,
    async stop() {
      await server.close({ timeoutMs: 100 })
      for (const instance of instances.toReversed()) await instance.stop?.()
    },
  }
}

/** One process, and more where they are asked for, on a database of their own: an embedded one when none is given. */
export async function openFloor(config: Partial<IdentityConfig> = {}, given?: Sql) {
  const clock = steppedClock(Date.UTC(2026, 2, 1))
  const folder = mkdtempSync(join(tmpdir(), 'watchfloor-identity-'))
  const log = memoryLog()
  const sql = given ?? (await openTestSql())
  await sql.migrate(modules.flatMap((module) => module.migrations ?? []))
  const parts: Partial<Platform> = {
    sql,
    clock,
    crypto: await openCrypto({ folder, clock }),
    log,
    cache: openTestCache(clock),
    metrics: createMetrics(),
    randomBytes,
  }
  const platform = parts as Platform
  const settled = { attemptsPerMinute: 10_000, freeFailures: 5, ...config }
  const first = await startProcess(platform, settled)
  const others: { stop(): Promise<void> }[] = []
  return {
    ...first,
    platform,
    clock,
    sql,
    log,
    seed: () => seedPeople(platform, declarations),
    async anotherProcess() {
      const other = await startProcess({ ...platform, metrics: createMetrics() }, settled)
      others.push(other)
      return other
    },
    async close() {
      for (const process of [...others, first]) await process.stop()
      await sql.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type Floor = Awaited<ReturnType<typeof openFloor>>
