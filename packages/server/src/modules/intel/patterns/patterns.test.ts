import { randomBytes } from 'node:crypto'
import { newIndicator, newPattern, patternImport } from '@watchfloor/contracts/intel'
import type { Actor, Evidence } from '@watchfloor/contracts/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { steppedClock } from '../../../platform/clock/clock.ts'
import type { Outbox } from '../../../platform/outbox/outbox.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import { openTestSql } from '../../../testing/embedded-sql.ts'
import { makeModules } from '../../../testing/module-host.ts'
import { auditModule } from '../../audit/index.ts'
import { type Intel, intelModule } from '../module.ts'

const ines: Actor = {
  kind: 'user',
  id: 'u1',
  name: 'ines@example.org',
  roles: ['intelligence-analyst'],
  permissions: new Set(),
}
const clock = steppedClock(Date.UTC(2026, 2, 1))
const told: { revision: number; what: string }[] = []
const outbox = {
  add: async (_db: unknown, _type: unknown, bodies: readonly (typeof told)[number][]) => void told.push(...bodies),
  consume: () => {},
} as unknown as Outbox

let sql: Sql
let intel: Intel
let audited: () => Promise<{ action: string; count: number | null }[]>

beforeAll(async () => {
  sql = await openTestSql([...(auditModule.migrations ?? []), ...(intelModule.migrations ?? [])])
  const modules = makeModules({ sql, clock, outbox, randomBytes }, [auditModule, intelModule])
  intel = modules.use(intelModule)
  audited = async () => (await modules.use(auditModule).list({}, { limit: 1 })).items
})
afterAll(async () => {
  await intel?.warningLists.close()
  await sql?.close()
})

const create = (pattern: string, more: object = {}) =>
  intel.patterns.create(ines, newPattern.parse({ name: 'Loader', pattern, source: 'us', ...more }))
const listed = async (filter: Parameters<Intel['indicators']['list']>[0] = {}) =>
  (await intel.indicators.list(filter, { sort: 'value', limit: 100 })).items
const uuid = (last: number) => `indicator--00000000-0000-4000-8000-${String(last).padStart(12, '0')}`
const indicator = (last: number, pattern: string, more: object = {}) => ({
  type: 'indicator',
  spec_version: '2.1',
  id: uuid(last),
  name: `Indicator ${last}`,
  pattern,
  pattern_type: 'stix',
  valid_from: '2026-01-01T00:00:00Z',
  modified: '2026-01-01T00:00:00Z',
  ...more,
})
const importObjects = (objects: object[], more: object = {}) =>
  intel.patterns.import(ines, patternImport.parse({ bundle: { type: 'bundle', objects }, source: 'feed', ...more }))
const running = async (listing = {}) => (await intel.patterns.running(listing, 0, 100)).map((row) => row.name)
const shell = "[process:command_line LIKE '%-enc%' AND process:name = 'powershell.exe']"

describe('a pattern', () => {
  it('is kept with how it is matched, told upward and written into the audit log', async () => {
    const made = await create(shell, { confidence: 85, labels: ['loader'] })
    expect(made).toMatchObject({ scope: 'event', indicators: 0, version: 1, enabled: true, sightings: { count: 0 } })
    expect(told.at(-1)).toMatchObject({ what: 'patterns' })
    expect(await audited()).toMatchObject([{ action: 'patterns.create' }])
    expect(await running()).toEqual(['Loader'])
    await expect(create(shell)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await create("([url:value LIKE '%a%'] FOLLOWEDBY [url:value LIKE '%b%']) WITHIN 60 SECONDS")).toMatchObject({
      scope: 'sequence',
    })
  })

  it('that cannot run is refused with the place and a remedy', async () => {
    await expect(create("[process:name = 'x'")).rejects.toMatchObject({
      code: 'UNPROCESSABLE',
      remedy: expect.any(String),
      issues: [{ at: expect.stringMatching(/^1:\d+$/) }],
    })
    expect(intel.patterns.check("[process:name = 'x'", '2.1')).toMatchObject({ runs: false, scope: null })
  })

  it('changes under its version, and says when it begins to match something else', async () => {
    const [before] = (await intel.patterns.list({ source: 'us', scope: 'event' }, { limit: 10 })).items
    const revision = await intel.indicators.revision()
    await intel.patterns.update(ines, before!.id, { confidence: 20 })
    expect(await running({ freshAfter: revision })).toEqual([])
    await intel.patterns.update(ines, before!.id, {
      pattern: "[process:command_line LIKE '%-enc %']",
      expectedVersion: 2,
    })
    expect(await running({ freshAfter: revision })).toEqual(['Loader'])
    await expect(intel.patterns.update(ines, before!.id, { confidence: 1, expectedVersion: 2 })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    await intel.patterns.update(ines, before!.id, { enabled: false })
    expect(await running({ source: 'us' })).toHaveLength(1)
  })
})

describe('a pattern that merely lists values', () => {
  const values = "[ipv4-addr:value = '198.51.100.3' OR domain-name:value = 'evil.example']"

  it('becomes indicators, which follow it', async () => {
    const made = await create(values, { source: 'lists', confidence: 70 })
    expect(made).toMatchObject({ scope: 'index', indicators: 2 })
    expect(told.at(-1)).toMatchObject({ what: 'indicators' })
    expect(await listed({ source: 'lists' })).toMatchObject([
      { value: '198.51.100.3', confidence: 70, description: 'Loader' },
      { value: 'evil.example', enabled: true },
    ])
    await intel.patterns.update(ines, made.id, { enabled: false })
    expect((await listed({ source: 'lists' })).map((one) => one.enabled)).toEqual([false, false])
    await intel.patterns.update(ines, made.id, { enabled: true, pattern: "[domain-name:value = 'evil.example']" })
    expect(await listed({ source: 'lists' })).toMatchObject([{ value: 'evil.example', enabled: true }])
  })

  it('shares an indicator with another one, and leaves it to that when it goes', async () => {
    const [first] = (await intel.patterns.list({ source: 'lists' }, { limit: 10 })).items
    const second = await create("[domain-name:value = 'evil.example' OR url:value = 'http://evil.example/a']", {
      source: 'lists',
    })
    await intel.patterns.remove(ines, first!.id)
    expect((await listed({ source: 'lists' })).map((one) => one.value)).toEqual([
      'evil.example',
      'http://evil.example/a',
    ])
    await intel.patterns.remove(ines, second.id)
    expect(await listed({ source: 'lists' })).toEqual([])
  })
})

describe('importing a bundle', () => {
  const identity = { type: 'identity', id: 'identity--1', name: 'Example CERT' }
  const objects = [
    identity,
    indicator(1, shell, {
      created_by_ref: 'identity--1',
      confidence: 90,
      indicator_types: ['malicious-activity'],
      object_marking_refs: [
        'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da',
        'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
      ],
      valid_until: '2026-06-01T00:00:00Z',
    }),
    indicator(2, "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']"),
    indicator(3, "[process:name = 'x'"),
    indicator(4, 'rule x { condition: true }', { pattern_type: 'yara' }),
    { type: 'malware', id: 'malware--1' },
    indicator(5, shell, { valid_until: 'tomorrow' }),
  ]

  it('keeps what can run with what it says of itself, and tells the rest', async () => {
    const result = await importObjects(objects)
    expect(result).toMatchObject({ added: 2, refused: 2, passedOver: 3, indicators: 1 })
    expect(result.problems).toMatchObject([
      { stixId: uuid(5), message: expect.stringContaining('valid_until') },
      { stixId: uuid(3), message: expect.stringContaining('STIX_') },
    ])
    const [cert] = (await intel.patterns.list({ source: 'Example CERT' }, { limit: 10 })).items
    expect(cert).toMatchObject({
      stixId: uuid(1),
      name: 'Indicator 1',
      confidence: 90,
      tlp: 'amber+strict',
      labels: ['malicious-activity'],
      validUntil: '2026-06-01T00:00:00.000Z',
    })
    expect(await listed({ source: 'feed' })).toMatchObject([{ type: 'md5', description: 'Indicator 2' }])
    expect(await audited()).toMatchObject([{ action: 'patterns.import', count: 2 }])
  })

  it('again changes only what has changed, not a switch, and nothing for an older version', async () => {
    const [cert] = (await intel.patterns.list({ source: 'Example CERT' }, { limit: 10 })).items
    await intel.patterns.update(ines, cert!.id, { enabled: false })
    expect(await importObjects(objects)).toMatchObject({ added: 0, updated: 0, unchanged: 2 })
    const old = indicator(2, shell, { modified: '2025-01-01T00:00:00Z' })
    expect(await importObjects([old])).toMatchObject({ unchanged: 1 })
    const newer = indicator(1, shell, {
      created_by_ref: 'identity--1',
      name: 'Renamed',
      modified: '2026-02-01T00:00:00Z',
    })
    expect(await importObjects([identity, newer])).toMatchObject({ updated: 1 })
    expect(await intel.patterns.get(cert!.id)).toMatchObject({ name: 'Renamed', enabled: false })
  })

  it('takes back what its source revokes', async () => {
    const revoked = indicator(2, "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']", {
      revoked: true,
      modified: '2026-02-01T00:00:00Z',
    })
    expect(await importObjects([revoked])).toMatchObject({ updated: 1 })
    expect(await listed({ source: 'feed' })).toMatchObject([{ enabled: false }])
  })
})

it('counts what was seen of patterns, and of indicators whoever lists them', async () => {
  const seen = await create("[ipv4-addr:value = '203.0.113.7']", { source: 'sightings' })
  const other = await create("[process:name = 'seen.exe' AND process:pid > 4]", { source: 'sightings' })
  const ofValue: Evidence = {
    type: 'indicator',
    indicatorId: 'ind-x',
    indicatorType: 'ipv4',
    value: '203.0.113.7',
    indicator: '203.0.113.7',
    field: 'source.ip',
    sources: [{ name: 'sightings', confidence: 50, tlp: 'amber' }],
    labels: [],
  }
  const ofPattern: Evidence = {
    type: 'pattern',
    patternId: `pattern:${other.id}`,
    pattern: '',
    eventIds: [],
    matched: [],
  }
  await sql.tx((db) =>
    intel.recordSightings(db, [
      { evidence: ofValue, time: '2026-02-03T00:00:00.000Z' },
      { evidence: ofValue, time: '2026-02-01T00:00:00.000Z' },
      { evidence: ofPattern, time: '2026-02-02T00:00:00.000Z' },
      { evidence: null, time: '2026-02-02T00:00:00.000Z' },
    ]),
  )
  const both = { count: 2, firstSeen: '2026-02-01T00:00:00.000Z', lastSeen: '2026-02-03T00:00:00.000Z' }
  expect((await intel.patterns.get(seen.id)).sightings).toEqual(both)
  expect((await listed({ source: 'sightings' }))[0]?.sightings).toEqual(both)
  expect((await intel.patterns.get(other.id)).sightings.count).toBe(1)
})

it('an indicator is fresh when it is new, switched on, or listed again after its end', async () => {
  const place = await intel.indicators.revision()
  const fresh = async (after: number) =>
    (await intel.indicators.values({ freshAfter: after }, 0, 100)).map((one) => one.value)
  const made = await intel.indicators.create(
    ines,
    newIndicator.parse({ source: 'fresh', value: '192.0.2.99', validUntil: '2026-03-02T00:00:00Z' }),
  )
  expect(await fresh(place)).toEqual(['192.0.2.99'])
  const second = await intel.indicators.revision()
  await intel.indicators.update(ines, made.id, { confidence: 60 })
  expect(await fresh(second)).toEqual([])
  await intel.indicators.update(ines, made.id, { enabled: false })
  await intel.indicators.bulk(ines, { ids: [made.id] }, 'on')
  expect(await fresh(second)).toEqual(['192.0.2.99'])
  const third = await intel.indicators.revision()
  clock.advance(3 * 86_400_000)
  await intel.indicators.update(ines, made.id, { validUntil: null })
  expect(await fresh(third)).toEqual(['192.0.2.99'])
})
