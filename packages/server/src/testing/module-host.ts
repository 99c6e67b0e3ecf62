import type { Module, ModuleInstance, Platform } from '../platform/module/module.ts'
import { quietLog } from './quiet-log.ts'

/** Modules made for a test. */
export interface MadeModules {
  use<Service>(module: Module<Service>): Service
}

/**
 * Makes modules, lowest rank first, on the parts of a platform that the test gives. A part that was not given throws when it is
 * used, and says which.
 */
export function makeModules(parts: Partial<Platform>, modules: readonly Module[]): MadeModules {
  const platform = new Proxy({ log: quietLog, ...parts } as Platform, {
    get(given, name) {
      if (name in given) return Reflect.get(given, name)
      throw new Error(`the test gave no platform.${String(name)}`)
    },
  })
  const made = new Map<unknown, ModuleInstance<unknown>>()
  const use = <Service>(module: Module<Service>): Service => {
    const instance = made.get(module)
    if (!instance) throw new Error(`module ${module.name} was not made before`)
    return instance.service as Service
  }
  for (const module of modules)
    made.set(module, module.create({ platform, config: module.config?.parse({}) ?? {}, log: quietLog, use }))
  return { use }
}
