import { writeSync } from 'node:fs'
import { columnsOf } from '../../conformance/event-samples.ts'
import { openDuckDbEventStore } from './duckdb-event-store.ts'

/**
 * Child of the kill test: appends batches for ever, sealing a day now and then, and prints the next offset of each batch once it
 * was stored. Arguments: folder, and from how many events on a batch is a file.
 */
const [folder = '', segmentRows = ''] = process.argv.slice(2)
const DAY_MS = 86_400_000
const BATCH = 100
const store = await openDuckDbEventStore({ folder, memoryMb: 128, segmentRows: Number(segmentRows) })
let next = (await store.consumed('logs', 0)) ?? 0
let sealing = Promise.resolve()

for (;;) {
  const day = Math.floor(next / 1_000)
  const samples = Array.from({ length: BATCH }, (_, at) => ({
    timeMs: day * DAY_MS + at,
    ecs: { 'user.name': `u${next + at}` },
    raw: `${next + at} ${'x'.repeat(2_000)}`,
  }))
  const offsets = { topic: 'logs', partition: 0, first: next, next: next + BATCH }
  await store.append(columnsOf(samples, next), offsets)
  next += BATCH
  writeSync(1, `${next}\n`)
  if (next % 1_000 === 0) sealing = sealing.then(() => store.seal(day * DAY_MS)).then(() => undefined)
}
