import type { HuntRunStart } from '@watchfloor/contracts/hunts'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Sql } from '../../../platform/sql/sql.ts'
import { openTestSql } from '../../../testing/embedded-sql.ts'
import { quietLog } from '../../../testing/quiet-log.ts'
import { createIntelSeen } from '../migrations/2026-11-21-23b-hunt-intel-seen.ts'
import { IntelChanges } from './intel-changes.ts'

let sql: Sql
let days = 0
let revision = 1
let fresh: { revision: number; count: number }[] = []
let patterns: { revision: number; name: string }[] = []
let started: HuntRunStart[] = []
let maxRuns = Number.POSITIVE_INFINITY

/** What is listed, as it is set here; what is started is noted. */
const changes = () =>
  new IntelChanges({
    sql,
    log: quietLog,
    indicators: {
      revision: async () => revision,
      freshCounts: async (after) => fresh.filter((one) => one.revision > after),
    },
    patterns: {
      running: async ({ freshAfter = 0, freshUpTo = 0 }) =>
        patterns.filter((one) => one.revision > freshAfter && one.revision <= freshUpTo) as never,
    },
    runs: {
      start: async (_cause, start) => {
        if (started.length >= maxRuns) throw new Error('too many')
        started.push(start)
      },
    },
    settings: {
      changedIndicatorDays: { key: 'd', get: async () => days },
      changedIndicatorAlerts: { key: 'a', get: async () => false },
    },
    settleMs: { least: 20, most: 60 },
  })

const stretches = () =>
  started.map(({ search }) =>
    'listed' in search ? [search.kind, search.listed?.freshAfter, search.listed?.freshUpTo] : [],
  )

beforeAll(async () => {
  sql = await openTestSql([createIntelSeen])
})
beforeEach(() => {
  started = []
  maxRuns = Number.POSITIVE_INFINITY
})
afterAll(() => sql?.close())

it('takes what stands while it is off as seen, and looks for what begins to match from then on', async () => {
  fresh = [{ revision: 3, count: 10 }]
  revision = 3
  await changes().look()
  expect(started).toEqual([])
  days = 7

  fresh.push({ revision: 4, count: 1 }, { revision: 5, count: 2 })
  patterns = [{ revision: 5, name: 'Loader' }]
  revision = 6
  expect(await changes().look()).toBe(2)
  expect(stretches()).toEqual([
    ['indicators', 3, 6],
    ['pattern', 3, 6],
  ])
  expect(started).toMatchObject([
    { name: '3 new indicators over 7 days', keep: 'detections', alerts: false, range: { lastMinutes: 7 * 1440 } },
    { name: 'New STIX pattern Loader over 7 days' },
  ])
  expect(await changes().look()).toBe(0)
})

it('has no run for changes by which nothing begins to match', async () => {
  revision = 8
  expect(await changes().look()).toBe(0)
  expect(started).toEqual([])
})

it('looks for very many in several runs, and goes on where it was refused', async () => {
  fresh.push({ revision: 9, count: 150_000 }, { revision: 10, count: 150_000 }, { revision: 11, count: 20_000 })
  revision = 12
  maxRuns = 1
  await expect(changes().look()).rejects.toThrow('too many')
  maxRuns = 2
  expect(await changes().look()).toBe(1)
  expect(stretches()).toEqual([
    ['indicators', 8, 9],
    ['indicators', 9, 12],
  ])
})

it('waits for the end of an import, and not for ever', async () => {
  const watching = changes()
  const beganMs = performance.now()
  for (revision = 20; performance.now() - beganMs < 50; revision++) {
    fresh.push({ revision, count: 1 })
    watching.changed(performance.now())
    await watching.lookIfSettled()
    expect(started).toEqual([])
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await expect.poll(() => started.length).toBe(1)
  watching.stop()
})
