import { setTimeout as pause } from 'node:timers/promises'
import type { Job as BossJob, PgBoss } from 'pg-boss'
import type { Clock } from '../../platform/clock/clock.ts'
import type { JobDefinition } from '../../platform/jobs/jobs.ts'
import type { Log } from '../../platform/log/log.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import { putBack, writeProgress } from './job-table.ts'
import { createProgressReport } from './progress.ts'

/** A job that does not answer to its signal is left alone after this time. */
const graceMs = 5000
const settleTries = 5

export interface RunHost {
  readonly sql: Sql
  readonly boss: PgBoss
  readonly log: Log
  readonly clock: Clock
}

export class JobTimeout extends Error {
  override readonly name = 'JobTimeout'
}
/** The program ends: the job is put back. */
export class ProgramStops extends Error {
  override readonly name = 'ProgramStops'
}
export class JobCancelled extends Error {
  override readonly name = 'JobCancelled'
}

type Outcome = { kind: 'done'; output: unknown } | { kind: 'failed'; error: unknown }

/** Runs one job that was taken from the queue and records how it ended. Never throws. */
export async function runJob(
  host: RunHost,
  definition: JobDefinition<unknown>,
  job: BossJob<{ input?: unknown } | null>,
  abort: AbortController,
): Promise<void> {
  const { clock, log, sql } = host
  const startedMs = clock.monotonic()
  const report = createProgressReport(clock.monotonic, (done, message) => writeProgress(sql.db, job.id, done, message))
  const timer = setTimeout(() => {
    abort.abort(new JobTimeout(`the job took longer than ${definition.timeoutSeconds} s`))
  }, definition.timeoutSeconds * 1000)
  const outcome = await outcomeOf(definition, abort.signal, {
    id: job.id,
    input: job.data?.input,
    attempt: job.retryCount + 1,
    signal: abort.signal,
    progress: (done, message) => report.report(done, message),
  })
  clearTimeout(timer)
  try {
    await report.finish()
    await settle(host, job, outcome, abort.signal)
  } catch (error) {
    log.error('the end of a job was not recorded; it will be run again', {
      job: job.name,
      id: job.id,
      error: String(error),
    })
  }
  const fields = { job: job.name, id: job.id, durationMs: Math.round(clock.monotonic() - startedMs) }
  if (outcome.kind === 'failed')
    log.warn('job failed', { ...fields, attempt: job.retryCount + 1, error: String(outcome.error) })
  else log.debug('job done', fields)
}

async function outcomeOf(
  definition: JobDefinition<unknown>,
  signal: AbortSignal,
  run: Parameters<JobDefinition<unknown>['run']>[0],
): Promise<Outcome> {
  const work = (async (): Promise<Outcome> => {
    try {
      return { kind: 'done', output: await definition.run(run) }
    } catch (error) {
      return { kind: 'failed', error: signal.aborted ? signal.reason : error }
    }
  })()
  const ended = new AbortController()
  const ignored = new Promise<Outcome>((resolve) => {
    const giveUp = () => {
      pause(graceMs, undefined, { signal: ended.signal })
        .then(() => resolve({ kind: 'failed', error: signal.reason }))
        .catch(() => {})
    }
    if (signal.aborted) giveUp()
    else signal.addEventListener('abort', giveUp, { once: true, signal: ended.signal })
  })
  const outcome = await Promise.race([work, ignored])
  ended.abort()
  return outcome
}

async function settle(
  { boss, sql }: RunHost,
  job: BossJob<unknown>,
  outcome: Outcome,
  signal: AbortSignal,
): Promise<void> {
  // Fenced by the attempt: when the queue has given the job to somebody else meanwhile, nothing happens.
  const attempt = { id: job.id, retryCount: job.retryCount }
  if (outcome.kind === 'done') return again(() => boss.complete(job.name, attempt, { value: outcome.output ?? null }))
  if (signal.reason instanceof JobCancelled) return
  if (signal.reason instanceof ProgramStops) return again(() => putBack(sql.db, job))
  const { error } = outcome
  const output =
    error instanceof Error
      ? { name: error.name, message: error.message, stack: error.stack ?? '' }
      : { name: 'Error', message: String(error) }
  return again(() => boss.fail(job.name, attempt, output))
}

/** The database may be away for a moment. */
async function again(act: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await act()
      return
    } catch (error) {
      if (attempt === settleTries) throw error
      await pause(100 * 2 ** attempt)
    }
  }
}
