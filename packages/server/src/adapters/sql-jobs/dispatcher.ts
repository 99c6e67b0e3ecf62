import { setTimeout as pause } from 'node:timers/promises'
import type { JobDefinition } from '../../platform/jobs/jobs.ts'
import { createWakeableLoop } from '../../platform/loop/wakeable-loop.ts'
import { cancelledAmong, dueQueues, runningJobs } from './job-table.ts'
import { JobCancelled, ProgramStops, type RunHost, runJob } from './run-job.ts'

const heartbeatMs = 20_000
/** After the abort, for jobs to end and be put back. */
const afterAbortMs = 6000

export interface Dispatcher {
  start(): Promise<void>
  /** There may be something to do. */
  wake(): void
  /** Aborts the job when this process runs it. */
  abort(id: string): void
  stop(timeoutMs: number): Promise<void>
}

interface Run {
  readonly name: string
  readonly id: string
  readonly retryCount: number
  readonly abort: AbortController
  readonly ended: Promise<void>
}

/** Takes due jobs from all queues, each up to its concurrency, and runs them. Idle it asks one question every `pollMs`. */
export function createDispatcher(
  host: RunHost,
  definitions: ReadonlyMap<string, JobDefinition<unknown>>,
  pollMs: number,
): Dispatcher {
  const { sql, boss, log } = host
  const runs = new Map<string, Run>()
  let heartbeat: NodeJS.Timeout | undefined

  const freeSlots = (definition: JobDefinition<unknown>): number => {
    let busy = 0
    for (const run of runs.values()) if (run.name === definition.name) busy += 1
    return Math.max(0, definition.concurrency - busy)
  }
  const takeFrom = async (name: string): Promise<void> => {
    const definition = definitions.get(name)
    if (definition === undefined) return
    const slots = freeSlots(definition)
    if (slots === 0) return
    for (const job of await boss.fetch<{ input?: unknown } | null>(name, { batchSize: slots })) {
      const abort = new AbortController()
      const ended = runJob(host, definition, job, abort).finally(() => {
        runs.delete(job.id)
        loop.wake()
      })
      runs.set(job.id, { name, id: job.id, retryCount: job.retryCount, abort, ended })
    }
  }
  const loop = createWakeableLoop(async () => {
    try {
      const open = [...definitions.values()].filter((definition) => freeSlots(definition) > 0)
      const names = open.map((definition) => definition.name)
      for (const name of await dueQueues(sql.db, names)) await takeFrom(name)
    } catch (error) {
      log.warn('jobs not taken, will be tried again', { error: String(error) })
    }
    return pollMs
  })
  const beat = async () => {
    for (const id of await cancelledAmong(sql.db, [...runs.values()]))
      runs.get(id)?.abort.abort(new JobCancelled('cancelled'))
    if (sql.kind === 'pglite') return
    for (const run of runs.values()) await boss.touch(run.name, { id: run.id, retryCount: run.retryCount })
  }

  return {
    async start() {
      // One process has an embedded database alone, so nobody runs these any more. It counts as a try: the job may be why it died.
      if (sql.kind === 'pglite')
        for (const { name, id } of await runningJobs(sql.db))
          await boss.fail(name, id, { name: 'Error', message: 'the program ended while the job ran' })
      loop.start()
      heartbeat = setInterval(() => {
        if (runs.size > 0) beat().catch((error: unknown) => log.warn('job heartbeat', { error: String(error) }))
      }, heartbeatMs)
    },
    wake: loop.wake,
    abort: (id) => runs.get(id)?.abort.abort(new JobCancelled('cancelled')),
    async stop(timeoutMs) {
      await loop.stop()
      const allEnded = () => Promise.all([...runs.values()].map((run) => run.ended))
      await Promise.race([allEnded(), pause(timeoutMs, undefined, { ref: false })])
      for (const run of runs.values()) run.abort.abort(new ProgramStops('the program stops'))
      await Promise.race([allEnded(), pause(afterAbortMs, undefined, { ref: false })])
      clearInterval(heartbeat)
    },
  }
}
