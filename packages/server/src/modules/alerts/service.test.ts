import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Detection } from '@watchfloor/contracts/detections'
import type { Actor, DetectionId, EventId, RuleId, SourceId } from '@watchfloor/contracts/kernel'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { steppedClock } from '../../platform/clock/clock.ts'
import { openCrypto } from '../../platform/crypto/envelope.ts'
import { createOutbox } from '../../platform/outbox/create-outbox.ts'
import { outboxMigrations } from '../../platform/outbox/outbox-migrations.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import { openTestSql } from '../../testing/embedded-sql.ts'
import { openTestCache } from '../../testing/memory-cache.ts'
import { makeModules } from '../../testing/module-host.ts'
import { quietLog } from '../../testing/quiet-log.ts'
import { type Audit, auditModule } from '../audit/index.ts'
import { alertsModule } from './module.ts'
import { Alerts } from './service.ts'

const startMs = Date.UTC(2026, 2, 1)
const clock = steppedClock(startMs)
const person = (id: string): Actor => ({
  kind: 'user',
  id,
  name: `${id}@example.org`,
  roles: [],
  permissions: new Set(),
})
const ada = person('ada')
const people = new Map([['ada', { id: 'ada', name: 'Ada' }]])

const folder = mkdtempSync(join(tmpdir(), 'watchfloor-alerts-'))
let sql: Sql
let audit: Audit
let alerts: Alerts
let made = 0

beforeAll(async () => {
  const migrations = [auditModule, alertsModule].flatMap((module) => module.migrations ?? [])
  sql = await openTestSql([...outboxMigrations, ...migrations])
  const parts = { sql, clock, cache: openTestCache(clock), crypto: await openCrypto({ folder, clock }) }
  audit = makeModules(parts, [auditModule]).use(auditModule)
  alerts = new Alerts({
    sql,
    clock,
    audit,
    outbox: createOutbox({ sql, clock, log: quietLog }),
    newId: () => `undo-${++made}`,
    findPerson: async (id) => people.get(id),
    ruleDetail: async () => undefined,
  })
})
afterAll(async () => {
  await sql?.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  await sql.raw.exec('DELETE FROM alert_undo; DELETE FROM alert; DELETE FROM outbox_event')
})

const detection = (number: number, host = 'ws-1'): Detection => ({
  id: `rule-1@${host}-${number}` as DetectionId,
  kind: 'sigma',
  retrospective: false,
  evidence: null,
  ruleId: 'rule-1' as RuleId,
  ruleTitle: 'A rule',
  ruleVersion: 1,
  level: 'high',
  eventId: `${host}-${number}` as EventId,
  sourceId: 'source-1' as SourceId,
  time: new Date(startMs + number * 1000).toISOString(),
  detectedAt: new Date(startMs).toISOString(),
  entities: { 'host.name': host },
  techniques: [],
})
const all = async () => (await alerts.list(ada, {}, { sort: 'oldest', limit: 100 })).items
const told = async () =>
  (await sql.raw.query("SELECT body->>'change' AS change FROM outbox_event ORDER BY seq")).rows.map((row) => row.change)

describe('detections that become alerts', () => {
  it('are counted in one alert, which is told as new and then as updated', async () => {
    await alerts.take([detection(1), detection(2)])
    await alerts.take([detection(3)])
    expect(await all()).toMatchObject([{ count: 3, status: 'new', severity: 'high' }])
    expect(await told()).toEqual(['created', 'updated'])
  })

  it('change nothing when they come again, alone or among new ones', async () => {
    await alerts.take([detection(1), detection(2)])
    const before = await all()
    await alerts.take([detection(1), detection(2)])
    await alerts.take([detection(2), detection(2), detection(1)])
    expect(await all()).toEqual(before)
    expect(await told()).toEqual(['created'])
    await alerts.take([detection(2), detection(3)])
    expect(await all()).toMatchObject([{ count: 3 }])
  })

  it('do not open a closed alert again: they make another, and a repeat of the old ones stays without effect', async () => {
    await alerts.take([detection(1)])
    const [first] = await all()
    await alerts.update(ada, first?.id ?? '', { resolution: 'false-positive' })
    await alerts.take([detection(1)])
    expect(await all()).toHaveLength(1)
    await alerts.take([detection(2)])
    expect(await all()).toMatchObject([
      { status: 'closed', count: 1 },
      { status: 'new', count: 1 },
    ])
  })

  it('name the same alerts in a replay on an empty database', async () => {
    await alerts.take([detection(1), detection(2, 'ws-2')])
    const ids = (await all()).map((alert) => alert.id)
    await sql.raw.exec('DELETE FROM alert')
    await alerts.take([detection(2, 'ws-2'), detection(1)])
    expect((await all()).map((alert) => alert.id).toSorted()).toEqual(ids.toSorted())
  })
})

describe('triage', () => {
  it('refuses a change on top of one that its author has not seen', async () => {
    await alerts.take([detection(1)])
    const [alert] = await all()
    const id = alert?.id ?? ''
    const version = alert?.version ?? 0
    await alerts.update(ada, id, { severity: 'critical', expectedVersion: version })
    await expect(alerts.update(person('bob'), id, { severity: 'low', expectedVersion: version })).rejects.toMatchObject(
      {
        code: 'STALE_EDIT',
      },
    )
    expect(await all()).toMatchObject([{ severity: 'critical', version: version + 1 }])
  })

  it('refuses to assign to somebody who is not there, and names an alert that is not there', async () => {
    await alerts.take([detection(1)])
    const [alert] = await all()
    await expect(alerts.update(ada, alert?.id ?? '', { assignee: 'nobody' })).rejects.toMatchObject({
      code: 'UNPROCESSABLE',
    })
    await expect(alerts.update(ada, 'alert-none', { severity: 'low' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('changes many at once with one audit record, and puts them back once', async () => {
    await alerts.take([detection(1), detection(1, 'ws-2'), detection(1, 'ws-3')])
    const before = await all()
    const bulk = await alerts.bulk(ada, { filter: {} }, { assignee: 'ada', status: 'new' })
    expect(bulk).toMatchObject({ changed: 3, skipped: 0 })
    expect((await all()).map((alert) => alert.assignee?.id)).toEqual(['ada', 'ada', 'ada'])
    const { items } = await audit.list({ action: 'alerts.bulk-update' }, { limit: 10 })
    expect(items).toMatchObject([{ count: 3 }])

    expect(await alerts.undo(ada, bulk.undo)).toEqual({ changed: 3, skipped: 0 })
    expect((await all()).map((alert) => alert.assignee)).toEqual(before.map((alert) => alert.assignee))
    await expect(alerts.undo(ada, bulk.undo)).rejects.toMatchObject({ code: 'GONE' })
  })

  it('keeps a severity that somebody chose when detections go on', async () => {
    await alerts.take([detection(1)])
    const [alert] = await all()
    await alerts.update(ada, alert?.id ?? '', { severity: 'low' })
    await alerts.take([{ ...detection(2), level: 'critical' }])
    expect(await all()).toMatchObject([{ severity: 'low', count: 2 }])
    // Undoing the choice gives the severity back to the detections.
    await alerts.take([detection(1, 'ws-2')])
    const bulk = await alerts.bulk(ada, { filter: { entity: 'ws-2' } }, { severity: 'low' })
    await alerts.undo(ada, bulk.undo)
    await alerts.take([{ ...detection(2, 'ws-2'), level: 'critical' }])
    expect((await alerts.list(ada, { entity: 'ws-2' }, { sort: 'newest', limit: 10 })).items).toMatchObject([
      { severity: 'critical' },
    ])
  })

  it('says of an undone change what it changed back, and nothing else', async () => {
    await alerts.take([detection(1)])
    const id = (await all())[0]?.id ?? ''
    const changed = { severity: 'low', assignee: 'ada', resolution: 'benign', comment: 'nothing to see' } as const
    const { undo } = await alerts.bulk(ada, { ids: [id] }, changed)
    expect(await alerts.undo(ada, undo)).toEqual({ changed: 1, skipped: 0 })
    const { activity, comments } = await alerts.get(id)
    expect(activity.filter((line) => line.text === 'undone')).toMatchObject([
      { kind: 'reopened', before: 'closed: benign', after: 'new' },
      { kind: 'assignee', before: 'Ada', after: null },
      { kind: 'severity', before: 'low', after: 'high' },
    ])
    expect(comments).toBe(1)

    const comment = await alerts.bulk(ada, { ids: [id] }, { comment: 'still nothing' })
    expect(await alerts.undo(ada, comment.undo)).toEqual({ changed: 0, skipped: 1 })
  })

  it('undoes nothing of what somebody has changed since, for somebody else, or too late', async () => {
    await alerts.take([detection(1), detection(1, 'ws-2')])
    const [first] = await all()
    const bulk = await alerts.bulk(ada, { filter: {} }, { severity: 'low' })
    await alerts.update(person('bob'), first?.id ?? '', { severity: 'critical' })
    await expect(alerts.undo(person('bob'), bulk.undo)).rejects.toMatchObject({ code: 'GONE' })
    expect(await alerts.undo(ada, bulk.undo)).toEqual({ changed: 1, skipped: 1 })
    expect((await all()).map((alert) => alert.severity).toSorted()).toEqual(['critical', 'high'])

    const late = await alerts.bulk(ada, { filter: {} }, { severity: 'medium' })
    clock.advance(11 * 60_000)
    await expect(alerts.undo(ada, late.undo)).rejects.toMatchObject({ code: 'GONE' })
  })

  it('counts what a bulk change leaves as it is', async () => {
    await alerts.take([detection(1), detection(1, 'ws-2')])
    const ids = (await all()).map((alert) => alert.id)
    expect(await alerts.bulk(ada, { ids: [...ids, 'alert-none'] }, { severity: 'high' })).toMatchObject({
      changed: 0,
      skipped: 3,
    })
  })
})

describe('the overview', () => {
  it('counts in each bar what the list of that stretch shows, in every one', async () => {
    const hours = [0, 1, 1.5, 20, 23.99]
    for (const [at, hour] of hours.entries()) await alerts.take([detection(hour * 3600, `ws-${at}`)])
    // Goes on for a day, and was raised once.
    await alerts.take([detection(86_000, 'ws-0')])
    const closed = (await all())[0]?.id ?? ''
    await alerts.update(ada, closed, { resolution: 'benign' })

    const { bars, intervalMs } = await alerts.summary({
      from: new Date(startMs).toISOString(),
      to: new Date(startMs + 86_399_990).toISOString(),
      buckets: 48,
    })
    const counted = bars.map((bar) => Object.values(bar.bySeverity).reduce((sum, count) => sum + count, 0))
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(hours.length)
    for (const [at, bar] of bars.entries()) {
      const firstSeenTo = new Date(Date.parse(bar.start) + intervalMs).toISOString()
      const shown = await alerts.list(ada, { firstSeenFrom: bar.start, firstSeenTo }, { sort: 'newest', limit: 1 })
      expect(shown.total, bar.start).toBe(counted[at])
    }
  })
})
