import { join } from 'node:path'
import { normalise } from '@watchfloor/engines/logs'
import { openDuckDbEventStore } from '../../packages/server/src/adapters/embedded/events/duckdb-event-store.ts'
import { blockOf } from '../../packages/server/src/platform/events/event-block-builder.ts'
import { columnsOfBlocks } from '../../packages/server/src/platform/events/event-store.ts'
import { generatedBatch } from './generated-events.ts'

const eventsPerBatch = 2000

/**
 * Fills the event store of a data directory whose server does not run, as if so many events had come in evenly over the time.
 * @returns how long it took, ms
 */
export async function fillHistory(
  dataDir: string,
  events: number,
  span: { fromMs: number; toMs: number },
): Promise<number> {
  const startedMs = performance.now()
  const store = await openDuckDbEventStore({ folder: join(dataDir, 'events') })
  const stepMs = (span.toMs - span.fromMs) / events
  for (let number = 0; number * eventsPerBatch < events; number++) {
    const first = number * eventsPerBatch
    const count = Math.min(eventsPerBatch, events - first)
    const receivedMs = Math.floor(span.fromMs + (first + count) * stepMs)
    const { source, lines } = generatedBatch(number, count, receivedMs)
    const made = lines.map((line, row) => {
      const { parser, ecs, raw } = normalise(line, { receivedMs })
      const timeMs = Math.floor(span.fromMs + (first + row) * stepMs)
      return { id: `history.0.${number}.${row}`, timeMs, receivedMs, sourceId: source, parser, ecs, raw }
    })
    await store.append(columnsOfBlocks([blockOf(made)]), {
      topic: 'history',
      partition: 0,
      first: number,
      next: number + 1,
    })
  }
  await store.checkpoint()
  await store.close()
  return performance.now() - startedMs
}
