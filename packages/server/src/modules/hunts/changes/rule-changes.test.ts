import type { HuntRunStart } from '@watchfloor/contracts/hunts'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Sql } from '../../../platform/sql/sql.ts'
import { openTestSql } from '../../../testing/embedded-sql.ts'
import { createHunts } from '../migrations/2026-11-21-16-hunts.ts'
import { RuleChanges } from './rule-changes.ts'

let sql: Sql
let days = 0
let running: { id: string; version: number }[] = []
let correlations: { id: string; version: number; isPart: boolean }[] = []
let started: HuntRunStart[] = []

/** The rules that run, as they are set here; what is started is noted. */
const changes = () =>
  new RuleChanges({
    sql,
    rules: { runnable: async () => ({ rules: running, correlations }) },
    runs: { start: async (_cause, start) => started.push(start) },
    settings: {
      changedRuleDays: { key: 'd', get: async () => days },
      changedRuleAlerts: { key: 'a', get: async () => false },
    },
  })

const idsStarted = () => started.map((one) => (one.search.kind === 'sigma' ? one.search.ruleIds : []))

beforeAll(async () => {
  sql = await openTestSql([createHunts])
})
beforeEach(() => {
  started = []
})
afterAll(() => sql?.close())

it('looks for rules that are new or have changed, and not for those that stood when it was switched on', async () => {
  running = [
    { id: 'a', version: 1 },
    { id: 'b', version: 1 },
  ]
  await changes().look()
  days = 7
  await changes().begin()

  running = [
    { id: 'a', version: 2 },
    { id: 'b', version: 1 },
    { id: 'c', version: 1 },
  ]
  expect(await changes().look()).toBe(2)
  expect(idsStarted()).toEqual([['a', 'c']])
  expect(started[0]).toMatchObject({ keep: 'detections', alerts: false, range: { lastMinutes: 7 * 1440 } })
  expect(await changes().look()).toBe(0)
  expect(started).toHaveLength(1)
})

it('takes what changed while it was off as seen when it is switched on again', async () => {
  days = 0
  running = [{ id: 'a', version: 9 }]
  await changes().look()
  days = 7
  await changes().look()
  expect(started).toEqual([])
})

it('looks for new correlations in a run of their own, and not for parts of others', async () => {
  days = 7
  running = [{ id: 'a', version: 9 }]
  correlations = []
  await changes().look()
  running = [{ id: 'a', version: 10 }]
  correlations = [
    { id: 'c', version: 1, isPart: false },
    { id: 'part', version: 1, isPart: true },
  ]
  await changes().look()
  expect(idsStarted()).toEqual([['a'], ['c']])
})
