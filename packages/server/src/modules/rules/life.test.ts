import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Actor, toInstant } from '@watchfloor/contracts/kernel'
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
import { auditModule } from '../audit/index.ts'
import { rulesModule } from './module.ts'
import { RuleReader } from './reader.ts'
import { Rules } from './service.ts'

const startMs = Date.UTC(2026, 2, 1)
const dayMs = 86_400_000
const ada: Actor = { kind: 'user', id: 'u1', name: 'ada@example.org', roles: [], permissions: new Set() }
const folder = mkdtempSync(join(tmpdir(), 'watchfloor-rule-life-'))
const id = 'aaaaaaaa-0000-4000-8000-000000000001'
const whoami = { EventID: 1, CommandLine: 'cmd /c whoami', User: 'svc_scan' }
const kept = (event: Record<string, unknown>) => ({
  raw: JSON.stringify(event),
  hint: { receivedMs: 0, product: 'windows' },
})
const textOf = (word: string): string => `title: Whoami
id: ${id}
status: stable
level: high
logsource:
  product: windows
detection:
  selection:
    CommandLine|contains: ${word}
  condition: selection
`

let clock: ReturnType<typeof steppedClock>
let sql: Sql
let rules: Rules
let reader: RuleReader
let close: () => Promise<void>

beforeAll(async () => {
  sql = await openTestSql([...outboxMigrations, ...(auditModule.migrations ?? []), ...(rulesModule.migrations ?? [])])
  clock = steppedClock(startMs)
  const parts = { sql, clock, cache: openTestCache(clock), crypto: await openCrypto({ folder, clock }) }
  const audit = makeModules(parts, [auditModule]).use(auditModule)
  reader = new RuleReader(clock)
  const outbox = createOutbox({ sql, clock, log: quietLog })
  rules = new Rules({ sql, clock, audit, reader, outbox }, async (eventId) =>
    eventId === 'e.0.0.0' ? kept(whoami) : undefined,
  )
  close = () => reader.close()
})
afterAll(async () => {
  await close?.()
  await sql?.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  await sql.raw.exec('DELETE FROM rule; DELETE FROM rule_version; DELETE FROM rule_exception; DELETE FROM rule_sample')
  await sql.raw.exec('DELETE FROM rule_hits_by_day')
  await rules.create(ada, textOf('whoami'))
})

describe('versions', () => {
  it('are listed, compared and restored as the next one', async () => {
    await rules.update(ada, id, textOf('net1'), { expectedVersion: 1 })
    expect(await rules.diff(id, { from: 1, to: 2 })).toMatchObject({ added: 1, removed: 1 })
    await rules.restore(ada, id, { version: 1, expectedVersion: 2 })
    const { items } = await rules.versions(id, { offset: 0, limit: 10 })
    expect(items.map((one) => [one.version, one.isCurrent, one.note])).toEqual([
      [3, true, 'restored from version 1'],
      [2, false, null],
      [1, false, null],
    ])
    expect((await rules.get(id)).yaml).toBe((await rules.version(id, 1)).yaml)
  })
  it('are not restored over an edit that one has not seen', async () => {
    await rules.update(ada, id, textOf('net1'), { expectedVersion: 1 })
    await expect(rules.restore(ada, id, { version: 1, expectedVersion: 1 })).rejects.toMatchObject({
      code: 'STALE_EDIT',
    })
  })
})

describe('a status of ours', () => {
  it('goes before its author’s, and ends with the policy', async () => {
    await rules.setPolicy(ada, { levels: ['high'], statuses: ['stable'] })
    const status = async () => {
      const { status: authors, ownStatus, enabled, switch: by } = await rules.get(id)
      return [authors, ownStatus, by, enabled]
    }
    await rules.bulk(ada, { ids: [id] }, 'experimental')
    expect(await status()).toEqual(['stable', 'experimental', 'policy', false])
    await rules.bulk(ada, { ids: [id] }, 'off')
    await rules.bulk(ada, { ids: [id] }, 'stable')
    expect(await status()).toEqual(['stable', 'stable', 'policy', true])
    await rules.bulk(ada, { ids: [id] }, 'policy')
    expect(await status()).toEqual(['stable', null, 'policy', true])
  })
})

describe('an exception', () => {
  const wanted = { conditions: [{ field: 'User', op: 'equals' as const, value: 'svc_scan' }], reason: 'the scanner' }

  it('narrows its rule until it is removed', async () => {
    const made = await rules.exceptions.add(ada, id, wanted)
    expect((await rules.runnable()).filters.map((one) => one.id)).toEqual([made.id])
    expect(await rules.get(id)).toMatchObject({ exceptions: 1 })
    expect((await rules.list({}, { sort: 'title', offset: 0, limit: 10 })).items.map((one) => one.id)).toEqual([id])
    expect(await rules.exceptions.list(id)).toMatchObject([
      { reason: 'the scanner', author: ada.name, state: 'active' },
    ])
    await rules.exceptions.remove(ada, id, made.id)
    expect((await rules.runnable()).filters).toEqual([])
    expect(await rules.exceptions.list(id)).toEqual([])
  })

  it('ends by itself, and is still listed with its reason', async () => {
    await rules.exceptions.add(ada, id, { ...wanted, expiresAt: toInstant(clock.now() + dayMs) })
    expect(await rules.exceptions.expire(ada)).toBe(0)
    clock.advance(2 * dayMs)
    expect(await rules.exceptions.expire(ada)).toBe(1)
    expect((await rules.runnable()).filters).toEqual([])
    expect(await rules.exceptions.list(id)).toMatchObject([{ state: 'expired', reason: 'the scanner' }])
    expect(await rules.get(id)).toMatchObject({ exceptions: 0 })
  })

  it('says beforehand which events it would take away', async () => {
    const events = [kept(whoami), kept({ ...whoami, User: 'eve' }), kept({ ...whoami, CommandLine: 'dir' })]
    expect(await rules.exceptions.removes(id, wanted.conditions, events)).toEqual([true, false, false])
  })

  it('is refused with an end that has passed, for what is no rule, and with a value that is no network', async () => {
    const add = (more: object, ruleId = id) => rules.exceptions.add(ada, ruleId, { ...wanted, ...more })
    await expect(add({ expiresAt: toInstant(clock.now() - 1) })).rejects.toMatchObject({ code: 'UNPROCESSABLE' })
    await expect(add({}, 'nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const { id: filterId } = await add({})
    await expect(add({}, filterId)).rejects.toMatchObject({ code: 'UNPROCESSABLE' })
    const noNetwork = { conditions: [{ field: 'SourceIp', op: 'cidr' as const, value: 'nowhere' }] }
    await expect(add(noNetwork)).rejects.toMatchObject({ code: 'RULE_INVALID' })
  })
})

describe('samples', () => {
  const sample = { name: 'whoami', expected: 'match' as const, eventId: 'e.0.0.0' as never }

  it('are kept from an event or a text, and run', async () => {
    expect(await rules.samples.add(ada, id, sample)).toMatchObject({ outcome: { passed: true, matched: true } })
    await rules.samples.add(ada, id, { name: 'text', expected: 'match', event: '{"CommandLine":"dir"}' })
    expect(await rules.samples.run(id)).toMatchObject({ passed: 1, failed: 1 })
    expect(await rules.get(id)).toMatchObject({ samples: { total: 2, failing: 1 } })
  })

  it('stop a save that breaks them, unless somebody says so', async () => {
    await rules.samples.add(ada, id, sample)
    const save = (more: object) => rules.update(ada, id, textOf('nslookup'), { expectedVersion: 1, ...more })
    await expect(save({})).rejects.toMatchObject({
      code: 'RULE_SAMPLES_BROKEN',
      details: { samples: [{ name: 'whoami', passed: false }] },
    })
    expect(await rules.get(id)).toMatchObject({ version: 1 })
    expect(await save({ breakSamples: true })).toMatchObject({ version: 2, samples: { total: 1, failing: 1 } })
  })

  it('that fail already do not stop a save', async () => {
    await rules.samples.add(ada, id, { ...sample, expected: 'no-match' })
    expect(await rules.update(ada, id, textOf('who'), { expectedVersion: 1 })).toMatchObject({ version: 2 })
  })
})

describe('noise and cost', () => {
  it('are kept by day and order the list', async () => {
    const other = 'bbbbbbbb-0000-4000-8000-000000000002'
    await rules.create(ada, textOf('net').replace(id, other).replace('Whoami', 'Another'))
    await sql.tx((db) => rules.recordHits(db, [{ ruleId: id, detections: 3 }]))
    clock.advance(dayMs)
    await sql.tx((db) => rules.recordHits(db, [{ ruleId: id, detections: 2 }]))
    await rules.recordCost([{ ruleId: id, cpuUs: 1500 }])
    await rules.recordCost([{ ruleId: other, cpuUs: 4500 }])
    await rules.saveAlertCounts([{ ruleId: id, alerts: 4, closed: 2, falsePositives: 1 }])
    const detail = await rules.noise(id, 7)
    expect(detail).toMatchObject({ cpuMs7d: 1.5, cpuSharePct: 25, alerts30d: 4, closed30d: 2, falsePositives30d: 1 })
    expect(detail.daily.slice(-3)).toEqual([0, 3, 2])
    expect(detail.days.slice(-2).map((day) => day.detections)).toEqual([3, 2])
    const first = async (sort: 'noise' | 'cost' | 'false-positives') =>
      (await rules.list({}, { sort, offset: 0, limit: 1 })).items[0]?.id
    expect([await first('noise'), await first('cost'), await first('false-positives')]).toEqual([id, other, id])
    await rules.saveAlertCounts([])
    expect(await rules.noise(id, 7)).toMatchObject({ alerts30d: 0 })
  })
})
