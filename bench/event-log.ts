/**
 * The durable log: how fast records are acknowledged, against plain files appended and synced.
 * `node bench/event-log.ts` prints one JSON object. Needs some 600 MB in the folder for temporary files.
 */
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { openLmdbBus } from '../packages/server/src/adapters/embedded/bus/lmdb-bus.ts'
import { systemClock } from '../packages/server/src/platform/clock/clock.ts'
import type { Log } from '../packages/server/src/platform/log/log.ts'

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet }
const CHUNK_BYTES = 256 * 1024
const SMALL_BYTES = 2 * 1024
const RUN_MS = 3_000

const folder = await mkdtemp(join(tmpdir(), 'bench-log-'))

interface Rate {
  perSecond: number
  mbPerSecond: number
  p50Ms: number
  p99Ms: number
}

/** Runs `senders` side by side for a while, each sending again when its last was acknowledged. */
async function rateOf(senders: number, bytes: number, send: () => Promise<unknown>): Promise<Rate> {
  const tookMs: number[] = []
  const startedAt = performance.now()
  const endAt = startedAt + RUN_MS
  await Promise.all(
    Array.from({ length: senders }, async () => {
      while (performance.now() < endAt) {
        const sentAt = performance.now()
        await send()
        tookMs.push(performance.now() - sentAt)
      }
    }),
  )
  const seconds = (performance.now() - startedAt) / 1000
  tookMs.sort((a, b) => a - b)
  const quantile = (q: number) => round(tookMs[Math.floor((tookMs.length - 1) * q)] ?? 0)
  return {
    perSecond: Math.round(tookMs.length / seconds),
    mbPerSecond: round((tookMs.length * bytes) / seconds / 1e6),
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  }
}
const round = (value: number): number => Math.round(value * 100) / 100

async function plainFile(senders: number, bytes: number): Promise<Rate> {
  const file = await open(join(folder, 'plain'), 'w')
  const value = Buffer.alloc(bytes, 7)
  let turn = Promise.resolve()
  // One write and one sync per record: what a log without group commit does.
  const send = () => {
    turn = turn.then(async () => {
      await file.write(value)
      await file.datasync()
    })
    return turn
  }
  const rate = await rateOf(senders, bytes, send)
  await file.close()
  return rate
}

const bus = await openLmdbBus({ folder: join(folder, 'log'), clock: systemClock, log: quiet })
await bus.declare('logs', { partitions: 2 })
let delivered = 0
await bus.subscribe('logs', {
  group: 'sink',
  async onBatch({ partition, records }) {
    delivered += records.length
    // As a sink does it: a checkpoint now and then, and the log is trimmed behind it.
    await bus.commit('logs', 'sink', partition, records.at(-1)!.offset + 1)
  },
})
const delay = monitorEventLoopDelay({ resolution: 5 })
let key = 0
const publish = (value: Uint8Array) => () => bus.publish('logs', [{ key: `${key++}`, value }])
const rssBeforeMb = round(process.memoryUsage().rss / 1e6)
delay.enable()
const lmdb = {
  oneSenderChunks: await rateOf(1, CHUNK_BYTES, publish(Buffer.alloc(CHUNK_BYTES, 1))),
  sixteenSendersChunks: await rateOf(16, CHUNK_BYTES, publish(Buffer.alloc(CHUNK_BYTES, 2))),
  oneSenderSmall: await rateOf(1, SMALL_BYTES, publish(Buffer.alloc(SMALL_BYTES, 3))),
  sixtyFourSendersSmall: await rateOf(64, SMALL_BYTES, publish(Buffer.alloc(SMALL_BYTES, 4))),
}
delay.disable()
const [one, sixteen] = [await plainFile(1, CHUNK_BYTES), await plainFile(16, CHUNK_BYTES)]
const small = [await plainFile(1, SMALL_BYTES), await plainFile(64, SMALL_BYTES)]
const disk = await (await open(join(folder, 'log', 'log.mdb'))).stat()
process.stdout.write(
  `${JSON.stringify({
    bench: 'event-log',
    lmdb,
    plainFileSyncedPerRecord: {
      oneSenderChunks: one,
      sixteenSendersChunks: sixteen,
      oneSenderSmall: small[0],
      sixtyFourSendersSmall: small[1],
    },
    deliveredRecords: delivered,
    eventLoopDelayMs: { p99: round(delay.percentile(99) / 1e6), max: round(delay.max / 1e6) },
    logFileMb: round(disk.size / 1e6),
    rssMb: { before: rssBeforeMb, after: round(process.memoryUsage().rss / 1e6) },
  })}\n`,
)
await bus.close()
await rm(folder, { recursive: true, force: true })
