import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { Bus, BusBatch, StoredRecord } from '../../platform/bus/bus.ts'

/** How the suite gets an adapter. Every call of `make` is a bus with an empty log. */
export interface BusUnderTest {
  readonly bus: Bus
  /** Closes the bus and opens the same log again. */
  reopen(): Promise<Bus>
  destroy(): Promise<void>
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (record: StoredRecord): string => new TextDecoder().decode(record.value)

/** Waits until `condition` holds, at most five seconds. */
async function eventually(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 5_000; Date.now() < end; await sleep(5)) if (await condition()) return
  throw new Error(`did not come true within 5 s: ${what}`)
}

/** What every bus must do; run it on each adapter. */
export function busConformance(name: string, make: () => Promise<BusUnderTest>): void {
  describe(`bus: ${name}`, () => {
    const opened: BusUnderTest[] = []
    const start = async (partitions = 1, retentionBytes?: number) => {
      const under = await make()
      opened.push(under)
      await under.bus.declare('logs', { partitions, ...(retentionBytes === undefined ? {} : { retentionBytes }) })
      return under
    }
    afterEach(async () => {
      for (const under of opened.splice(0)) await under.destroy()
    })

    it('delivers what was published, in order, with offsets that count from 0', async () => {
      const { bus } = await start()
      const seen: StoredRecord[] = []
      await bus.subscribe('logs', { group: 'sink', onBatch: async ({ records }) => void seen.push(...records) })
      const first = await bus.publish('logs', [{ key: 'a', value: bytes('1'), headers: { source: 's1' } }])
      const rest = await bus.publish('logs', [{ value: bytes('2') }, { value: bytes('3') }])
      await eventually(() => seen.length === 3, 'three records')
      expect(seen.map(textOf)).toEqual(['1', '2', '3'])
      expect([...first, ...rest].map(({ offset }) => offset)).toEqual([0, 1, 2])
      expect(seen.map(({ offset }) => offset)).toEqual([0, 1, 2])
      expect(seen[0]).toMatchObject({ key: 'a', headers: { source: 's1' }, topic: 'logs', partition: 0 })
      expect(Math.abs(Date.now() - seen[0]!.storedAtMs)).toBeLessThan(60_000)
    })

    it('keeps the bytes of a large record as they are', async () => {
      const { bus } = await start()
      const value = new Uint8Array(700_001).map((_, at) => (at * 31 + (at >> 8)) & 255)
      const seen: StoredRecord[] = []
      await bus.subscribe('logs', { group: 'sink', onBatch: async ({ records }) => void seen.push(...records) })
      const before = value.slice()
      await bus.publish('logs', [{ value }])
      value.fill(0)
      await eventually(() => seen.length === 1, 'the record')
      expect(Buffer.from(seen[0]!.value).equals(before)).toBe(true)
    })

    it('keeps records of one key in one partition and spreads keys', async () => {
      const { bus } = await start(4)
      const placed = await bus.publish(
        'logs',
        Array.from({ length: 200 }, (_, at) => ({ key: `host-${at % 20}`, value: bytes(`${at}`) })),
      )
      const partitionByKey = new Map<string, number>()
      for (const [at, { partition }] of placed.entries()) {
        const key = `host-${at % 20}`
        expect(partitionByKey.get(key) ?? partition).toBe(partition)
        partitionByKey.set(key, partition)
      }
      expect(new Set(partitionByKey.values()).size).toBeGreaterThan(1)
    })

    it('gives concurrent publishes distinct offsets without gaps', async () => {
      const { bus } = await start()
      const placed = await Promise.all(
        Array.from({ length: 100 }, (_, at) => bus.publish('logs', [{ value: bytes(`${at}`) }])),
      )
      expect(placed.flat().map(({ offset }) => offset)).toEqual(Array.from({ length: 100 }, (_, at) => at))
    })

    it('bounds a batch by records and by bytes, yet delivers a record larger than the bound', async () => {
      const { bus } = await start()
      await bus.publish('logs', [
        ...Array.from({ length: 10 }, () => ({ value: bytes('x') })),
        ...Array.from({ length: 3 }, () => ({ value: new Uint8Array(100_000) })),
      ])
      const batches: BusBatch[] = []
      await bus.subscribe('logs', {
        group: 'sink',
        maxRecords: 4,
        maxBytes: 50_000,
        onBatch: async (batch) => void batches.push(batch),
      })
      await eventually(() => batches.reduce((sum, { records }) => sum + records.length, 0) === 13, 'thirteen records')
      expect(Math.max(...batches.map(({ records }) => records.length))).toBeLessThanOrEqual(4)
      for (const { records } of batches.slice(-3)) expect(records).toHaveLength(1)
      expect(batches[0]!.behind).toBe(9)
      expect(batches.at(-1)!.behind).toBe(0)
    })

    it('starts where the sink says, else at the committed offset, else at the oldest record', async () => {
      const { bus } = await start()
      await bus.publish(
        'logs',
        Array.from({ length: 6 }, (_, at) => ({ value: bytes(`${at}`) })),
      )
      await bus.registerGroup('logs', 'fresh')
      await bus.commit('logs', 'committed', 0, 2)
      const firstSeen: Record<string, string> = {}
      const watch = (group: string, startAt?: () => Promise<number | undefined>) =>
        bus.subscribe('logs', {
          group,
          ...(startAt ? { startAt } : {}),
          onBatch: async ({ records }) => {
            firstSeen[group] ??= textOf(records[0]!)
          },
        })
      await watch('sink', async () => 4)
      await watch('committed', async () => undefined)
      await watch('fresh')
      await eventually(() => Object.keys(firstSeen).length === 3, 'three groups')
      expect(firstSeen).toEqual({ sink: '4', committed: '2', fresh: '0' })
    })

    it('gives a failed batch again, unchanged, counting the attempts, before anything later', async () => {
      const { bus } = await start()
      await bus.publish('logs', [{ value: bytes('a') }, { value: bytes('b') }])
      const calls: string[] = []
      await bus.subscribe('logs', {
        group: 'sink',
        onBatch: async ({ records }, attempt) => {
          calls.push(`${attempt}:${records.map(textOf).join('')}`)
          if (attempt < 3) throw new Error('the sink is away')
        },
      })
      await eventually(() => calls.length === 1, 'the first attempt')
      await bus.publish('logs', [{ value: bytes('c') }])
      await eventually(() => calls.length === 4, 'the batch, thrice, and the next')
      expect(calls).toEqual(['1:ab', '2:ab', '3:ab', '1:c'])
    })

    it('ends with an error when a batch fails too often', async () => {
      const { bus } = await start()
      await bus.publish('logs', [{ value: bytes('poison') }])
      const subscription = await bus.subscribe('logs', {
        group: 'sink',
        maxAttempts: 2,
        onBatch: async () => {
          throw new Error('cannot')
        },
      })
      await expect(subscription.done).rejects.toThrow(/logs\/0 at offset 0 failed 2 times/)
    })

    it('finishes the running batch before `stop` resolves, and delivers nothing after', async () => {
      const { bus } = await start()
      let running = false
      let delivered = 0
      const subscription = await bus.subscribe('logs', {
        group: 'sink',
        onBatch: async () => {
          running = true
          await sleep(60)
          delivered++
          running = false
        },
      })
      await bus.publish('logs', [{ value: bytes('1') }])
      await eventually(() => running, 'the handler')
      await subscription.stop()
      expect(running).toBe(false)
      await bus.publish('logs', [{ value: bytes('2') }])
      await sleep(40)
      expect(delivered).toBe(1)
      await subscription.done
    })

    it('wakes a waiting reader at once', async () => {
      const { bus } = await start()
      let seenAt = 0
      await bus.subscribe('logs', {
        group: 'sink',
        onBatch: async () => {
          seenAt = performance.now()
        },
      })
      await sleep(50)
      await bus.publish('logs', [{ value: bytes('1') }])
      const publishedAt = performance.now()
      await eventually(() => seenAt > 0, 'the record')
      expect(seenAt - publishedAt).toBeLessThan(40)
    })

    it('keeps records, positions, marks and epoch when it is opened again', async () => {
      const under = await start(2)
      await under.bus.publish('logs', [{ key: 'k', value: bytes('kept') }], { mark: { key: 'm', value: 'v' } })
      await under.bus.commit('logs', 'other', 0, 0)
      await under.bus.registerGroup('logs', 'slow')
      const { epoch } = under.bus
      const bus = await under.reopen()
      await bus.declare('logs', { partitions: 2 })
      expect(bus.epoch).toBe(epoch)
      expect(await bus.readMark('m')).toBe('v')
      expect(await bus.committed('logs', 'other', 0)).toBe(0)
      expect(await bus.committed('logs', 'slow', 0)).toBeUndefined()
      const seen: string[] = []
      await bus.subscribe('logs', {
        group: 'sink',
        onBatch: async ({ records }) => void seen.push(...records.map(textOf)),
      })
      await eventually(() => seen.length === 1, 'the record')
      const [placed] = await bus.publish('logs', [{ key: 'k', value: bytes('next') }])
      expect(placed!.offset).toBe(1)
    })

    it('trims behind the slowest group only', async () => {
      const { bus } = await start()
      await bus.registerGroup('logs', 'fast')
      await bus.registerGroup('logs', 'slow')
      await bus.publish(
        'logs',
        Array.from({ length: 50 }, () => ({ value: new Uint8Array(10_000) })),
      )
      await bus.commit('logs', 'fast', 0, 50)
      await sleep(50)
      expect((await bus.stats('logs'))[0]).toMatchObject({ first: 0, next: 50, committed: { fast: 50 } })
      await bus.commit('logs', 'slow', 0, 30)
      await eventually(async () => (await bus.stats('logs'))[0]!.first === 30, 'trimmed up to 30')
      const seen: StoredRecord[] = []
      await bus.subscribe('logs', { group: 'slow', onBatch: async ({ records }) => void seen.push(...records) })
      await eventually(() => seen.length === 20, 'the rest')
      expect(seen[0]!.offset).toBe(30)
    })

    it('keeps the newest bytes of a topic that has a bound and no reader', async () => {
      const { bus } = await start(1, 100_000)
      for (let at = 0; at < 30; at++) await bus.publish('logs', [{ value: new Uint8Array(10_000) }])
      await eventually(async () => (await bus.stats('logs'))[0]!.bytes <= 100_000, 'at most 100,000 bytes')
      const [partition] = await bus.stats('logs')
      expect(partition!.next).toBe(30)
      expect(partition!.first).toBeGreaterThan(15)
      expect(partition!.first).toBeLessThan(30)
    })

    it('never moves a committed position back', async () => {
      const { bus } = await start()
      await bus.publish('logs', [{ value: bytes('1') }, { value: bytes('2') }])
      await bus.commit('logs', 'sink', 0, 2)
      await bus.commit('logs', 'sink', 0, 1)
      expect(await bus.committed('logs', 'sink', 0)).toBe(2)
    })

    it('does not give out offsets again that a sink has consumed, after the log lost its end', async () => {
      const under = await start()
      await under.bus.publish('logs', [{ value: bytes('0') }, { value: bytes('1') }])
      const startAt = async () => 7
      const seen: StoredRecord[] = []
      const onBatch = async ({ records }: BusBatch) => void seen.push(...records)
      await expect(under.bus.subscribe('logs', { group: 'sink', startAt, onBatch })).rejects.toThrow(/ends at 2/)
      expect(await under.bus.ensureNextOffsetAtLeast('logs', 0, 7)).toEqual({ missing: 5 })
      expect(await under.bus.ensureNextOffsetAtLeast('logs', 0, 7)).toEqual({ missing: 0 })
      const bus = await under.reopen()
      await bus.declare('logs', { partitions: 1 })
      await bus.subscribe('logs', { group: 'sink', startAt, onBatch })
      await bus.subscribe('logs', { group: 'all', onBatch })
      expect(await bus.publish('logs', [{ value: bytes('7') }])).toEqual([{ partition: 0, offset: 7 }])
      await eventually(() => seen.length === 4, 'both groups')
      expect(seen.map(textOf).sort()).toEqual(['0', '1', '7', '7'])
    })

    it('keeps in a mark where its records stand', async () => {
      const { bus } = await start()
      const records = [{ value: bytes('a') }, { value: bytes('b') }]
      const mark = { key: 'where', value: (placed: unknown) => JSON.stringify(placed) }
      const placed = await bus.publish('logs', records, { mark })
      expect(placed).toHaveLength(2)
      expect(JSON.parse((await bus.readMark('where')) ?? '')).toEqual(placed)
    })

    it('forgets a mark when it expires and lets it be set again', async () => {
      const { bus } = await start()
      const long = 'k'.repeat(3_000)
      await bus.publish('logs', [], { mark: { key: long, value: 'one' } })
      await bus.publish('logs', [], { mark: { key: 'brief', value: 'x', expiresAtMs: Date.now() - 1 } })
      expect(await bus.readMark(long)).toBe('one')
      expect(await bus.readMark('brief')).toBeUndefined()
      expect(await bus.readMark('never')).toBeUndefined()
      await bus.publish('logs', [], { mark: { key: long, value: 'two' } })
      expect(await bus.readMark(long)).toBe('two')
    })

    it('keeps dead letters with their reason until they are dropped', async () => {
      const under = await start()
      for (const text of ['a', 'b', 'c']) {
        await under.bus.deadLetter({ topic: 'logs', key: 'k', value: bytes(text) }, `bad ${text}`)
      }
      const bus = await under.reopen()
      const [first, ...rest] = await bus.deadLetters('logs', undefined, 10)
      expect(first).toMatchObject({ reason: 'bad a', record: { key: 'k' } })
      expect(Buffer.from(first!.record.value).toString()).toBe('a')
      expect((await bus.deadLetters('logs', first!.id, 1)).map(({ reason }) => reason)).toEqual(['bad b'])
      await bus.dropDeadLetters('logs', [first!.id, rest[1]!.id])
      expect((await bus.deadLetters('logs', undefined, 10)).map(({ reason }) => reason)).toEqual(['bad b'])
    })

    it('refuses a topic that nobody declared, by name', async () => {
      const { bus } = await start()
      await expect(bus.publish('nowhere', [{ value: bytes('x') }])).rejects.toThrow(/nowhere/)
    })
  })
}
