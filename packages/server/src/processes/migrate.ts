import { homedir } from 'node:os'
import { join } from 'node:path'
import { modules } from '../modules/modules.ts'
import type { Log } from '../platform/log/log.ts'
import { createLog } from '../platform/log/pino-log.ts'
import { openEmbeddedPlatform } from './embedded-platform.ts'
import { assemble } from './program.ts'
import { readConfig, type ServeConfig } from './serve.ts'

/**
 * Brings the database of a stopped server up to date, without starting it; names what it applied.
 * @throws ConfigInvalid, DirectoryInUse while a server runs on the same data
 */
export async function migrate(config: ServeConfig = readConfig(), options: { log?: Log } = {}): Promise<string[]> {
  const log = options.log ?? createLog({ level: config.server.logLevel })
  const cacheDir = join(homedir(), '.cache', 'watchfloor', 'database')
  const open = await openEmbeddedPlatform({ server: config.server, log, cacheDir })
  try {
    const program = assemble(modules, open.platform, (module) => config.modules[module.name] ?? {})
    const { applied } = await open.platform.sql.migrate([...open.migrations, ...program.migrations])
    return applied
  } finally {
    await open.close()
  }
}
