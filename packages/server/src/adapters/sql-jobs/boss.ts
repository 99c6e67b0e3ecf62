import { PgBoss } from 'pg-boss'
import type { JobDefinition } from '../../platform/jobs/jobs.ts'
import type { Log } from '../../platform/log/log.ts'
import type { Sql } from '../../platform/sql/sql.ts'

export const schema = 'jobs'

/** Finished and dead jobs can be looked at so long. */
const keepSeconds = 7 * 24 * 3600
/** A job that waits longer than this for a worker is given up. */
const longestWaitSeconds = 30 * 24 * 3600
/** A worker that is silent so long is taken for dead (PostgreSQL; an embedded database has one process). */
const heartbeatSeconds = 60
/** pg-boss stops a job by its own clock this much later than we do, in case the program cannot. */
const expireMarginSeconds = 30

export interface BossOptions {
  readonly sql: Sql
  readonly log: Log
  readonly firstRetryPauseSeconds: number
}

/**
 * pg-boss keeps the queue, the schedules and the retries; taking and running jobs is `dispatcher.ts`, because pg-boss polls once
 * for every queue, which an embedded database with its one connection would feel.
 */
export function createBoss({ sql, log }: BossOptions): PgBoss {
  const isEmbedded = sql.kind === 'pglite'
  const boss = new PgBoss({
    db: { executeSql: (text, values) => sql.raw.query(text, values?.length === 0 ? undefined : values) },
    backend: isEmbedded ? 'pglite' : 'postgres',
    schema,
    schedule: true,
    cronMonitorIntervalSeconds: 30,
    cronWorkerIntervalSeconds: 10,
    superviseIntervalSeconds: 60,
    // Nothing else vacuums an embedded database; a rebuilt index would not help it, and a warning would come every time.
    reindex: !isEmbedded,
    monitorVacuum: !isEmbedded,
  })
  boss.on('error', (error) => log.warn('job queue', { error: error.message }))
  boss.on('warning', (warning) => log.debug('job queue', { warning: warning.message }))
  return boss
}

/** Makes the queues of the definitions, or changes those whose settings differ. Asks once for all of them. */
export async function ensureQueues(
  boss: PgBoss,
  options: BossOptions,
  definitions: readonly JobDefinition<never>[],
): Promise<void> {
  const existing = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]))
  for (const definition of definitions) {
    const wanted = queueSettings(options, definition)
    const found = existing.get(definition.name)
    if (found === undefined) await boss.createQueue(definition.name, { ...wanted, policy: 'exclusive' })
    else if (Object.entries(wanted).some(([key, value]) => Reflect.get(found, key) !== value))
      await boss.updateQueue(definition.name, wanted)
    // Fills pg-boss's memory of the queue: inside a caller's transaction it could not be asked for.
    await boss.findJobs(definition.name, { id: '00000000-0000-0000-0000-000000000000' })
  }
}

function queueSettings(options: BossOptions, definition: JobDefinition<never>) {
  return {
    retryLimit: definition.retries,
    retryDelay: options.firstRetryPauseSeconds,
    retryBackoff: true,
    expireInSeconds: definition.timeoutSeconds + expireMarginSeconds,
    retentionSeconds: longestWaitSeconds,
    deleteAfterSeconds: keepSeconds,
    ...(options.sql.kind === 'postgres' ? { heartbeatSeconds } : {}),
  }
}
