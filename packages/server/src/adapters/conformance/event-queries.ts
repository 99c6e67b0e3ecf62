import { emptyFields, type Fields, type FieldValue } from '@watchfloor/engines/event'
import { evaluate, parseQuery, type QueryNode } from '@watchfloor/engines/query'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventQuery, EventStore, StoredEvent } from '../../platform/events/event-store.ts'
import { columnsOf, type EventStoreUnderTest, type Sample, START_MS } from './event-samples.ts'

const everything: EventQuery = { scope: 'all', fromMs: 0, toMs: START_MS * 2 }
const asking = (text: string): EventQuery => ({ ...everything, where: parseQuery(text).node })
const idsOf = (events: readonly StoredEvent[]): string[] => events.map(({ id }) => id)

const samples: readonly Sample[] = [
  {
    ecs: {
      'process.name': 'powershell.exe',
      'destination.port': 443,
      'source.ip': '10.1.2.3',
      'event.category': ['process', 'start'],
      'user.name': 'Alice',
    },
  },
  {
    ecs: {
      'process.name': 'cmd.exe',
      'process.command_line': '100%_\\x',
      'source.ip': '2001:0DB8::5',
      'host.ip': ['192.0.2.1', '192.0.2.200'],
      'custom.tags': ['a', ['B']],
      'user.name': 'bob',
    },
    raw: 'run MimiKatz now',
  },
  {
    ecs: {
      'custom.port': '8080',
      'source.ip': '::ffff:10.9.9.9',
      'event.category': 'Process',
      'destination.port': 8080,
    },
  },
  { ecs: { 'custom.flag': true }, raw: 'mimi katz' },
]

const findings: readonly (readonly [string, readonly number[]])[] = [
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
]

/** The search language against the store: its meaning is what `evaluate` says. */
export function eventQueryConformance(name: string, make: () => Promise<EventStoreUnderTest>): void {
  describe(`event store: ${name}, search language`, () => {
    const opened: EventStoreUnderTest[] = []
    const holding = async (events: readonly Sample[]): Promise<EventStore> => {
      const under = await make()
      opened.push(under)
      const offsets = { topic: 'logs', partition: 0, first: 0, next: events.length }
      await under.store.append(columnsOf(events), offsets)
      return under.store
    }
    let shared: EventStore
    beforeAll(async () => {
      shared = await holding(samples)
    })
    afterAll(async () => {
      for (const under of opened) await under.destroy()
    })

    it.each(findings)('finds %s', async (text, expected) => {
      const { events } = await shared.search({ ...asking(text), order: 'oldest', limit: 10 })
      expect(idsOf(events)).toEqual(expected.map((at) => `e1.0.${at}.0`))
    })

    it("finds events by the store's own fields", async () => {
      const [first] = (await shared.search({ ...everything, order: 'oldest', limit: 1 })).events
      if (!first) throw new Error('the samples are gone')
      const own = (field: string, value: string): QueryNode => ({
        kind: 'field',
        field,
        test: { kind: 'equals', value },
      })
      const count = (where: QueryNode) => shared.count({ ...everything, where })
      expect(await count(own('watchfloor.source.id', first.sourceId))).toBeGreaterThan(0)
      expect(await count(own('watchfloor.parser', first.parser))).toBeGreaterThan(0)
      expect(await count(own('watchfloor.source.id', 'another'))).toBe(0)
    })

    it('treats what looks like SQL as text', async () => {
      const nasty = `x' OR 1=1; DROP TABLE hot; -- " $$ \\ %`
      const store = await holding([{ ecs: { [nasty]: nasty, 'user.name': nasty } }, {}])
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
      const store = await holding([{ ecs: { 'user.name': 'x' } }])
      const where: QueryNode = { kind: 'field', field: 'user.name', test: { kind: 'regex', pattern: '(' } }
      await expect(store.count({ ...everything, where })).rejects.toMatchObject({ code: 'QUERY_INVALID' })
    })

    it('agrees with the meaning of the search language', { timeout: 60_000 }, async () => {
      const events = fc.sample(arbitraryEvent, { numRuns: 150, seed: 7 })
      const store = await holding(events)
      await fc.assert(
        fc.asyncProperty(arbitraryQuery, async (where) => {
          const page = await store.search({ ...everything, where, order: 'oldest', limit: 200 })
          const expected = events.flatMap((event, at) => {
            const ecs: Fields = Object.assign(emptyFields(), event.ecs)
            return evaluate(where, { ecs, raw: event.raw }) ? [`e1.0.${at}.0`] : []
          })
          expect(idsOf(page.events)).toEqual(expected)
        }),
        { numRuns: 100 },
      )
    })
  })
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
