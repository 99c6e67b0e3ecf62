import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../platform/clock/clock.ts'
import { openTestSql } from '../../../testing/embedded-sql.ts'
import { quietLog } from '../../../testing/quiet-log.ts'
import { jobsConformance } from '../../conformance/jobs-conformance.ts'
import { jobsMigrations } from '../../sql-jobs/job-migrations.ts'
import { createSqlJobs } from '../../sql-jobs/sql-jobs.ts'

describe('jobs on embedded SQL', () => {
  jobsConformance(() => openTestSql())

  it('tries a job again that a crash cut short, and counts that as a try', async () => {
    const sql = await openTestSql(jobsMigrations)
    const attempts: number[] = []
    const make = () => {
      const jobs = createSqlJobs({ sql, log: quietLog, clock: systemClock, pollMs: 100, firstRetryPauseSeconds: 1 })
      const definition = { timeoutSeconds: 60, concurrency: 1, run: async () => {} }
      jobs.define({
        ...definition,
        name: 'test.twice',
        retries: 1,
        run: async ({ attempt }) => {
          attempts.push(attempt)
        },
      })
      jobs.define({ ...definition, name: 'test.once', retries: 0 })
      return jobs
    }
    const crashed = make()
    const twice = await crashed.enqueue('test.twice', null)
    const once = await crashed.enqueue('test.once', null)
    // What a process leaves behind that was killed while both ran.
    await sql.raw.exec(`UPDATE jobs.job SET state = 'active', started_on = now()`)
    const next = make()
    await next.start()
    for (let waited = 0; attempts.length === 0 && waited < 10_000; waited += 50) await pause(50)
    expect(attempts).toEqual([2])
    expect(await next.get(once)).toMatchObject({ state: 'dead', error: 'the program ended while the job ran' })
    expect(twice).not.toBe(once)
    await next.stop(1000)
    await crashed.stop(0)
    await sql.close()
  }, 30_000)
})
