import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../platform/clock/clock.ts'
import type { JobDefinition, JobRun, Jobs, JobView } from '../../platform/jobs/jobs.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import { quietLog } from '../../testing/quiet-log.ts'
import { jobsMigrations } from '../sql-jobs/job-migrations.ts'
import { createSqlJobs } from '../sql-jobs/sql-jobs.ts'

const patience = 20_000

/** What the job queue must do on every SQL adapter. */
export function jobsConformance(open: () => Promise<Sql>): void {
  let sql: Sql
  const used: Jobs[] = []
  beforeAll(async () => {
    sql = await open()
    await sql.migrate(jobsMigrations)
  }, 60_000)
  afterAll(() => sql.close())
  afterEach(async () => {
    for (const jobs of used.splice(0)) await jobs.stop(0)
  }, 30_000)
  beforeEach(async () => {
    const { rows } = await sql.raw.query(`SELECT to_regclass('jobs.job') IS NOT NULL AS exists`)
    if (rows[0]?.exists === true)
      await sql.raw.exec('DELETE FROM jobs.job; DELETE FROM jobs.schedule; DELETE FROM job_progress')
  })

  const make = <Input>(...definitions: (Pick<JobDefinition<Input>, 'run'> & Partial<JobDefinition<Input>>)[]): Jobs => {
    const jobs = createSqlJobs({ sql, log: quietLog, clock: systemClock, pollMs: 200, firstRetryPauseSeconds: 1 })
    used.push(jobs)
    for (const definition of definitions)
      jobs.define({ name: 'test.run', retries: 0, timeoutSeconds: 60, concurrency: 2, ...definition })
    return jobs
  }
  const until = async (jobs: Jobs, id: string, state: JobView['state']): Promise<JobView> => {
    const deadline = performance.now() + patience
    for (;;) {
      const view = await jobs.get(id)
      if (view?.state === state) return view
      if (performance.now() > deadline) throw new Error(`job is ${JSON.stringify(view)}, not ${state}`)
      await pause(20)
    }
  }

  it('runs what was enqueued at once, with its input, and keeps its output', async () => {
    const jobs = make<{ n: number }>({ run: async ({ input }) => ({ doubled: input.n * 2 }) })
    await jobs.start()
    const startedMs = performance.now()
    const id = await jobs.enqueue('test.run', { n: 21 })
    const view = await until(jobs, id, 'done')
    expect(performance.now() - startedMs).toBeLessThan(1500)
    expect(view).toMatchObject({ id, name: 'test.run', state: 'done', progress: 1, output: { doubled: 42 } })
    expect(view.endedMs).toBeGreaterThanOrEqual(view.startedMs ?? Number.POSITIVE_INFINITY)
    expect(view.startedMs).toBeGreaterThanOrEqual(view.createdMs)
  })

  it('runs what was enqueued in a transaction if and only if that commits', async () => {
    const ran: string[] = []
    const jobs = make<string>({
      run: async ({ input }) => {
        ran.push(input)
      },
    })
    await jobs.start()
    const id = await sql.tx((db) => jobs.enqueue('test.run', 'committed', { db }))
    const rolledBack = sql.tx(async (db) => {
      await jobs.enqueue('test.run', 'rolled back', { db })
      throw new Error('no')
    })
    await expect(rolledBack).rejects.toThrow('no')
    await until(jobs, id, 'done')
    await pause(400)
    expect(ran).toEqual(['committed'])
  })

  it('tries again with a longer pause each time, and keeps a dead job until it is retried by hand', async () => {
    const tries: { attempt: number; atMs: number }[] = []
    const jobs = make({
      retries: 2,
      run: async ({ attempt }) => {
        tries.push({ attempt, atMs: performance.now() })
        if (attempt <= 3) throw new Error(`failure ${attempt}`)
      },
    })
    await jobs.start()
    const id = await jobs.enqueue('test.run', null)
    await until(jobs, id, 'retrying')
    const dead = await until(jobs, id, 'dead')
    expect(dead.error).toBe('failure 3')
    expect(tries.map((entry) => entry.attempt)).toEqual([1, 2, 3])
    expect((tries[2]?.atMs ?? 0) - (tries[1]?.atMs ?? 0)).toBeGreaterThan(900)
    expect(await jobs.list({ state: 'dead', limit: 10 })).toMatchObject([{ id }])
    await jobs.retry(id)
    await until(jobs, id, 'done')
    expect(tries.map((entry) => entry.attempt)).toEqual([1, 2, 3, 4])
  }, 40_000)

  it('has one job of a key while it waits or runs, and again afterwards', async () => {
    const gate = Promise.withResolvers<void>()
    let runs = 0
    const jobs = make({
      run: async () => {
        runs += 1
        await gate.promise
      },
    })
    await jobs.start()
    const first = await jobs.enqueue('test.run', 1, { key: 'nightly' })
    await until(jobs, first, 'running')
    expect(await jobs.enqueue('test.run', 2, { key: 'nightly' })).toBe(first)
    expect(await sql.tx((db) => jobs.enqueue('test.run', 3, { key: 'nightly', db }))).toBe(first)
    const other = await jobs.enqueue('test.run', 4, { key: 'hourly' })
    gate.resolve()
    await until(jobs, first, 'done')
    await until(jobs, other, 'done')
    expect(runs).toBe(2)
    const second = await jobs.enqueue('test.run', 5, { key: 'nightly' })
    expect(second).not.toBe(first)
    await until(jobs, second, 'done')
  })

  it('runs no more at once than allowed, and any number without a key', async () => {
    let running = 0
    let most = 0
    const jobs = make({
      concurrency: 3,
      run: async () => {
        running += 1
        most = Math.max(most, running)
        await pause(30)
        running -= 1
      },
    })
    await jobs.start()
    const ids = await Promise.all(Array.from({ length: 12 }, (_, index) => jobs.enqueue('test.run', index)))
    for (const id of ids) await until(jobs, id, 'done')
    expect(most).toBe(3)
  })

  it('waits until the time a job is to start', async () => {
    const jobs = make({ run: async () => performance.now() })
    await jobs.start()
    const id = await jobs.enqueue('test.run', null, { startAtMs: Date.now() + 1500 })
    await pause(500)
    expect(await jobs.get(id)).toMatchObject({ state: 'waiting' })
    await until(jobs, id, 'done')
  })

  it('shows progress with words', async () => {
    const gate = Promise.withResolvers<void>()
    const jobs = make({
      run: async ({ progress }) => {
        await progress(0.4, 'four of ten')
        await gate.promise
        await progress(0.6, 'held back')
        throw new Error('stuck')
      },
    })
    await jobs.start()
    const id = await jobs.enqueue('test.run', null)
    await until(jobs, id, 'running')
    await pause(150)
    expect(await jobs.get(id)).toMatchObject({ message: 'four of ten' })
    expect((await jobs.get(id))?.progress).toBeCloseTo(0.4)
    gate.resolve()
    const dead = await until(jobs, id, 'dead')
    expect(dead).toMatchObject({ message: 'held back', error: 'stuck' })
  })

  it('aborts a job that takes too long', async () => {
    const jobs = make({ timeoutSeconds: 1, run: endless })
    await jobs.start()
    const id = await jobs.enqueue('test.run', null)
    expect((await until(jobs, id, 'dead')).error).toBe('the job took longer than 1 s')
  })

  it('cancels a job that waits and one that runs', async () => {
    let runs = 0
    const jobs = make({
      concurrency: 1,
      run: async (job) => {
        runs += 1
        await endless(job)
      },
    })
    await jobs.start()
    const running = await jobs.enqueue('test.run', 1)
    await until(jobs, running, 'running')
    const waiting = await jobs.enqueue('test.run', 2)
    await jobs.cancel(waiting)
    await jobs.cancel(running)
    expect((await until(jobs, waiting, 'dead')).error).toBe('cancelled')
    expect((await until(jobs, running, 'dead')).error).toBe('cancelled')
    await pause(400)
    expect(runs).toBe(1)
  })

  it('stops by waiting, then aborts; what was aborted runs again as if it had not been started', async () => {
    const first = make({ name: 'test.short', run: () => pause(300, 'ended') }, { name: 'test.endless', run: endless })
    await first.start()
    const short = await first.enqueue('test.short', null)
    const long = await first.enqueue('test.endless', null)
    await until(first, short, 'running')
    await until(first, long, 'running')
    await first.stop(1000)
    const attempts: number[] = []
    const second = make(
      { name: 'test.short', run: async () => {} },
      {
        name: 'test.endless',
        run: async ({ attempt }) => {
          attempts.push(attempt)
        },
      },
    )
    await second.start()
    expect(await second.get(short)).toMatchObject({ state: 'done', output: 'ended' })
    await until(second, long, 'done')
    expect(attempts).toEqual([1])
  })

  it('runs a scheduled job by itself, and forgets a schedule that was taken out', async () => {
    const ran = Promise.withResolvers<unknown>()
    const jobs = make<unknown>({ cron: '* * * * *', run: async ({ input }) => ran.resolve(input) })
    await jobs.start()
    expect(await ran.promise).toBeUndefined()
    await jobs.stop(0)
    const later = make({ run: async () => {} })
    await later.start()
    expect((await sql.raw.query('SELECT name FROM jobs.schedule')).rows).toEqual([])
  }, 130_000)

  describe('misuse', () => {
    it('is refused with the name of the job', async () => {
      const jobs = make({ run: async () => {} })
      expect(() =>
        jobs.define({ name: 'test.run', retries: 0, timeoutSeconds: 1, concurrency: 1, run: async () => {} }),
      ).toThrow(/two jobs are named "test.run"/)
      await expect(jobs.enqueue('test.unknown', null)).rejects.toThrow(/"test.unknown"/)
      expect(await jobs.get('not-an-id')).toBeUndefined()
      await jobs.cancel('00000000-0000-0000-0000-000000000000')
    })
  })
}

const endless = ({ signal }: Pick<JobRun<unknown>, 'signal'>): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
