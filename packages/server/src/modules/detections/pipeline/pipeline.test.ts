import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openLmdbBus } from '../../../adapters/embedded/bus/lmdb-bus.ts'
import { openDuckDbEventStore } from '../../../adapters/embedded/events/duckdb-event-store.ts'
import type { Bus, StoredRecord } from '../../../platform/bus/bus.ts'
import { systemClock } from '../../../platform/clock/clock.ts'
import { blockOf } from '../../../platform/events/event-block-builder.ts'
import { columnsOfBlocks, type EventStore } from '../../../platform/events/event-store.ts'
import { memoryLog } from '../../../platform/log/memory-log.ts'
import type { MatchResult } from './messages.ts'
import { type DetectionSink, IngestPipeline, type Processed } from './pipeline.ts'

const topic = 'events.raw'

let folder: string
let bus: Bus
let events: EventStore
let sink: ReturnType<typeof memorySink>
let running: IngestPipeline | undefined
let log: ReturnType<typeof memoryLog>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchfloor-pipeline-'))
  log = memoryLog()
  bus = await openLmdbBus({ folder: join(folder, 'log'), clock: systemClock, log })
  events = await openDuckDbEventStore({ folder: join(folder, 'events') })
  sink = memorySink()
  await bus.declare(topic, { partitions: 1 })
})
afterEach(async () => {
  await running?.stop()
  running = undefined
  await bus.close()
  await events.close()
  await rm(folder, { recursive: true, force: true })
})

/** What SQL does, in memory: everything of a batch with its offset, or nothing; and refusing on demand. */
function memorySink() {
  const saved: number[] = []
  let next = 0
  const state = { refusesBeyond: Number.POSITIVE_INFINITY, refusals: 0 }
  const made: DetectionSink = {
    consumed: async () => next,
    async save(_partition, processed: readonly Processed[], wanted) {
      if (wanted > state.refusesBeyond) {
        state.refusals++
        throw new Error('the database is away')
      }
      for (const { offset } of processed) if (offset >= next) saved.push(offset)
      next = Math.max(next, wanted)
    },
    checkpoint: async () => next,
  }
  return { ...made, saved, state }
}

const resultOf = ({ offset, value }: StoredRecord): MatchResult => ({
  events: columnsOfBlocks([
    blockOf([
      {
        id: `${bus.epoch}.0.${offset}.0`,
        timeMs: systemClock.now(),
        receivedMs: systemClock.now(),
        sourceId: 'source-1',
        parser: 'test',
        ecs: {},
        raw: Buffer.from(value).toString(),
      },
    ]),
  ]),
  found: new Map(),
  detections: [],
  sourceId: 'source-1',
  bytes: value.byteLength,
  parseFailures: 0,
  newestMs: 0,
  receivedMs: 0,
})

async function start(
  process: (record: StoredRecord) => Promise<MatchResult> = async (record) => resultOf(record),
  more: { window?: number; maxBatchEvents?: number } = {},
): Promise<IngestPipeline> {
  running = new IngestPipeline(
    { topic, partitions: 1, window: 4, maxBatchEvents: 10, checkpointEveryMs: 60_000, ...more },
    { bus, events, sink, process, log },
  )
  await running.start(Promise.resolve())
  return running
}

const send = (count: number) =>
  bus.publish(
    topic,
    Array.from({ length: count }, (_, number) => ({ value: Buffer.from(`record ${number}`) })),
  )

const everything = { scope: 'all', fromMs: 0, toMs: Number.MAX_SAFE_INTEGER / 2 } as const
const stored = async (): Promise<number[]> => {
  const found: number[] = []
  for await (const page of events.scan(everything, 1000)) found.push(...page.map(({ id }) => Number(id.split('.')[2])))
  return found.toSorted((a, b) => a - b)
}
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at)

async function bothHave(count: number): Promise<void> {
  await expect.poll(() => events.consumed(topic, 0), { timeout: 15_000 }).toBe(count)
  await expect.poll(() => sink.consumed(0), { timeout: 15_000 }).toBe(count)
  expect(await stored()).toEqual(upTo(count))
  expect(sink.saved).toEqual(upTo(count))
}

describe('the pipeline from the log into both stores', () => {
  it('writes everything once and in order, though threads answer in any', async () => {
    await start(async (record) => {
      await sleep((record.offset * 7) % 5)
      return resultOf(record)
    })
    await send(120)
    await bothHave(120)
  })

  it('reads again from the store that is behind, into the middle of what the other has', async () => {
    sink.state.refusesBeyond = 12
    const first = await start(undefined, { window: 64, maxBatchEvents: 10 })
    await send(50)
    await expect.poll(() => sink.state.refusals).toBeGreaterThan(0)
    await expect.poll(async () => (await events.consumed(topic, 0)) ?? 0).toBeGreaterThan((await sink.consumed(0)) ?? 0)
    await first.stop()
    sink.state.refusesBeyond = Number.POSITIVE_INFINITY
    // Batches of the second run are cut elsewhere than those of the first.
    await start(undefined, { window: 64, maxBatchEvents: 23 })
    await send(10)
    await bothHave(60)
    expect(log.lines.some((line) => line.message.includes('read again from the earlier one'))).toBe(true)
  })

  it('loses nothing while a store refuses, says so, and goes on by itself', async () => {
    const pipeline = await start()
    await send(10)
    await bothHave(10)
    sink.state.refusesBeyond = 0
    await send(40)
    await expect.poll(() => pipeline.trouble).toContain('the database is away')
    await expect.poll(() => events.consumed(topic, 0)).toBeGreaterThan(10)
    sink.state.refusesBeyond = Number.POSITIVE_INFINITY
    await bothHave(50)
    expect(pipeline.trouble).toBeUndefined()
  })

  it('stops while a store refuses, and reads the rest at the next start', async () => {
    sink.state.refusesBeyond = 0
    const pipeline = await start()
    await send(40)
    await expect.poll(() => sink.state.refusals).toBeGreaterThan(1)
    await pipeline.stop()
    sink.state.refusesBeyond = Number.POSITIVE_INFINITY
    await start()
    await bothHave(40)
  })

  it('tries a record again that could not be processed, and never passes it', async () => {
    let failures = 0
    const pipeline = await start(async (record) => {
      if (record.offset === 7 && failures++ < 2) throw new Error('no thread')
      return resultOf(record)
    })
    await send(20)
    await expect.poll(() => pipeline.trouble).toContain('no thread')
    expect(sink.saved).toEqual(upTo(7))
    await bothHave(20)
    expect(pipeline.trouble).toBeUndefined()
  })

  it('lets the log be trimmed behind the slower store, and not further', async () => {
    const pipeline = await start()
    await send(30)
    await bothHave(30)
    sink.state.refusesBeyond = 0
    await send(5)
    await expect.poll(() => events.consumed(topic, 0)).toBeGreaterThan(30)
    await pipeline.checkpoint()
    const [state] = await bus.stats(topic)
    expect(state?.committed.ingest).toBe(30)
    await expect.poll(async () => (await bus.stats(topic))[0]?.first).toBe(30)
    sink.state.refusesBeyond = Number.POSITIVE_INFINITY
    await bothHave(35)
  })

  it('reports a log that lost its end and gives out no offset twice', async () => {
    const first = await start()
    await send(20)
    await bothHave(20)
    await first.stop()
    await bus.close()
    await rm(join(folder, 'log'), { recursive: true })
    bus = await openLmdbBus({ folder: join(folder, 'log'), clock: systemClock, log })
    await bus.declare(topic, { partitions: 1 })
    await start()
    expect(await send(3)).toEqual([20, 21, 22].map((offset) => ({ partition: 0, offset })))
    await bothHave(23)
    expect(log.lines.some((line) => line.level === 'error' && line.message.includes('lost records'))).toBe(true)
  })

  it('holds still for a backup: both stores at one place, while the log goes on', async () => {
    const pipeline = await start(async (record) => {
      await sleep(2)
      return resultOf(record)
    })
    await send(60)
    const places = await pipeline.still(async () => {
      const [eventsNext, sinkNext] = [await events.consumed(topic, 0), await sink.consumed(0)]
      await send(30)
      await sleep(100)
      expect([await events.consumed(topic, 0), await sink.consumed(0)]).toEqual([eventsNext, sinkNext])
      return [eventsNext ?? 0, sinkNext ?? 0]
    })
    expect(places[0]).toBe(places[1])
    await bothHave(90)
    await expect(pipeline.still(() => Promise.reject(new Error('no room')))).rejects.toThrow('no room')
    await send(1)
    await bothHave(91)
  })
})
