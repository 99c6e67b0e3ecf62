import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyFields, type Fields, type FieldValue } from '@watchfloor/engines/event'
import { evaluate, parseQuery, type QueryNode } from '@watchfloor/engines/query'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { EventColumns, EventQuery, EventStore, StoredEvent } from '../../platform/events/event-store.ts'

/** How the suite gets an adapter. Every call of `make` is an empty store. */
export interface EventStoreUnderTest {
  readonly store: EventStore
  /** Closes the store and opens the same data again. */
  reopen(): Promise<EventStore>
  destroy(): Promise<void>
}

const DAY_MS = 86_400_000
const START_MS = Date.UTC(2026, 2, 1)

export interface Sample {
  readonly timeMs?: number
  readonly sourceId?: string
  readonly raw?: string
  readonly ecs?: Readonly<Record<string, FieldValue>>
  readonly id?: string
}

/** Columns of a batch out of a few words per event; ids count from `first`. */
export function columnsOf(samples: readonly Sample[], first = 0): EventColumns {
  const timeMs = new Float64Array(samples.map((sample, at) => sample.timeMs ?? START_MS + (first + at) * 1000))
  return {
    count: samples.length,
    id: samples.map((sample, at) => sample.id ?? `e1.0.${first + at}.0`),
    timeMs,
    receivedMs: timeMs.map((ms) => ms + 5),
    sourceId: samples.map((sample) => sample.sourceId ?? 's1'),
    parser: samples.map(() => 'test'),
    ecsJson: samples.map((sample) => JSON.stringify(sample.ecs ?? {})),
    raw: samples.map((sample) => sample.raw ?? JSON.stringify(sample.ecs ?? {})),
  }
}

const everything: EventQuery = { scope: 'all', fromMs: 0, toMs: START_MS + 4_000 * DAY_MS }
const asking = (text: string): EventQuery => ({ ...everything, where: parseQuery(text).node })
const idsOf = (events: readonly StoredEvent[]): string[] => events.map(({ id }) => id)

/** What every event store must do; run it on each adapter. */
export function eventStoreConformance(name: string, make: () => Promise<EventStoreUnderTest>): void {
  describe(`event store: ${name}`, () => {
    const opened: EventStoreUnderTest[] = []
    const start = async () => {
      const under = await make()
      opened.push(under)
      return under
    }
    /** A store that holds these, and how to add more. */
    const holding = async (samples: readonly Sample[]) => {
      const under = await start()
      let next = 0
      const add = async (more: readonly Sample[]) => {
        await under.store.append(columnsOf(more, next), {
          topic: 'logs',
          partition: 0,
          first: next,
          next: next + more.length,
        })
        next += more.length
      }
      await add(samples)
      return { ...under, add }
    }
    afterEach(async () => {
      for (const under of opened.splice(0)) await under.destroy()
    })

    it('gives an event back as it came', async () => {
      const odd = `tab\t "quote" 'single' \u{1f600} \0 \ud800 ä`
      const ecs = { 'process.name': odd, 'a.list': [1, ['x', null, true]], __proto__x: 'plain', 'n.float': 1.5 }
      const { store } = await holding([{ timeMs: START_MS + 1.25, sourceId: "s'1", raw: odd, ecs }])
      const event = await store.get('e1.0.0.0', 'all')
      expect(event).toEqual({
        id: 'e1.0.0.0',
        timeMs: START_MS + 1,
        receivedMs: START_MS + 6,
        sourceId: "s'1",
        parser: 'test',
        ecs: { ...ecs, 'process.name': odd.toWellFormed() },
        raw: odd.toWellFormed(),
      })
      expect(await store.get('e1.0.1.0', 'all')).toBeUndefined()
    })

    it('stores a batch once, however often it is handed over', async () => {
      const { store } = await start()
      const batch = columnsOf([{}, {}, {}])
      const offsets = { topic: 'logs', partition: 1, first: 0, next: 3 }
      expect(await store.append(batch, offsets)).toEqual({ appended: 3, skipped: false })
      expect(await store.append(batch, offsets)).toEqual({ appended: 0, skipped: true })
      expect(await store.count(everything)).toBe(3)
      expect(await store.consumed('logs', 1)).toBe(3)
      expect(await store.consumed('logs', 0)).toBeUndefined()
      await expect(
        store.append(columnsOf([{}, {}], 2), { topic: 'logs', partition: 1, first: 2, next: 4 }),
      ).rejects.toThrow(/overlaps/)
    })

    it('notes offsets of records that held no event, and reports them as durable', async () => {
      const under = await start()
      await under.store.append(columnsOf([]), { topic: 'logs', partition: 0, first: 0, next: 7 })
      expect(await under.store.checkpoint()).toEqual([{ topic: 'logs', partition: 0, next: 7 }])
      const store = await under.reopen()
      expect(await store.consumed('logs', 0)).toBe(7)
    })

    it('appends all of a batch or nothing', async () => {
      const { store } = await start()
      const batch = { ...columnsOf([{}, {}]), ecsJson: ['{}', '{"broken":'] }
      await expect(store.append(batch, { topic: 'logs', partition: 0, first: 0, next: 2 })).rejects.toThrow()
      expect(await store.count(everything)).toBe(0)
      expect(await store.consumed('logs', 0)).toBeUndefined()
      await store.append(columnsOf([{}]), { topic: 'logs', partition: 0, first: 0, next: 1 })
      expect(await store.count(everything)).toBe(1)
    })

    it('pages in both orders, ties by id, each event once, while more are appended', async () => {
      const { store, add } = await holding(
        Array.from({ length: 100 }, (_, at) => ({ timeMs: START_MS + Math.floor(at / 7) * 1000 })),
      )
      for (const order of ['newest', 'oldest'] as const) {
        const seen: StoredEvent[] = []
        let cursor: string | undefined
        do {
          const page = await store.search({ ...everything, order, limit: 9, ...(cursor ? { cursor } : {}) })
          expect(page.events.length).toBeLessThanOrEqual(9)
          seen.push(...page.events)
          cursor = page.next
          // Beyond what was read already, so that it shows in neither order.
          if (order === 'newest') await add([{ timeMs: START_MS + DAY_MS }])
        } while (cursor)
        const old = seen.filter(({ timeMs }) => timeMs < START_MS + DAY_MS)
        expect(new Set(idsOf(old)).size).toBe(100)
        const sorted = [...seen].sort((a, b) => a.timeMs - b.timeMs || (a.id < b.id ? -1 : 1))
        expect(idsOf(seen)).toEqual(idsOf(order === 'oldest' ? sorted : sorted.reverse()))
      }
    })

    it('refuses a cursor it did not give out', async () => {
      const { store } = await holding([{}])
      await expect(
        store.search({ ...everything, order: 'newest', limit: 1, cursor: 'nonsense' }),
      ).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
      })
    })

    it('takes the start of a time range and leaves its end out', async () => {
      const { store } = await holding([{ timeMs: START_MS }, { timeMs: START_MS + 1 }, { timeMs: START_MS + 2 }])
      expect(await store.count({ ...everything, fromMs: START_MS, toMs: START_MS + 2 })).toBe(2)
    })

    it('shows nobody events outside of their scope', async () => {
      const ecs = { 'user.name': 'x' }
      const { store } = await holding([
        { sourceId: 's1', ecs },
        { sourceId: 's2', ecs: { 'user.name': 'y', secret: 1 } },
      ])
      const scope = { sourceIds: ['s1', "none'"] }
      const query = { ...everything, scope }
      expect(idsOf((await store.search({ ...query, order: 'newest', limit: 10 })).events)).toEqual(['e1.0.0.0'])
      expect(await store.get('e1.0.1.0', scope)).toBeUndefined()
      expect(await store.count(query)).toBe(1)
      expect(await store.count({ ...query, scope: { sourceIds: [] } })).toBe(0)
      expect(await store.topValues({ ...query, field: 'user.name', limit: 5 })).toEqual([{ value: 'x', count: 1 }])
      expect(await store.fields({ ...query, sample: 10 })).toEqual([{ field: 'user.name', count: 1 }])
      const bars = await store.histogram({ ...query, fromMs: START_MS, toMs: START_MS + 2000, intervalMs: 1000 })
      expect(bars.map(({ count }) => count)).toEqual([1, 0])
      for await (const page of store.scan(query, 10)) expect(idsOf(page)).toEqual(['e1.0.0.0'])
    })

    it('counts by interval, zeros included, aligned to the interval', async () => {
      const { store } = await holding([0, 100, 3_500, 9_999].map((ms) => ({ timeMs: START_MS + ms })))
      const query = { ...everything, fromMs: START_MS + 50, toMs: START_MS + 10_000, intervalMs: 2_000 }
      expect(await store.histogram(query)).toEqual(
        [1, 1, 0, 0, 1].map((count, at) => ({ startMs: START_MS + at * 2_000, count })),
      )
      await expect(store.histogram({ ...query, intervalMs: 1 })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    })

    it('counts the most frequent values, opening lists, in columns and in the rest alike', async () => {
      const samples = [['a', 'b'], 'a', ['a', ['c']], 'B', null].map((value) => ({
        ecs: { 'event.category': value, 'custom.field': value },
      }))
      const { store } = await holding([...samples, { ecs: { 'event.category': '[not a list]' } }])
      const top = (field: string) => store.topValues({ ...everything, field, limit: 3 })
      const expected = [
        { value: 'a', count: 3 },
        { value: 'B', count: 1 },
      ]
      expect((await top('event.category')).slice(0, 2)).toEqual(expected)
      expect(await top('custom.field')).toEqual([...expected, { value: 'b', count: 1 }])
      const all = await store.topValues({ ...everything, field: 'event.category', limit: 10 })
      expect(all).toContainEqual({ value: '[not a list]', count: 1 })
    })

    it('lists the fields of the newest events', async () => {
      const { store } = await holding([
        { ecs: { old: 1 } },
        { ecs: { 'user.name': 'a', x: null } },
        { ecs: { 'user.name': 'b', y: 1 } },
      ])
      expect(await store.fields({ ...everything, sample: 2 })).toEqual([
        { field: 'user.name', count: 2 },
        { field: 'y', count: 1 },
      ])
    })

    it('streams everything that matches, oldest first', async () => {
      const { store } = await holding(
        Array.from({ length: 250 }, (_, at) => ({ timeMs: START_MS - at * 10, ecs: { parity: at % 2 } })),
      )
      const seen: StoredEvent[] = []
      for await (const page of store.scan(asking('parity:1'), 40)) {
        expect(page.length).toBeLessThanOrEqual(40)
        seen.push(...page)
      }
      expect(seen).toHaveLength(125)
      expect(seen.map(({ timeMs }) => timeMs)).toEqual(seen.map(({ timeMs }) => timeMs).sort((a, b) => a - b))
    })

    it.each([
      ['process.name:POWERSHELL.exe', [0]],
      ['process.name:power*', [0]],
      ['process.name:*shell*', [0]],
      ['process.name:*.exe', [0, 1]],
      ['process.name:c?d.exe', [1]],
      ['process.name:/^c.d/', [1]],
      ['process.command_line:"100%_\\\\x"', [1]],
      ['not process.name:*', [2, 3]],
      ['destination.port:443', [0]],
      ['destination.port >= 443 and destination.port < 8080', [0]],
      ['custom.port > 1000', [2]],
      ['source.ip:10.0.0.0/8', [0, 2]],
      ['source.ip:2001:db8::/32', [1]],
      ['host.ip:192.0.2.128/25', [1]],
      ['event.category:process', [0, 2]],
      ['custom.tags:b', [1]],
      ['custom.flag:true', [3]],
      ['mimikatz', [1]],
      ['"MIMI katz"', [3]],
      ['mimi*katz', [1, 3]],
      ['(user.name:alice or user.name:bob) and not source.ip:10.0.0.0/8', [1]],
    ])('finds %s', async (text, expected) => {
      const { store } = await holding([
        { ecs: { 'process.name': 'powershell.exe', 'destination.port': 443, 'source.ip': '10.1.2.3', 'event.category': ['process', 'start'], 'user.name': 'Alice' } },
        { ecs: { 'process.name': 'cmd.exe', 'process.command_line': '100%_\\x', 'source.ip': '2001:0DB8::5', 'host.ip': ['192.0.2.1', '192.0.2.200'], 'custom.tags': ['a', ['B']], 'user.name': 'bob' }, raw: 'run MimiKatz now' },
        { ecs: { 'custom.port': '8080', 'source.ip': '::ffff:10.9.9.9', 'event.category': 'Process', 'destination.port': 8080 } },
        { ecs: { 'custom.flag': true }, raw: 'mimi katz' },
      ]) // biome-ignore format: one event a line
      const { events } = await store.search({ ...asking(text), order: 'oldest', limit: 10 })
      expect(idsOf(events)).toEqual(expected.map((at) => `e1.0.${at}.0`))
    })

    it('treats what looks like SQL as text', async () => {
      const nasty = `x' OR 1=1; DROP TABLE hot; -- " $$ \\ %`
      const { store } = await holding([{ ecs: { [nasty]: nasty, 'user.name': nasty } }, {}])
      const field = (name: string): QueryNode => ({
        kind: 'field',
        field: name,
        test: { kind: 'equals', value: nasty },
      })
      for (const where of [field(nasty), field('user.name')])
        expect(await store.count({ ...everything, where })).toBe(1)
      const other = `${nasty}'`
      expect(await store.count({ ...everything, where: field(other) })).toBe(0)
      expect(await store.topValues({ ...everything, field: nasty, limit: 5 })).toEqual([{ value: nasty, count: 1 }])
    })

    it('refuses a pattern that is no regular expression', async () => {
      const { store } = await holding([{ ecs: { 'user.name': 'x' } }])
      const where: QueryNode = { kind: 'field', field: 'user.name', test: { kind: 'regex', pattern: '(' } }
      await expect(store.count({ ...everything, where })).rejects.toMatchObject({ code: 'QUERY_INVALID' })
    })

    it('agrees with the meaning of the search language', { timeout: 60_000 }, async () => {
      const events = fc.sample(arbitraryEvent, { numRuns: 150, seed: 7 })
      const { store } = await holding(events)
      await fc.assert(
        fc.asyncProperty(arbitraryQuery, async (where) => {
          const page = await store.search({ ...everything, where, order: 'oldest', limit: 200 })
          const expected = events.flatMap((event, at) => {
            const ecs: Fields = Object.assign(emptyFields(), event.ecs)
            return evaluate(where, { ecs, raw: event.raw }) ? [`e1.0.${at}.0`] : []
          })
          expect(idsOf(page.events)).toEqual(expected)
        }),
        { numRuns: 150 },
      )
    })

    it('moves whole days into sealed files and answers as before', async () => {
      const days = [0, 0, 1, 1, 2].map((day, at) => ({
        timeMs: START_MS + day * DAY_MS + at,
        sourceId: `s${at % 2}`,
        ecs: { 'user.name': `u${day}`, 'custom.day': day },
      }))
      const { store, add, reopen } = await holding(days)
      const answers = async (from: EventStore) => ({
        found: idsOf((await from.search({ ...asking('custom.day <= 1'), order: 'newest', limit: 9 })).events),
        top: await from.topValues({ ...everything, field: 'user.name', limit: 9 }),
        usage: await from.usage(),
        one: await from.get('e1.0.1.0', 'all'),
        bars: await from.histogram({
          ...everything,
          fromMs: START_MS,
          toMs: START_MS + 3 * DAY_MS,
          intervalMs: DAY_MS,
        }),
        fields: await from.fields({ ...everything, sample: 9 }),
      })
      const before = await answers(store)
      expect(await store.seal(START_MS + 2 * DAY_MS + 5)).toEqual({ days: ['2026-03-01', '2026-03-02'], events: 4 })
      expect(await answers(store)).toEqual(before)
      expect(await store.seal(START_MS + 2 * DAY_MS)).toEqual({ days: [], events: 0 })
      // One that comes late is found, and joins its day when that is sealed again.
      await add([{ timeMs: START_MS + 7, ecs: { late: 1 } }])
      expect(await store.count(asking('late:1'))).toBe(1)
      expect(await store.seal(START_MS + DAY_MS)).toEqual({ days: ['2026-03-01'], events: 1 })
      const again = await reopen()
      expect(await again.count(everything)).toBe(6)
      expect(await again.count({ ...everything, toMs: START_MS + DAY_MS })).toBe(3)
    })

    it('forgets by age, per source, hot and sealed', async () => {
      const { store } = await holding(
        [0, 1, 2, 3].flatMap((day) => ['s1', 's2'].map((sourceId) => ({ timeMs: START_MS + day * DAY_MS, sourceId }))),
      )
      await store.seal(START_MS + 2 * DAY_MS)
      expect(await store.retain({ sourceId: 's1', beforeMs: START_MS + 3 * DAY_MS })).toEqual({ removed: 3 })
      const eventsBySource = async () => (await store.usage()).map(({ sourceId, events }) => [sourceId, events])
      expect(await eventsBySource()).toEqual([
        ['s1', 1],
        ['s2', 4],
      ])
      expect(await store.count({ ...everything, scope: { sourceIds: ['s1'] } })).toBe(1)
      expect(await store.retain({ sourceId: 's2', beforeMs: START_MS + 2 * DAY_MS })).toEqual({ removed: 2 })
      expect(await store.retain({ sourceId: 's2', beforeMs: START_MS + 2 * DAY_MS })).toEqual({ removed: 0 })
      expect(await store.count(everything)).toBe(3)
    })

    it('forgets the oldest events of a source until it fits', async () => {
      const raw = 'x'.repeat(998)
      const { store } = await holding(
        Array.from({ length: 20 }, (_, at) => ({
          timeMs: START_MS + at * (DAY_MS / 4),
          raw,
          sourceId: at % 2 ? 's1' : 's2',
        })),
      )
      await store.seal(START_MS + 2 * DAY_MS)
      await store.retain({ sourceId: 's1', maxBytes: 4_500 })
      const usage = await store.usage()
      expect(usage.map(({ sourceId, events, bytes }) => [sourceId, events, bytes])).toEqual([
        ['s1', 4, 4_000],
        ['s2', 10, 10_000],
      ])
      const left = (await store.search({ ...everything, scope: { sourceIds: ['s1'] }, order: 'oldest', limit: 9 }))
        .events
      expect(idsOf(left)).toEqual([13, 15, 17, 19].map((at) => `e1.0.${at}.0`))
      await store.retain({ sourceId: 's1', maxBytes: 0 })
      expect(await store.count({ ...everything, scope: { sourceIds: ['s1'] } })).toBe(0)
    })

    it('keeps everything when it is opened again', async () => {
      const under = await holding([{ ecs: { 'user.name': 'kept' } }])
      const store = await under.reopen()
      expect(await store.count(asking('user.name:kept'))).toBe(1)
      await store.append(columnsOf([{}], 1), { topic: 'logs', partition: 0, first: 1, next: 2 })
      expect(await store.consumed('logs', 0)).toBe(2)
    })

    it('copies a consistent state into a folder', async () => {
      const { store, add } = await holding([{ timeMs: START_MS }, { timeMs: START_MS + DAY_MS }])
      await store.seal(START_MS + DAY_MS)
      const folder = await mkdtemp(join(tmpdir(), 'events-copy-'))
      const [, copied] = await Promise.all([add([{}, {}]), store.snapshot(folder).then(() => snapshotOf(folder))])
      expect(copied.files).toBeGreaterThan(0)
      await store.retain({ sourceId: 's1', beforeMs: START_MS + 9 * DAY_MS })
      expect(await store.count(everything)).toBe(0)
      await rm(folder, { recursive: true })
    })

    it('answers a ping', async () => {
      const { store } = await start()
      await store.ping(5_000)
    })
  })
}

async function snapshotOf(folder: string): Promise<{ files: number }> {
  const { readdir } = await import('node:fs/promises')
  return { files: (await readdir(folder, { recursive: true })).length }
}

const word = fc.constantFrom(
  'alpha',
  'Beta',
  'al',
  'ta',
  'x.y',
  '[list]',
  '100%',
  'a_b',
  'ÄÖ',
  '7',
  '07',
  '7.5',
  'true',
  '',
)
const address = fc.constantFrom(
  '10.0.0.1',
  '10.200.3.4',
  '192.0.2.7',
  '2001:db8::1',
  '2001:DB8:0:0:1::',
  'fe80::1%eth0',
  '::ffff:10.0.0.9',
  '::1',
  '300.1.1.1',
  'a::b::c',
)
const scalar = fc.oneof(word, address, fc.constantFrom(7, 7.5, -3, 0, 443, 1e6), fc.boolean(), fc.constant(null))
const fieldValue: fc.Arbitrary<FieldValue> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })), { maxLength: 3 }) },
)
const fieldName = fc.constantFrom('user.name', 'source.ip', 'destination.port', 'custom', 'custom.field', 'we"ird')
const arbitraryEvent = fc.record({
  ecs: fc.dictionary(fieldName, fieldValue, { maxKeys: 4 }),
  raw: fc.array(word, { maxLength: 4 }).map((words) => words.join(' \n')),
})

const pattern = fc
  .array(fc.constantFrom('al', '*', '?', 'ta', 'B', '\\*', '%', '_', '.', '[', '7'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(''))
const bound = fc.constantFrom<number | string>(0, 7, 7.5, 443, 'al', 'beta', '7')
const bounds = fc.record({ gt: bound, gte: bound, lt: bound, lte: bound }, { requiredKeys: [] })
const valueTest: fc.Arbitrary<Extract<QueryNode, { kind: 'field' }>['test']> = fc.oneof(
  fc
    .oneof(word, address, fc.constantFrom(7, 7.5, 443, true, false))
    .map((value) => ({ kind: 'equals' as const, value })),
  pattern.map((text) => ({ kind: 'wildcard' as const, pattern: text })),
  bounds.map((range) => ({ kind: 'range' as const, ...range })),
  fc
    .constantFrom('10.0.0.0/8', '10.0.0.0/29', '2001:db8::/32', '::/0', 'fe80::/10', '10.0.0.1/32')
    .map((network) => ({ kind: 'cidr' as const, network })),
  fc.constantFrom('^al', 'TA$', '[0-9]+', 'a.b', 'ä', '^$').map((text) => ({ kind: 'regex' as const, pattern: text })),
  fc.constant({ kind: 'exists' as const }),
)
const { node: arbitraryQuery } = fc.letrec<{ node: QueryNode }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('field' as const), field: fieldName, test: valueTest }),
    pattern.map((text): QueryNode => ({ kind: 'text', text })),
    fc.array(tie('node'), { maxLength: 3 }).map((nodes): QueryNode => ({ kind: 'and', nodes })),
    fc.array(tie('node'), { maxLength: 3 }).map((nodes): QueryNode => ({ kind: 'or', nodes })),
    tie('node').map((node): QueryNode => ({ kind: 'not', node })),
  ),
}))
