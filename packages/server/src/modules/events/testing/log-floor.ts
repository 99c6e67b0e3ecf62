import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeChunk } from '@watchfloor/engines/logs'
import { openLmdbBus } from '../../../adapters/embedded/bus/lmdb-bus.ts'
import { openDuckDbEventStore } from '../../../adapters/embedded/events/duckdb-event-store.ts'
import type { Bus } from '../../../platform/bus/bus.ts'
import { systemClock } from '../../../platform/clock/clock.ts'
import type { EventStore } from '../../../platform/events/event-store.ts'
import { createMetrics } from '../../../platform/metrics/prometheus.ts'
import { quietLog } from '../../../testing/quiet-log.ts'
import { Intake, rawTopic } from '../intake/intake.ts'
import { Pressure } from '../intake/pressure.ts'

/** The real log with the intake in front of it, in a folder of its own. */
export interface LogFloor {
  readonly folder: string
  readonly bus: Bus
  readonly events: EventStore
  readonly intake: Intake
  /** Every record in the log, in its order. */
  records(): Promise<string[]>
  /** The program ends and starts again. */
  restart(): Promise<LogFloor>
  close(): Promise<void>
}

const megabyte = 1024 * 1024

export async function openLogFloor(given?: string): Promise<LogFloor> {
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'watchfloor-log-floor-')))
  const bus = await openLmdbBus({ folder: join(folder, 'log'), clock: systemClock, log: quietLog })
  const events = await openDuckDbEventStore({ folder: join(folder, 'events') })
  await bus.declare(rawTopic, { partitions: 1 })
  // Somebody who has read nothing: so nothing is trimmed.
  await bus.registerGroup(rawTopic, 'keeper')
  const metrics = createMetrics()
  const pressure = new Pressure(
    { bus, events, clock: systemClock },
    { topic: rawTopic, maxRecordsBehind: 10_000, maxLogBytes: 1024 * megabyte },
  )
  const intake = new Intake(
    { bus, clock: systemClock, metrics, pressure },
    { maxRequestBytes: 64 * megabyte, maxBytesInFlight: 256 * megabyte, idempotencyMs: 3_600_000 },
  )
  let readers = 0
  const end = async () => {
    await bus.close()
    await events.close()
  }
  return {
    folder,
    bus,
    events,
    intake,
    async records() {
      const found: string[] = []
      const [state] = await bus.stats(rawTopic)
      const wanted = state?.next ?? 0
      if (wanted === 0) return found
      const { promise, resolve } = Promise.withResolvers<void>()
      const reading = await bus.subscribe(rawTopic, {
        group: `reader-${++readers}`,
        startAt: async () => 0,
        async onBatch({ records }) {
          for (const { value, offset } of records) {
            const chunk = decodeChunk(value)
            for (let index = 0; index < chunk.count; index++) found.push(Buffer.from(chunk.record(index)).toString())
            if (offset === wanted - 1) resolve()
          }
        },
      })
      await promise
      await reading.stop()
      return found
    },
    async restart() {
      await end()
      return openLogFloor(folder)
    },
    async close() {
      await end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
