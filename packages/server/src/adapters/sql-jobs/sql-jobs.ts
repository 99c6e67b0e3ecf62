import { randomUUID } from 'node:crypto'
import { fromKysely } from 'pg-boss'
import type { Clock } from '../../platform/clock/clock.ts'
import type { JobDefinition, Jobs, JobView } from '../../platform/jobs/jobs.ts'
import type { Log } from '../../platform/log/log.ts'
import { createNotifier } from '../../platform/sql/notifier.ts'
import { afterCommit } from '../../platform/sql/pooled-sql.ts'
import type { Db, Sql, Tx } from '../../platform/sql/sql.ts'
import { createBoss, ensureQueues } from './boss.ts'
import { createDispatcher } from './dispatcher.ts'
import { deleteOldProgress, findByKey, readViews } from './job-table.ts'

export interface SqlJobsOptions {
  readonly sql: Sql
  readonly log: Log
  readonly clock: Clock
  /** How often to look for jobs whose time has come; new ones are noticed at once. */
  readonly pollMs?: number
  readonly firstRetryPauseSeconds?: number
}

const channel = 'watchfloor_jobs'
const keepProgressDays = 8

/**
 * Jobs in SQL, on either adapter. Its table is in `jobsMigrations`. A program that only enqueues need not call `start`; its first
 * `enqueue` must then be outside a transaction.
 */
export function createSqlJobs(options: SqlJobsOptions): Jobs {
  const { sql, log, clock } = options
  const definitions = new Map<string, JobDefinition<unknown>>()
  const bossOptions = { sql, log, firstRetryPauseSeconds: options.firstRetryPauseSeconds ?? 5 }
  const boss = createBoss(bossOptions)
  const dispatcher = createDispatcher({ sql, boss, log, clock }, definitions, options.pollMs ?? 2000)
  const notifier = createNotifier(sql, log, channel)
  let ready: Promise<void> | undefined
  let isReady = false
  let isStopped = false
  let endListening: (() => Promise<void>) | undefined

  const prepare = (): Promise<void> => {
    ready ??= (async () => {
      await boss.start()
      await ensureQueues(boss, bossOptions, [...definitions.values()])
      isReady = true
    })()
    ready.catch(() => {
      ready = undefined
    })
    return ready
  }
  const tell = () => {
    dispatcher.wake()
    notifier.notify()
  }
  const definitionOf = (name: string): JobDefinition<unknown> => {
    const definition = definitions.get(name)
    if (definition === undefined) throw new Error(`no job is named "${name}": define it first`)
    return definition
  }
  const view = async (id: string): Promise<JobView | undefined> => {
    if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)) return undefined
    await prepare()
    return (await readViews(sql.db, { names: [...definitions.keys()], id, limit: 1 }))[0]
  }
  /** A key that is taken may be free again by the time we ask who has it. */
  const send = async (name: string, input: unknown, where: { db: Db; tx?: Tx; key?: string; startAtMs?: number }) => {
    for (;;) {
      const id = await boss.send(
        name,
        { input },
        {
          // Every job has a key, because the queue's policy allows one job without a key (the scheduled one).
          singletonKey: where.key ?? randomUUID(),
          ...(where.startAtMs === undefined ? {} : { startAfter: new Date(where.startAtMs) }),
          ...(where.tx === undefined ? {} : { db: fromKysely(where.tx) }),
        },
      )
      const found = id ?? (where.key === undefined ? undefined : await findByKey(where.db, name, where.key))
      if (found !== undefined) return found
    }
  }
  const schedule = async (): Promise<void> => {
    const scheduled = new Map((await boss.getSchedules()).map((found) => [found.name, found.cron]))
    for (const { name, cron } of definitions.values()) {
      if (cron === scheduled.get(name)) continue
      if (cron === undefined) await boss.unschedule(name)
      else await boss.schedule(name, cron, null, { tz: 'UTC' })
    }
  }

  return {
    define<Input>(job: JobDefinition<Input>) {
      if (ready !== undefined) throw new Error(`job "${job.name}" was defined after the queue was in use`)
      if (definitions.has(job.name)) throw new Error(`two jobs are named "${job.name}": each needs a name of its own`)
      // The input was checked by whoever enqueued it under this name.
      definitions.set(job.name, job)
    },
    async enqueue(name, input, { db, key, startAtMs } = {}) {
      definitionOf(name)
      if (db === undefined) {
        await prepare()
        const id = await send(name, input, { db: sql.db, key, startAtMs })
        tell()
        return id
      }
      if (!isReady) throw new Error(`job "${name}" was enqueued inside a transaction before the queue had started`)
      const id = await send(name, input, { db, tx: db, key, startAtMs })
      afterCommit(db, tell)
      return id
    },
    get: view,
    async list({ name, state, limit }) {
      await prepare()
      return readViews(sql.db, { names: name === undefined ? [...definitions.keys()] : [name], state, limit })
    },
    async cancel(id) {
      const job = await view(id)
      if (job === undefined) return
      await boss.cancel(job.name, id)
      dispatcher.abort(id)
    },
    async retry(id) {
      const job = await view(id)
      if (job === undefined || job.state !== 'dead') return
      if (job.error === 'cancelled') await boss.resume(job.name, id)
      else await boss.retry(job.name, id)
      tell()
    },
    async start() {
      await prepare()
      await schedule()
      await deleteOldProgress(sql.db, keepProgressDays)
      if (sql.kind === 'postgres') endListening = await sql.listen(channel, () => dispatcher.wake())
      await dispatcher.start()
    },
    async stop(timeoutMs) {
      if (isStopped) return
      isStopped = true
      await endListening?.()
      await dispatcher.stop(timeoutMs)
      await notifier.stop()
      if (ready !== undefined) await ready.then(() => boss.stop({ graceful: false, close: false })).catch(() => {})
    },
  }
}
