import { homedir } from 'node:os'
import { join } from 'node:path'
import { jobsMigrations } from '../adapters/sql-jobs/job-migrations.ts'
import { modules } from '../modules/modules.ts'
import type { Log } from '../platform/log/log.ts'
import { createLog } from '../platform/log/pino-log.ts'
import { outboxMigrations } from '../platform/outbox/outbox-migrations.ts'
import { type Restored, restoreBackup } from './backup/restore-backup.ts'
import { readConfig, type ServeConfig } from './serve.ts'

export type { Restored }

export interface RestoreOptions {
  readonly file: string
  /** Puts what stands in the data directory aside instead of refusing. */
  readonly force?: boolean
  readonly log?: Log
  progress?(readBytes: number, ofBytes: number): void
}

/**
 * Makes the configured data directory (and database) out of a backup; no server may run on it.
 * @throws ConfigInvalid, DirectoryInUse, SchemaMismatch, Refusal (CONFLICT: not empty; UNPROCESSABLE: the file is damaged)
 */
export function restore(options: RestoreOptions, config: ServeConfig = readConfig()): Promise<Restored> {
  const { file, force = false, progress } = options
  return restoreBackup({
    file,
    force,
    server: config.server,
    log: options.log ?? createLog({ level: config.server.logLevel }),
    migrations: [...outboxMigrations, ...jobsMigrations, ...modules.flatMap((module) => module.migrations ?? [])],
    imageDirectory: join(homedir(), '.cache', 'watchfloor', 'database'),
    ...(progress ? { progress } : {}),
  })
}
