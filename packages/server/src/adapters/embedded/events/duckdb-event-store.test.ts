import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
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

const everything = { scope: 'all', fromMs: 0, toMs: 1e14 } as const

describe('the DuckDB event store', () => {
  it('holds every stored batch, once and as a whole, after kill -9', { timeout: 90_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'events-killed-'))
    const child = new URL('./appender-child.ts', import.meta.url)
    for (let round = 0; round < 3; round++) {
      const lines = await killedAfter(child, [folder], 10 + round * 9)
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
  })

  it('refuses a batch on a full disk as a whole, keeps answering, and goes on when there is room', async (context) => {
    const disk = await smallDisk(16)
    if (typeof disk === 'string') return context.skip(disk)
    context.onTestFinished(() => disk.remove())
    const store = await openDuckDbEventStore({ folder: join(disk.folder, 'events') })
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
    await expect(append()).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    const kept = (await store.consumed('logs', 0)) ?? 0
    expect(await store.count(everything)).toBe(kept)
    await rm(filler)
    await append()
    expect(await store.count(everything)).toBe(next)
    await store.close()
    const again = await openDuckDbEventStore({ folder: join(disk.folder, 'events') })
    expect(await again.count(everything)).toBe(next)
    await again.close()
  })

  it('loses nothing that arrives for a day while that day is sealed', async () => {
    const under = await makeStore()
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
})
