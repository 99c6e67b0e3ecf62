import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Refusal } from '@watchfloor/contracts/kernel'
import { z } from 'zod'
import { auditModule } from '../modules/audit/index.ts'
import { detectionsModule } from '../modules/detections/index.ts'
import { identityModule } from '../modules/identity/index.ts'
import { modules } from '../modules/modules.ts'
import { type Config, loadConfig, printConfigIssues } from '../platform/config/config.ts'
import type { Route } from '../platform/http/route.ts'
import { createHttpServer, type HttpServer } from '../platform/http/server.ts'
import { systemPermissions, systemRoutes } from '../platform/http/system-routes.ts'
import type { Log } from '../platform/log/log.ts'
import { createLog } from '../platform/log/pino-log.ts'
import { backupPermissions, backupRoutes } from './backup/routes.ts'
import { removeLeftovers, takeBackup } from './backup/take-backup.ts'
import { type OpenPlatform, openEmbeddedPlatform } from './embedded-platform.ts'
import { localAccess } from './local-access.ts'
import { assemble, type Program } from './program.ts'
import { apiInfo } from './routes.ts'

type Slices = Record<string, NonNullable<(typeof modules)[number]['config']>>
export type ServeConfig = Config<Slices>

/** A running server. */
export interface RunningServer {
  readonly url: string
  /** The one-time link of the first start; undefined once somebody has used it. */
  readonly setupLink: string | undefined
  readonly program: Program
  readonly open: OpenPlatform
  readonly http: HttpServer
  readonly config: ServeConfig
  readonly log: Log
  /** Ends live streams and requests, writes what is under way, closes everything. */
  stop(): Promise<void>
}

/** The configuration is not valid; the message says everything that is wrong with it. */
export class ConfigInvalid extends Error {}

/** @throws ConfigInvalid */
export function readConfig(env?: Record<string, string | undefined>): ServeConfig {
  const slices = Object.fromEntries(modules.flatMap((one) => (one.config ? [[one.name, one.config]] : [])))
  const result = loadConfig({ slices: slices as Slices, ...(env ? { env } : {}) })
  if (!result.ok) throw new ConfigInvalid(printConfigIssues(result.issues))
  return result.config
}

/**
 * Starts everything in this process and listens. Nothing stays open when it fails.
 * @throws ConfigInvalid, DirectoryInUse, SchemaMismatch, or when the address cannot be had
 */
export async function serve(
  config: ServeConfig,
  options: { log?: Log; checkOutputs?: boolean } = {},
): Promise<RunningServer> {
  const { server } = config
  const log = options.log ?? createLog({ level: server.logLevel })
  const open = await openEmbeddedPlatform({ server, log, cacheDir: cacheDir() })
  let program: Program | undefined
  try {
    return await serveOn(open)
  } catch (error) {
    await program?.stop().catch((failure: unknown) => log.error('stopping was not clean', { error: String(failure) }))
    await open.close()
    throw error
  }

  async function serveOn(open: OpenPlatform): Promise<RunningServer> {
    const { platform } = open
    const assembled = assemble(modules, platform, (module) => config.modules[module.name] ?? {})
    program = assembled
    await platform.sql.migrate([...open.migrations, ...assembled.migrations])
    const identity = assembled.use(identityModule)
    const permissions = [...assembled.permissions, ...systemPermissions, ...backupPermissions]
    identity.registerPermissions(permissions)
    const health = async () => [...(await open.health()), ...(await assembled.health())]
    await removeLeftovers(server.dataDir)
    const detections = assembled.use(detectionsModule)
    const backup = {
      platform,
      dataDir: server.dataDir,
      still: detections.still,
      program: programVersion(),
    }
    const routes: Route[] = [
      ...assembled.routes,
      ...backupRoutes({
        sql: platform.sql,
        audit: assembled.use(auditModule),
        take: (how) => takeBackup(backup, how),
      }),
    ]
    routes.push(
      ...systemRoutes({
        health,
        metrics: platform.metrics,
        log,
        routes: () => routes,
        info: apiInfo,
        metricsFor: server.metricsFor,
      }),
    )
    const local = await localAccess(server.dataDir, permissions, identity.authenticate)
    const webRoot = server.webRoot ?? builtInterface()
    const http = createHttpServer({
      routes,
      authenticate: local.authenticate,
      permissions,
      log,
      metrics: platform.metrics,
      cache: platform.cache,
      clock: platform.clock,
      options: {
        ...(webRoot ? { webRoot } : {}),
        ...(server.publicUrl ? { publicUrl: server.publicUrl } : {}),
        ...(server.tlsCertFile && server.tlsKeyFile
          ? { tls: { certFile: server.tlsCertFile, keyFile: server.tlsKeyFile } }
          : {}),
        trustProxy: server.trustProxy,
        checkOutputs: options.checkOutputs ?? false,
      },
    })
    await assembled.start()
    await platform.outbox.start()
    await platform.jobs.start()
    if (server.adminEmail && server.adminPassword)
      await identity.ensureAdministrator(server.adminEmail, server.adminPassword).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error
        throw new Refusal(error.code, `WATCHFLOOR_ADMIN_EMAIL and WATCHFLOOR_ADMIN_PASSWORD: ${error.message}`, error)
      })
    const listening = await http.listen({ host: server.host, port: server.port })
    const url = server.publicUrl ?? listening.url
    await local.announce(listening.url)
    const setup = await identity.prepareSetup()

    async function stop(): Promise<void> {
      await local.withdraw()
      await http.close()
      await platform.jobs.stop(10_000)
      await platform.outbox.stop()
      await assembled.stop().catch((error: unknown) => log.error('stopping was not clean', { error: String(error) }))
      await open.close()
    }
    return {
      url,
      setupLink: setup.needed ? `${url.replace(/\/$/, '')}/setup?token=${setup.token}` : undefined,
      program: assembled,
      open,
      http,
      config,
      log,
      stop,
    }
  }
}

/** Where a first start's preparation is kept, beside what the bootstrap keeps. */
const cacheDir = (): string => join(homedir(), '.cache', 'watchfloor', 'database')

function programVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version
}

/** The interface as the bootstrap builds it. */
function builtInterface(): string | undefined {
  const folder = fileURLToPath(new URL('../../../web/dist', import.meta.url))
  return existsSync(join(folder, 'index.html')) ? folder : undefined
}
