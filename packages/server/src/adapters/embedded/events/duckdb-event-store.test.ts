import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { columnsOf, START_MS } from '../../conformance/event-samples.ts'
import { eventStoreConformance } from '../../conformance/events.ts'
import { killedAfter } from '../../conformance/killed-child.ts'
import { smallDisk } from '../../conformance/small-disk.ts'
import { type DuckDbEventStoreOptions, openDuckDbEventStore } from './duckdb-event-store.ts'

async function makeStore(options: Partial<DuckDbEventStoreOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'events-'))
  const open = () => openDuckDbEventStore({ folder, ...options })
  let store = await open()
  return {
    folder,
    store,
    async reopen() {
      await store.close()
      store = await open()
      return store
    },
    async destroy() {
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

eventStoreConformance('duckdb', () => makeStore())
// Every batch a file: what is asked must not depend on where an event lies.
eventStoreConformance('duckdb, segments', async () => ({ ...(await makeStore({ segmentRows: 1 })), filesAtOnce: true }))

const everything = { scope: 'all', fromMs: 0, toMs: 1e14 } as const

describe('the DuckDB event store', () => {
  it.each([
    ['in the table', 1_000_000],
    ['in files', 100],
  ])(
    'holds every stored batch, once and as a whole, after kill -9, %s',
    { timeout: 90_000 },
    async (_, segmentRows) => {
      const folder = await mkdtemp(join(tmpdir(), 'events-killed-'))
      const child = new URL('./appender-child.ts', import.meta.url)
      for (let round = 0; round < 3; round++) {
        const lines = await killedAfter(child, [folder, String(segmentRows)], 10 + round * 13)
        const store = await openDuckDbEventStore({ folder })
        const consumed = (await store.consumed('logs', 0)) ?? 0
        expect(consumed).toBeGreaterThanOrEqual(Number(lines.at(-1)))
        const users = new Set<string>()
        let events = 0
        for await (const page of store.scan(everything, 1_000)) {
          for (const event of page) users.add(String(event.ecs['user.name']))
          events += page.length
        }
        expect([events, users.size]).toEqual([consumed, consumed])
        await store.close()
      }
      await rm(folder, { recursive: true, force: true })
    },
  )

  for (const [where, segmentRows] of [
    ['in the table', 1_000_000],
    ['in files', 100],
  ] as const)
    it(`refuses a batch on a full disk as a whole, keeps answering, and goes on when there is room, ${where}`, async (context) => {
      const disk = await smallDisk(16)
      if (typeof disk === 'string') return context.skip(disk)
      context.onTestFinished(() => disk.remove())
      const store = await openDuckDbEventStore({ folder: join(disk.folder, 'events'), segmentRows })
      let next = 0
      const append = async () => {
        const samples = Array.from({ length: 200 }, (_, at) => ({
          raw: randomBytes(2_000).toString('base64'),
          ecs: { n: next + at },
        }))
        await store.append(columnsOf(samples, next), { topic: 'logs', partition: 0, first: next, next: next + 200 })
        next += 200
      }
      const filler = join(disk.folder, 'filler')
      await writeFile(filler, Buffer.alloc(6_000_000))
      const fill = async () => {
        for (;;) await append()
      }
      await expect(fill()).rejects.toMatchObject({ code: 'STORAGE_FULL' })
      expect(next).toBeGreaterThan(0)
      // Joining small files may have made room meanwhile; what is refused is refused for the same reason.
      await append().catch((error: unknown) => expect(error).toMatchObject({ code: 'STORAGE_FULL' }))
      const kept = (await store.consumed('logs', 0)) ?? 0
      expect(await store.count(everything)).toBe(kept)
      await rm(filler)
      await append()
      expect(await store.count(everything)).toBe(next)
      await store.close()
      const again = await openDuckDbEventStore({ folder: join(disk.folder, 'events'), segmentRows })
      expect(await again.count(everything)).toBe(next)
      await again.close()
    })

  it('loses nothing that arrives for a day while that day is sealed', async () => {
    const under = await makeStore({ segmentRows: Number.MAX_SAFE_INTEGER })
    let next = 0
    const append = async (count: number) => {
      const samples = Array.from({ length: count }, (_, at) => ({ timeMs: START_MS + at, raw: 'x'.repeat(500) }))
      await under.store.append(columnsOf(samples, next), {
        topic: 'logs',
        partition: 0,
        first: next,
        next: next + count,
      })
      next += count
    }
    for (let batch = 0; batch < 6; batch++) await append(5_000)
    let sealing = true
    const sealed = under.store.seal(START_MS + 86_400_000).finally(() => {
      sealing = false
    })
    while (sealing) await append(10)
    expect((await sealed).events).toBeGreaterThanOrEqual(30_000)
    expect(next).toBeGreaterThan(30_010)
    expect(await under.store.count(everything)).toBe(next)
    await under.destroy()
  })

  it('ends a search that takes too long, and answers the next', async () => {
    const under = await makeStore({ queryTimeoutMs: 150 })
    const samples = Array.from({ length: 5_000 }, () => ({ ecs: { slow: 'ab'.repeat(2_000) } }))
    for (let first = 0; first < 20_000; first += 5_000) {
      await under.store.append(columnsOf(samples, first), { topic: 'logs', partition: 0, first, next: first + 5_000 })
    }
    const patterns = Array.from({ length: 40 }, (_, at) => `(a|b)*(ab){${at + 1}}c`)
    const where = {
      kind: 'or' as const,
      nodes: patterns.map((pattern) => ({
        kind: 'field' as const,
        field: 'slow',
        test: { kind: 'regex' as const, pattern },
      })),
    }
    await expect(under.store.count({ ...everything, where })).rejects.toMatchObject({ code: 'UNPROCESSABLE' })
    expect(await under.store.count({ ...everything, fromMs: START_MS })).toBe(20_000)
    await under.destroy()
  })

  it('opens a copy as a store of its own', async () => {
    const under = await makeStore()
    const append = (first: number) =>
      under.store.append(columnsOf([{}, {}], first), { topic: 'logs', partition: 0, first, next: first + 2 })
    await append(0)
    await under.store.seal(START_MS + 86_400_000)
    await append(2)
    const folder = await mkdtemp(join(tmpdir(), 'events-copy-'))
    await under.store.snapshot(folder)
    await append(4)
    const copy = await openDuckDbEventStore({ folder })
    expect(await copy.count(everything)).toBe(4)
    expect(await copy.consumed('logs', 0)).toBe(4)
    await copy.retain({ sourceId: 's1', beforeMs: START_MS + 86_400_000 })
    expect(await copy.count(everything)).toBe(0)
    expect(await under.store.count(everything)).toBe(6)
    await Promise.all([copy.close(), under.destroy()])
    await rm(folder, { recursive: true, force: true })
  })

  it('joins small files of a day, and answers as before', async () => {
    const under = await makeStore({ segmentRows: 1 })
    const batches = 33
    for (let batch = 0; batch < batches; batch++) {
      const samples = [0, 1, 2].map((at) => ({
        timeMs: START_MS + batch * 10 + at,
        sourceId: `s${batch % 2}`,
        raw: 'x'.repeat(100 * at),
        ecs: { 'user.name': `user ${batch}`, ...(at === 1 ? { 'host.name': `host ${at}` } : {}), at },
      }))
      const first = batch * 3
      await under.store.append(columnsOf(samples, first), { topic: 'logs', partition: 0, first, next: first + 3 })
    }
    const files = async () => (await readdir(join(under.folder, 'sealed'))).length
    await expect.poll(files, { timeout: 10_000 }).toBeLessThan(batches - 15)
    expect(await under.store.count(everything)).toBe(batches * 3)
    const { events } = await under.store.search({ ...everything, order: 'newest', limit: 200 })
    expect(events.map(({ id }) => id)).toEqual(
      Array.from({ length: batches * 3 }, (_, at) => `e1.0.${batches * 3 - 1 - at}.0`),
    )
    expect(events.at(-2)).toMatchObject({
      raw: 'x'.repeat(100),
      ecs: { 'user.name': 'user 0', 'host.name': 'host 1', at: 1 },
    })
    expect((await under.store.usage()).map(({ sourceId, events }) => [sourceId, events])).toEqual([
      ['s0', 51],
      ['s1', 48],
    ])
    expect(await under.store.topValues({ ...everything, field: 'host.name', limit: 5 })).toEqual([
      { value: 'host 1', count: batches },
    ])
    const again = await under.reopen()
    expect(await again.count(everything)).toBe(batches * 3)
    await under.destroy()
  })

  it('gives the events of a file of several days to their days when those are over', async () => {
    const under = await makeStore({ segmentRows: 1 })
    const samples = [0, 0, 1, 2].map((day) => ({ timeMs: START_MS + day * 86_400_000 }))
    await under.store.append(columnsOf(samples), { topic: 'logs', partition: 0, first: 0, next: 4 })
    expect(await under.store.seal(START_MS + 2 * 86_400_000)).toEqual({ days: [], events: 0 })
    const days = ['2026-03-01', '2026-03-02', '2026-03-03']
    expect(await under.store.seal(START_MS + 3 * 86_400_000)).toEqual({ days, events: 4 })
    const names = await readdir(join(under.folder, 'sealed'))
    expect(names.map((name) => name.slice(0, 10)).sort()).toEqual(days)
    expect(await under.store.count(everything)).toBe(4)
    await under.destroy()
  })
})
