import type { Route } from '../platform/http/route.ts'
import { jobPermissions, jobRoutes } from '../platform/jobs/routes.ts'
import { liveRoutes } from '../platform/live/routes.ts'
import type { HealthPart, Module, ModuleInstance, PermissionDeclaration, Platform } from '../platform/module/module.ts'
import type { Migration } from '../platform/sql/sql.ts'

/** The modules put together on a platform; nothing runs yet. */
export interface Program {
  readonly routes: readonly Route[]
  readonly permissions: readonly PermissionDeclaration[]
  readonly migrations: readonly Migration[]
  /** The service of a module. */
  use<Service>(module: Module<Service>): Service
  /** Starts modules in order of rank; after migrations. */
  start(): Promise<void>
  /** Stops what was started, in reverse order. Goes on when one fails, and fails in the end. */
  stop(): Promise<void>
  health(): Promise<HealthPart[]>
}

/**
 * Makes every module on the platform, in order of rank.
 * @param configOf the checked slice of a module's configuration
 */
export function assemble(
  modules: readonly Module[],
  platform: Platform,
  configOf: (module: Module) => unknown,
): Program {
  const made = new Map<Module, ModuleInstance<unknown>>()
  const use = <Service>(module: Module<Service>): Service => {
    const instance = made.get(module as Module)
    if (!instance) throw new Error(`module ${module.name} is not of a lower rank, or not in the list of modules`)
    return instance.service as Service
  }
  for (const module of modules)
    made.set(
      module,
      module.create({ platform, config: configOf(module), log: platform.log.child({ module: module.name }), use }),
    )
  const instances = [...made.entries()]
  for (const [, instance] of instances) for (const job of instance.jobs ?? []) platform.jobs.define(job)
  const started: [Module, ModuleInstance<unknown>][] = []

  return {
    routes: [
      ...instances.flatMap(([module, instance]) =>
        (instance.routes ?? []).map((route) => ({ ...route, tag: route.tag ?? module.name })),
      ),
      ...jobRoutes(platform.jobs),
      ...liveRoutes(platform.live),
    ],
    permissions: [...modules.flatMap((module) => module.permissions ?? []), ...jobPermissions],
    migrations: modules.flatMap((module) => module.migrations ?? []),
    use,
    async start() {
      for (const entry of instances) {
        started.push(entry)
        await entry[1].start?.()
      }
    },
    async stop() {
      const failures: unknown[] = []
      for (const [module, instance] of started.splice(0).reverse())
        try {
          await instance.stop?.()
        } catch (error) {
          platform.log.error('a module did not stop cleanly', { module: module.name, error: String(error) })
          failures.push(error)
        }
      if (failures.length > 0) throw new AggregateError(failures, 'some modules did not stop cleanly')
    },
    async health() {
      const parts = await Promise.all(
        instances.map(async ([module, instance]) => {
          try {
            return (await instance.health?.()) ?? []
          } catch (error) {
            return [{ name: module.name, state: 'down' as const, message: String(error) }]
          }
        }),
      )
      return parts.flat()
    },
  }
}
