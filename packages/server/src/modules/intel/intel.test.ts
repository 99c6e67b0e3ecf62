import { randomBytes } from 'node:crypto'
import type { IndicatorImportQuery, MispWarningList } from '@watchfloor/contracts/intel'
import { indicatorImportQuery } from '@watchfloor/contracts/intel'
import type { Actor } from '@watchfloor/contracts/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { steppedClock } from '../../platform/clock/clock.ts'
import type { Outbox } from '../../platform/outbox/outbox.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import { openTestSql } from '../../testing/embedded-sql.ts'
import { makeModules } from '../../testing/module-host.ts'
import { auditModule } from '../audit/index.ts'
import { type Intel, intelModule } from './module.ts'

const ines: Actor = {
  kind: 'user',
  id: 'u1',
  name: 'ines@example.org',
  roles: ['intelligence-analyst'],
  permissions: new Set(),
}
const clock = steppedClock(Date.UTC(2026, 2, 1))
const told: unknown[] = []
const outbox = {
  add: async (_db: unknown, type: { name: string }, bodies: readonly unknown[]) =>
    void told.push(...bodies.map((body) => [type.name, body])),
  consume: () => {},
} as unknown as Outbox

let sql: Sql
let intel: Intel
let audited: (count: number) => Promise<{ action: string; count: number | null }[]>

beforeAll(async () => {
  sql = await openTestSql([...(auditModule.migrations ?? []), ...(intelModule.migrations ?? [])])
  const modules = makeModules({ sql, clock, outbox, randomBytes }, [auditModule, intelModule])
  intel = modules.use(intelModule)
  audited = async (count) => (await modules.use(auditModule).list({}, { limit: count })).items
})
afterAll(async () => {
  await intel?.warningLists.close()
  await sql?.close()
})

async function* chunks(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
const importText = (text: string, query: Partial<IndicatorImportQuery> & { source: string }) =>
  intel.indicators.import(ines, indicatorImportQuery.parse(query), chunks(text))
const values = async (filter: Parameters<Intel['indicators']['list']>[0] = {}) =>
  (await intel.indicators.list(filter, { sort: 'value', limit: 100 })).items.map((one) => one.value)

describe('importing a list', () => {
  it('keeps what can be read, tells what cannot by its line, and keeps who did it', async () => {
    const result = await importText('# feed\n203.0.113.9\nEvil[.]example\nnot anything\n203.0.113.9\n', {
      source: 'feed-a',
      confidence: 85,
    })
    expect(result).toMatchObject({
      read: 4,
      added: 2,
      updated: 0,
      unchanged: 1,
      refused: 1,
      byType: { ipv4: 1, domain: 1 },
      problems: [{ line: 4, message: expect.stringContaining('looks like no indicator') }],
    })
    expect(await values({ source: 'feed-a' })).toEqual(['203.0.113.9', 'evil.example'])
    expect(await audited(1)).toMatchObject([{ action: 'indicators.import', count: 2 }])
    expect(told.at(-1)).toMatchObject(['intel.changed', { what: 'indicators' }])
  })

  it('again changes only what has changed, and no switch', async () => {
    const [first] = (await intel.indicators.list({ source: 'feed-a' }, { sort: 'value', limit: 1 })).items
    await intel.indicators.update(ines, first!.id, { enabled: false })
    const before = told.length
    expect(await importText('203.0.113.9\nevil.example\n', { source: 'feed-a', confidence: 85 })).toMatchObject({
      added: 0,
      updated: 0,
      unchanged: 2,
    })
    expect(told).toHaveLength(before)
    expect(await importText('203.0.113.9\nevil.example\n', { source: 'feed-a', confidence: 20 })).toMatchObject({
      updated: 2,
    })
    expect(await intel.indicators.get(first!.id)).toMatchObject({ enabled: false, confidence: 20 })
  })

  it('from another source stands beside it', async () => {
    await importText('203.0.113.9\n', { source: 'feed-b' })
    expect(await values({ text: '203.0.113.9' })).toEqual(['203.0.113.9', '203.0.113.9'])
  })

  it('in CSV and NDJSON takes what each line says', async () => {
    await importText('type;value;confidence;tags;expires;tlp\ndomain;csv.example;91;a,b;2026-04-01;TLP:WHITE\n', {
      source: 'csv',
    })
    await importText('{"value":"json.example","valid_until":"nonsense"}\n{"value":"json.example","confidence":5}\n', {
      source: 'json',
      labels: 'x',
    })
    const { items } = await intel.indicators.list({ types: ['domain'] }, { sort: 'confidence', limit: 10 })
    expect(items[0]).toMatchObject({
      value: 'csv.example',
      confidence: 91,
      tlp: 'clear',
      labels: ['a', 'b'],
      validUntil: '2026-04-01T00:00:00.000Z',
    })
    expect(items.at(-1)).toMatchObject({ value: 'json.example', confidence: 5, labels: ['x'] })
  })

  it('as a preview keeps nothing', async () => {
    const result = await importText('203.0.113.9\nnew.example\n', { source: 'feed-a', preview: 'true' })
    expect(result).toMatchObject({
      added: 1,
      unchanged: 1,
      preview: [{ line: 1 }, { type: 'domain', value: 'new.example' }],
    })
    expect(await values({ text: 'new.example' })).toEqual([])
  })

  it('of thousands of lines is several batches, and paging goes through all of them once', async () => {
    const many = Array.from({ length: 4500 }, (_, at) => `h${at}.many.example`)
    expect(await importText(many.join('\n'), { source: 'many' })).toMatchObject({ added: 4500 })
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await intel.indicators.list({ source: 'many' }, { sort: 'updated', cursor, limit: 500 })
      seen.push(...page.items.map((one) => one.value))
      cursor = page.next
    } while (cursor)
    expect(seen.sort()).toEqual(many.sort())
  })

  it('bears a line without end', async () => {
    expect(await importText(`${'a'.repeat(200_000)}\n203.0.113.77\n`, { source: 'long' })).toMatchObject({
      added: 1,
      refused: 1,
      problems: [{ line: 1 }],
    })
  })
})

describe('the whole set, page by page', () => {
  it('gives enabled indicators once, oldest revision first, and later only what is newer', async () => {
    const read = async (from: { revision: number; seq: number }) => {
      const lines: string[] = []
      let place = from
      for (;;) {
        const page = await intel.indicators.exportPage(place, 1000)
        if (!page) return { lines, place }
        lines.push(...page.lines.split('\n'))
        place = page.last
      }
    }
    const all = await read({ revision: 0, seq: 0 })
    expect(new Set(all.lines).size).toBe(all.lines.length)
    expect(all.lines.filter((line) => line.endsWith('.many.example'))).toHaveLength(4500)
    expect(all.lines.find((line) => line.endsWith('h0.many.example'))).toMatch(/^\d+\tdomain\t0\t/)
    await importText('later.example\n', { source: 'later', validDays: 1 })
    const later = await read(all.place)
    expect(later.lines).toHaveLength(1)
    expect(later.lines[0]).toMatch(/^\d+\tdomain\t\d+\tlater\.example$/)
    expect(Number(later.lines[0]!.split('\t')[2])).toBe((clock.now() + 86_400_000) / 60_000)
  })
})

describe('one indicator', () => {
  it('is refused when its source lists it already, and when it is none', async () => {
    const given = { source: 'own', confidence: 60, tlp: 'amber', labels: [], description: null } as const
    const dates = { validFrom: null, validUntil: null }
    const made = await intel.indicators.create(ines, {
      ...given,
      ...dates,
      value: 'hxxp://One[.]example/a',
      labels: [],
    })
    expect(made).toMatchObject({ type: 'url', value: 'http://one.example/a' })
    await expect(
      intel.indicators.create(ines, { ...given, ...dates, value: 'http://one.example/a', labels: [] }),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(
      intel.indicators.create(ines, { ...given, ...dates, type: 'ipv4', value: 'x', labels: [] }),
    ).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
  })

  it('is switched and deleted by ids or by a filter, with one record', async () => {
    expect(await intel.indicators.bulk(ines, { source: 'many' }, 'off')).toBe(4500)
    expect(await audited(1)).toMatchObject([{ action: 'indicators.switch', count: 4500 }])
    expect(await intel.indicators.bulk(ines, { source: 'many' }, 'on')).toBe(4500)
    expect(await intel.indicators.bulk(ines, { source: 'many' }, 'expire')).toBe(4500)
    expect(await audited(1)).toMatchObject([{ action: 'indicators.expire', count: 4500 }])
    // What has ended does not end again.
    expect(await intel.indicators.bulk(ines, { source: 'many' }, 'expire')).toBe(0)
    expect(await intel.indicators.bulk(ines, { source: 'many', state: 'expired' }, 'delete')).toBe(4500)
    expect(await values({ source: 'many' })).toEqual([])
  })
})

describe('warning lists', () => {
  const list = (more: Partial<MispWarningList> = {}): MispWarningList => ({
    name: 'Good names',
    description: '',
    version: 1,
    type: 'hostname',
    list: ['.good.example', 'good.example'],
    matching_attributes: ['domain', 'url'],
    ...more,
  })

  it('say what they cover, until they are switched off', async () => {
    expect(await intel.warningLists.import(ines, 'good', list())).toMatchObject({
      outcome: 'added',
      list: { effect: 'block' },
    })
    expect(await intel.warningLists.import(ines, 'good', list())).toMatchObject({ outcome: 'unchanged' })
    const covering = () => intel.warningLists.covering({ type: 'url', value: 'http://www.good.example/a' })
    expect(await covering()).toMatchObject([{ id: 'good', entry: 'good.example', effect: 'block' }])
    await intel.warningLists.setEffect(ines, 'good', 'inform')
    expect(await covering()).toMatchObject([{ effect: 'inform' }])
    expect(await intel.warningLists.import(ines, 'good', list({ version: 2 }))).toMatchObject({
      outcome: 'updated',
      list: { effect: 'inform' },
    })
    await intel.warningLists.setEffect(ines, 'good', 'off')
    expect(await covering()).toEqual([])
  })

  it('of places that anybody can rent inform, to begin with', async () => {
    expect(await intel.warningLists.import(ines, 'dynamic-dns', list({ name: 'Dynamic' }))).toMatchObject({
      list: { effect: 'inform' },
    })
  })

  it('stand beside the indicators that cover a value', async () => {
    const found = await intel.indicators.lookup('https://www.evil.example/x')
    expect(found.indicators.map((one) => [one.type, one.value])).toEqual([['domain', 'evil.example']])
    const known = await intel.indicators.lookup('good.example')
    expect(known.warningLists).toMatchObject([{ id: 'dynamic-dns' }])
    await expect(intel.indicators.lookup('what is this')).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
  })
})
