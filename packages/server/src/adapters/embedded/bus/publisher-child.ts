import { writeSync } from 'node:fs'
import { systemClock } from '../../../platform/clock/clock.ts'
import type { Log } from '../../../platform/log/log.ts'
import { openLmdbBus } from './lmdb-bus.ts'

/**
 * Child of the kill test: publishes for ever, eight senders side by side, and prints `partition offset number` of each record
 * once it was acknowledged. Arguments: folder, number of the first record.
 */
const [folder = '', first = '0'] = process.argv.slice(2)
const quiet: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet }
const bus = await openLmdbBus({ folder, clock: systemClock, log: quiet })
await bus.declare('logs', { partitions: 2 })
let number = Number(first)

async function sendForEver(): Promise<never> {
  for (;;) {
    const mine = number++
    const padding = 'x'.repeat((mine * 7919) % 60_000)
    const [placed] = await bus.publish('logs', [{ key: `${mine}`, value: Buffer.from(`${mine} ${padding}`) }], {
      mark: { key: `sent/${mine}`, value: 'yes' },
    })
    writeSync(1, `${placed?.partition} ${placed?.offset} ${mine}\n`)
  }
}
await Promise.all(Array.from({ length: 8 }, sendForEver))
