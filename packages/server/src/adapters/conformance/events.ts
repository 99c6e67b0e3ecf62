import { parseQuery } from '@watchfloor/engines/query'
import { afterEach, describe, expect, it } from 'vitest'
import { type EventBlock, textColumnOf } from '../../platform/events/event-block.ts'
import {
  columnsOfBlocks,
  type EventQuery,
  type EventStore,
  type StoredEvent,
} from '../../platform/events/event-store.ts'
import { eventQueryConformance } from './event-queries.ts'
import { columnsOf, type EventStoreUnderTest, type Sample, START_MS } from './event-samples.ts'

const DAY_MS = 86_400_000

const everything: EventQuery = { scope: 'all', fromMs: 0, toMs: START_MS + 4_000 * DAY_MS }
const asking = (text: string): EventQuery => ({ ...everything, where: parseQuery(text).node })
const idsOf = (events: readonly StoredEvent[]): string[] => events.map(({ id }) => id)

/** The same, with the length of a record beyond its end. */
function damaged(block: EventBlock): EventBlock {
  textColumnOf(block, 'raw').values[0] = 255
  return block
}

/** What every event store must do; run it on each adapter. */
export function eventStoreConformance(name: string, make: () => Promise<EventStoreUnderTest>): void {
  eventQueryConformance(name, make)
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
      const whole = columnsOf([{}, {}, {}])
      const batch = columnsOfBlocks([whole.blocks[0]!, damaged(whole.blocks[1]!)])
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

    it('streams on from behind an event, ties by id', async () => {
      const { store } = await holding(
        Array.from({ length: 60 }, (_, at) => ({ timeMs: START_MS + Math.floor(at / 9) })),
      )
      const whole: StoredEvent[] = []
      for await (const page of store.scan(everything, 40)) whole.push(...page)
      for (const reached of [0, 12, 30, 58, 59]) {
        const rest: StoredEvent[] = []
        for await (const page of store.scan(everything, 7, whole[reached])) rest.push(...page)
        expect(idsOf(rest)).toEqual(idsOf(whole.slice(reached + 1)))
      }
    })

    it('moves whole days into sealed files and answers as before', async () => {
      const days = [0, 0, 1, 1, 2].map((day, at) => ({
        timeMs: START_MS + day * DAY_MS + at,
        sourceId: `s${at % 2}`,
        ecs: { 'user.name': `u${day}`, 'custom.day': day },
      }))
      const { store, add, reopen, filesAtOnce } = await holding(days)
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
      const sealed = await store.seal(START_MS + 2 * DAY_MS + 5)
      if (!filesAtOnce) expect(sealed).toEqual({ days: ['2026-03-01', '2026-03-02'], events: 4 })
      expect(await answers(store)).toEqual(before)
      expect(await store.seal(START_MS + 2 * DAY_MS)).toEqual({ days: [], events: 0 })
      // One that comes late is found, and joins its day when that is sealed again.
      await add([{ timeMs: START_MS + 7, ecs: { late: 1 } }])
      expect(await store.count(asking('late:1'))).toBe(1)
      const late = await store.seal(START_MS + DAY_MS)
      if (!filesAtOnce) expect(late).toEqual({ days: ['2026-03-01'], events: 1 })
      const again = await reopen()
      expect(await again.count(everything)).toBe(6)
      expect(await again.count({ ...everything, toMs: START_MS + DAY_MS })).toBe(3)
    })

    it('keeps old events that came in lately', async () => {
      const { store } = await holding([{ timeMs: START_MS, receivedMs: START_MS + 10 * DAY_MS }, { timeMs: START_MS }])
      expect(await store.retain({ sourceId: 's1', beforeMs: START_MS + DAY_MS })).toEqual({ removed: 1 })
      await store.seal(START_MS + 2 * DAY_MS)
      expect(await store.retain({ sourceId: 's1', beforeMs: START_MS + DAY_MS })).toEqual({ removed: 0 })
      expect(await store.retain({ sourceId: 's1', beforeMs: START_MS + 11 * DAY_MS })).toEqual({ removed: 1 })
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

    it('answers a ping', async () => {
      const { store } = await start()
      await store.ping(5_000)
    })
  })
}
