import { randomUUID } from 'node:crypto'
import { huntSave } from '@watchfloor/contracts/hunts'
import { type Actor, Refusal } from '@watchfloor/contracts/kernel'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { steppedClock } from '../../../platform/clock/clock.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import { openTestSql } from '../../../testing/embedded-sql.ts'
import { makeModules } from '../../../testing/module-host.ts'
import { quietLog } from '../../../testing/quiet-log.ts'
import { auditModule } from '../../audit/index.ts'
import { createHunts } from '../migrations/2026-11-21-16-hunts.ts'
import type { HuntRuns } from '../runs/service.ts'
import { SavedHunts } from './service.ts'

const hourMs = 3_600_000
const ada: Actor = { kind: 'user', id: 'u1', name: 'ada@example.org', roles: [], permissions: new Set() }
const clock = steppedClock(Date.UTC(2026, 2, 1, 5, 30))
const query = { kind: 'query' as const, query: 'process.name:whoami.exe' }

let sql: Sql
let saved: SavedHunts
let started: Parameters<HuntRuns['start']>[] = []
let refuses = false

beforeAll(async () => {
  sql = await openTestSql([...(auditModule.migrations ?? []), createHunts])
  const modules = makeModules({ sql, clock, randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)) }, [
    auditModule,
  ])
  saved = new SavedHunts({
    sql,
    clock,
    log: quietLog,
    audit: modules.use(auditModule),
    newId: randomUUID,
    // Runs are tried with a real server; here is looked at what is asked of them.
    runs: {
      start(...asked) {
        if (refuses) throw new Refusal('RATE_LIMITED', 'too many')
        started.push(asked)
        return Promise.resolve({} as never)
      },
    },
  })
})
beforeEach(() => {
  started = []
  refuses = false
})
afterAll(() => sql?.close())

const save = (more: object = {}) =>
  saved.create(ada, huntSave.parse({ name: 'Who am I', search: query, range: { lastMinutes: 60 }, ...more }))

describe('scheduled hunts', () => {
  it('start when their time has come, over their range first, then over the time since', async () => {
    const hunt = await save({ schedule: '0 * * * *', keep: 'detections' })
    expect(hunt.nextRunAt).toBe('2026-03-01T06:00:00.000Z')
    expect(await saved.startDue()).toBe(0)
    clock.advance(hourMs / 2 + 40_000)
    expect(await saved.startDue()).toBe(1)
    expect(await saved.startDue()).toBe(0)
    const firstMs = clock.now()
    expect(started[0]?.[0]).toMatchObject({ reason: 'schedule', span: { fromMs: firstMs - hourMs, toMs: firstMs } })
    expect(started[0]?.[1]).toMatchObject({ huntId: hunt.id, keep: 'detections', search: query })
    clock.advance(hourMs)
    await saved.startDue()
    expect(started[1]?.[0].span).toEqual({ fromMs: firstMs, toMs: firstMs + hourMs })
    await saved.delete(ada, hunt.id)
  })

  it('that could not start look next time at what they have missed', async () => {
    const hunt = await save({ schedule: '0 * * * *' })
    clock.advance(hourMs)
    await saved.startDue()
    const seenMs = clock.now()
    refuses = true
    clock.advance(hourMs)
    expect(await saved.startDue()).toBe(0)
    refuses = false
    clock.advance(hourMs)
    expect(await saved.startDue()).toBe(1)
    expect(started.at(-1)?.[0].span).toEqual({ fromMs: seenMs, toMs: seenMs + 2 * hourMs })
    await saved.delete(ada, hunt.id)
  })
})

describe('saved hunts', () => {
  it('are found by words, changed with their version, copied without their schedule', async () => {
    const hunt = await save({ name: 'Lateral movement', tags: ['monthly'], schedule: '0 6 * * *' })
    expect((await saved.list({ text: 'MONTHLY', limit: 10 })).items.map((one) => one.name)).toEqual([
      'Lateral movement',
    ])
    const change = huntSave.parse({ ...hunt, name: 'Renamed' })
    expect(await saved.update(ada, hunt.id, change, 1)).toMatchObject({ name: 'Renamed', version: 2 })
    await expect(saved.update(ada, hunt.id, change, 1)).rejects.toMatchObject({ code: 'STALE_EDIT' })
    expect(await saved.clone(ada, hunt.id)).toMatchObject({ name: 'Renamed (copy)', schedule: null, nextRunAt: null })
  })

  it('are refused with a schedule or a narrowing that cannot be read', async () => {
    await expect(save({ schedule: 'at noon' })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    await expect(save({ narrowing: 'host.name:(' })).rejects.toMatchObject({ code: 'UNPROCESSABLE' })
  })
})
