import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../platform/clock/clock.ts'
import type { Log } from '../../../platform/log/log.ts'
import { busConformance } from '../../conformance/bus.ts'
import { killedAfter } from '../../conformance/killed-child.ts'
import { smallDisk } from '../../conformance/small-disk.ts'
import { type LmdbBusOptions, openLmdbBus } from './lmdb-bus.ts'
import { renewEpoch } from './snapshot.ts'

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet }

async function makeBus(options: Partial<LmdbBusOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'bus-'))
  const open = () => openLmdbBus({ folder, clock: systemClock, log: quiet, ...options })
  let bus = await open()
  return {
    folder,
    bus,
    async reopen() {
      await bus.close()
      bus = await open()
      return bus
    },
    async destroy() {
      await bus.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

busConformance('lmdb', () => makeBus())

describe('the lmdb log', () => {
  it('has another epoch in another folder', async () => {
    const [one, two] = [await makeBus(), await makeBus()]
    expect(one.bus.epoch).not.toBe(two.bus.epoch)
    expect(one.bus.epoch).toMatch(/^[0-9a-f]{12}$/)
    await Promise.all([one.destroy(), two.destroy()])
  })

  it('refuses to grow past its bound, stores nothing of the refused publish, and goes on after trimming', async () => {
    const under = await makeBus({ maxBytes: 1_000_000 })
    const { bus } = under
    await bus.declare('logs', { partitions: 1 })
    await bus.registerGroup('logs', 'sink')
    const full = () => bus.publish('logs', [{ value: new Uint8Array(300_000) }, { value: new Uint8Array(300_000) }])
    await full()
    await expect(full()).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    expect((await bus.stats('logs'))[0]!.next).toBe(2)
    await bus.commit('logs', 'sink', 0, 2)
    await expect.poll(async () => (await bus.stats('logs'))[0]!.bytes).toBe(0)
    expect((await full()).map(({ offset }) => offset)).toEqual([2, 3])
    await under.destroy()
  })

  it('uses the room of trimmed records again', async () => {
    const under = await makeBus()
    const { bus } = under
    await bus.declare('logs', { partitions: 2 })
    await bus.registerGroup('logs', 'sink')
    const churn = async (rounds: number) => {
      for (let round = 0; round < rounds; round++) {
        const sizeBytes = 40_000 + ((round * 7919) % 220_000)
        const placed = await bus.publish(
          'logs',
          Array.from({ length: 6 }, (_, at) => ({ key: `${round}-${at}`, value: new Uint8Array(sizeBytes) })),
        )
        for (const { partition, offset } of placed) await bus.commit('logs', 'sink', partition, offset + 1)
      }
    }
    const sizeBytes = async () => {
      const names = await readdir(under.folder)
      const sizes = await Promise.all(names.map(async (name) => (await stat(join(under.folder, name))).size))
      return sizes.reduce((sum, size) => sum + size, 0)
    }
    await churn(40)
    const before = await sizeBytes()
    await churn(120)
    expect((await sizeBytes()) / before).toBeLessThan(1.6)
    await under.destroy()
  })

  it('has every acknowledged record, once and with its mark, after kill -9', { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bus-killed-'))
    const child = new URL('./publisher-child.ts', import.meta.url)
    const acknowledged = new Map<string, number>()
    for (let round = 0; round < 5; round++) {
      const lines = await killedAfter(child, [folder, `${round * 1_000_000}`], 40 + round * 37)
      for (const line of lines) {
        const [partition, offset, number] = line.split(' ').map(Number)
        const place = `${partition}/${offset}`
        expect(acknowledged.has(place), `offset ${place} was given out twice`).toBe(false)
        acknowledged.set(place, number!)
      }
    }
    const bus = await openLmdbBus({ folder, clock: systemClock, log: quiet })
    const found = new Map<string, number>()
    await bus.subscribe('logs', {
      group: 'sink',
      onBatch: async ({ partition, records }) => {
        for (const record of records) {
          const number = Number(Buffer.from(record.value).toString().split(' ')[0])
          expect(record.value.byteLength).toBe(`${number} `.length + ((number * 7919) % 60_000))
          found.set(`${partition}/${record.offset}`, number)
        }
      },
    })
    const total = (await bus.stats('logs')).reduce((sum, { next }) => sum + next, 0)
    await expect.poll(() => found.size).toBe(total)
    for (const [place, number] of acknowledged) {
      expect(found.get(place)).toBe(number)
      expect(await bus.readMark(`sent/${number}`)).toBe('yes')
    }
    await bus.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('copies itself while it is written to, and the copy gives out ids of its own', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lmdb-bus-'))
    const bus = await openLmdbBus({ folder: join(folder, 'log'), clock: systemClock, log: quiet })
    await bus.declare('logs', { partitions: 1 })
    await bus.registerGroup('logs', 'sink')
    const publish = (word: string) =>
      bus.publish('logs', [{ value: Buffer.from(word) }], { mark: { key: 'last', value: word } })
    await publish('one')
    await bus.deadLetter({ topic: 'logs', value: Buffer.from('bad') }, 'why')
    await bus.commit('logs', 'sink', 0, 1)
    await publish('two')
    await bus.snapshot(join(folder, 'copy'))
    await publish('three')
    const { before, after } = await renewEpoch(join(folder, 'copy'))
    expect(before).toBe(bus.epoch)
    expect(after).not.toBe(before)

    const copy = await openLmdbBus({ folder: join(folder, 'copy'), clock: systemClock, log: quiet })
    expect(copy.epoch).toBe(after)
    expect((await copy.stats('logs'))[0]).toMatchObject({ next: 2, committed: { sink: 1 } })
    expect(await copy.readMark('last')).toBe('two')
    expect(await copy.deadLetters('logs', undefined, 10)).toMatchObject([{ reason: 'why' }])
    expect(await publish('four')).toEqual([{ partition: 0, offset: 3 }])
    await copy.close()
    await bus.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('refuses to publish on a full disk, keeps what it has, and goes on once its reader has caught up', async (context) => {
    const disk = await smallDisk(20)
    if (typeof disk === 'string') return context.skip(disk)
    context.onTestFinished(() => disk.remove())
    const folder = join(disk.folder, 'log')
    const bus = await openLmdbBus({ folder, clock: systemClock, log: quiet })
    await bus.declare('logs', { partitions: 1 })
    await bus.registerGroup('logs', 'sink')
    const publish = (number: number) => bus.publish('logs', [{ value: Buffer.alloc(200_000, number) }])
    let stored = 0
    const fill = async () => {
      for (;;) {
        await publish(stored)
        stored++
      }
    }
    await expect(fill()).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    // Not a byte is left for anybody.
    await expect(writeFile(join(disk.folder, 'filler'), Buffer.alloc(30_000_000))).rejects.toMatchObject({
      code: 'ENOSPC',
    })
    await expect(publish(0)).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    expect((await bus.stats('logs'))[0]!.next).toBe(stored)
    await bus.commit('logs', 'sink', 0, stored - 3)
    await expect.poll(async () => (await bus.stats('logs'))[0]!.first).toBe(stored - 3)
    await expect.poll(() => publish(stored).then(() => 'stored', String)).toBe('stored')
    await bus.close()
    const again = await openLmdbBus({ folder, clock: systemClock, log: quiet })
    const values: Uint8Array[] = []
    await again.subscribe('logs', {
      group: 'sink',
      onBatch: async ({ records }) => void values.push(...records.map(({ value }) => value)),
    })
    await expect.poll(() => values.length).toBe(4)
    for (const [at, value] of values.entries()) {
      expect(Buffer.from(value).equals(Buffer.alloc(200_000, stored - 3 + at))).toBe(true)
    }
    await again.close()
  })
})
