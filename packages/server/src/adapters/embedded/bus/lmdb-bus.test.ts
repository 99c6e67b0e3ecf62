import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../platform/clock/clock.ts'
import type { Log } from '../../../platform/log/log.ts'
import { busConformance } from '../../conformance/bus.ts'
import { type LmdbBusOptions, openLmdbBus } from './lmdb-bus.ts'

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
    await churn(60)
    const before = await sizeBytes()
    await churn(240)
    expect((await sizeBytes()) / before).toBeLessThan(1.6)
    await under.destroy()
  })
})
