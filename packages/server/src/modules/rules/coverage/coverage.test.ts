import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Actor } from '@watchfloor/contracts/kernel'
import { navigatorLayer } from '@watchfloor/contracts/rules'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { steppedClock } from '../../../platform/clock/clock.ts'
import { openCrypto } from '../../../platform/crypto/envelope.ts'
import { createOutbox } from '../../../platform/outbox/create-outbox.ts'
import { outboxMigrations } from '../../../platform/outbox/outbox-migrations.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import { openTestSql } from '../../../testing/embedded-sql.ts'
import { openTestCache } from '../../../testing/memory-cache.ts'
import { makeModules } from '../../../testing/module-host.ts'
import { quietLog } from '../../../testing/quiet-log.ts'
import { auditModule } from '../../audit/index.ts'
import { rulesModule } from '../module.ts'
import { RuleReader } from '../reader.ts'
import { Rules } from '../service.ts'
import { RuleCoverage } from './service.ts'

const clock = steppedClock(Date.UTC(2026, 2, 1))
const ada: Actor = { kind: 'user', id: 'u1', name: 'ada@example.org', roles: [], permissions: new Set() }
const folder = mkdtempSync(join(tmpdir(), 'watchfloor-coverage-'))
const reader = new RuleReader(clock)
let sql: Sql
let rules: Rules
let coverage: RuleCoverage

const idOf = (number: number): string => `aaaaaaaa-0000-4000-8000-00000000000${number}`
const textOf = (
  number: number,
  more: { level: string; product?: string; tags: string[] },
): string => `title: Rule ${number}
id: ${idOf(number)}
status: stable
level: ${more.level}
tags: [${more.tags.join(', ')}]
logsource:
  product: ${more.product ?? 'windows'}
detection:
  selection:
    CommandLine|contains: whoami
  condition: selection
`

beforeAll(async () => {
  sql = await openTestSql([...outboxMigrations, ...(auditModule.migrations ?? []), ...(rulesModule.migrations ?? [])])
  const crypto = await openCrypto({ folder, clock })
  const audit = makeModules({ sql, clock, cache: openTestCache(clock), crypto }, [auditModule]).use(auditModule)
  const parts = { sql, clock, audit, reader, outbox: createOutbox({ sql, clock, log: quietLog }) }
  rules = new Rules(parts)
  coverage = new RuleCoverage(parts)
  await rules.setPolicy(ada, { levels: ['high'], statuses: ['stable'] })
  await rules.create(ada, textOf(1, { level: 'high', tags: ['attack.execution', 'attack.t1059.001', 'attack.t1059'] }))
  await rules.create(ada, textOf(2, { level: 'low', tags: ['attack.execution', 'attack.t1059.001'] }))
  await rules.create(ada, textOf(3, { level: 'high', product: 'linux', tags: ['attack.t9999'] }))
  await sql.tx((db) => rules.recordHits(db, [{ ruleId: idOf(1), detections: 7 }]))
})
afterAll(async () => {
  await reader.close()
  await sql?.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('coverage', () => {
  it('counts rules, those that run, and detections by technique and tactic', async () => {
    const { techniques, tactics, unknown } = await coverage.coverage({ days: 7 })
    const of = (id: string) => techniques.find((one) => one.id === id)
    expect(of('T1059.001')).toMatchObject({ name: 'PowerShell', rules: 2, enabled: 1, detections: 7 })
    expect(of('T1059')).toMatchObject({ rules: 1, enabled: 1, detections: 7 })
    expect(of('T1001')).toMatchObject({ rules: 0, enabled: 0, detections: 0 })
    expect(tactics.find((one) => one.shortName === 'execution')).toMatchObject({ rules: 2, enabled: 1 })
    expect(unknown).toEqual([{ id: 'T9999', rules: 1 }])
  })
  it('looks at one product alone, and forgets detections of before', async () => {
    expect((await coverage.coverage({ days: 7, product: 'linux' })).techniques.some((one) => one.rules > 0)).toBe(false)
    clock.advance(8 * 86_400_000)
    const later = await coverage.coverage({ days: 7 })
    expect(later.techniques.find((one) => one.id === 'T1059')).toMatchObject({ rules: 1, detections: 0 })
  })
  it('goes out as a layer that comes in again', async () => {
    const layer = navigatorLayer.parse(JSON.parse(JSON.stringify(await coverage.navigatorLayer({ days: 7 }))))
    expect(layer).toMatchObject({ domain: 'enterprise-attack', versions: { layer: '4.5' } })
    const kept = await coverage.addLayer(ada, layer)
    expect(kept.scores).toEqual({ T1059: 1, 'T1059.001': 1 })
    expect((await coverage.layers()).map((one) => one.id)).toEqual([kept.id])
    await coverage.removeLayer(ada, kept.id)
    expect(await coverage.layers()).toEqual([])
    await expect(coverage.removeLayer(ada, kept.id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
  it('refuses a layer of another domain or without scores', async () => {
    const layer = { name: 'a', domain: 'enterprise-attack', versions: { layer: '4.5' }, techniques: [] }
    await expect(coverage.addLayer(ada, layer)).rejects.toMatchObject({ code: 'UNPROCESSABLE' })
    await expect(coverage.addLayer(ada, { ...layer, domain: 'ics-attack' })).rejects.toMatchObject({
      code: 'UNPROCESSABLE',
    })
  })
})
