import type { BusBatch, Offset, StoredRecord, Subscription } from '../../../platform/bus/bus.ts'
import type { Log } from '../../../platform/log/log.ts'

/** What a subscription reads from: one topic's partitions. */
export interface PartitionReader {
  /** Records from an offset on, bounded by count and bytes, at least one when there is any. */
  read(partition: number, from: Offset, maxRecords: number, maxBytes: number): Promise<StoredRecord[]>
  /** The next offset that will be written. */
  next(partition: number): Offset
  /** Resolves as soon as the log goes on beyond `position`, or when `signal` fires. */
  grown(partition: number, position: Offset, signal: AbortSignal): Promise<void>
}

export interface DeliveryOptions {
  readonly topic: string
  readonly maxRecords: number
  readonly maxBytes: number
  readonly maxAttempts: number
  readonly log: Log
  onBatch(batch: BusBatch, attempt: number): Promise<void>
}

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 30_000

/** Pause before a batch is tried again: doubles from 50 ms to 30 s. */
export const pauseAfter = (attempt: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt - 1, 20))

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(finish, ms)
    function finish() {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    signal.addEventListener('abort', finish, { once: true })
  })
}

/** Delivers partitions side by side, each in order, one batch at a time. */
export function deliver(reader: PartitionReader, positions: readonly Offset[], options: DeliveryOptions): Subscription {
  const stopping = new AbortController()
  const loops = positions.map((position, partition) =>
    deliverPartition(reader, partition, position, options, stopping.signal),
  )
  const done = Promise.all(loops).then(
    () => undefined,
    (error) => {
      stopping.abort()
      throw error
    },
  )
  // Whoever waits on `done` sees the failure; nobody has to.
  done.catch(() => undefined)
  return {
    done,
    async stop() {
      stopping.abort()
      await Promise.allSettled(loops)
    },
  }
}

async function deliverPartition(
  reader: PartitionReader,
  partition: number,
  start: Offset,
  options: DeliveryOptions,
  signal: AbortSignal,
): Promise<void> {
  let position = start
  while (!signal.aborted) {
    await reader.grown(partition, position, signal)
    if (signal.aborted) return
    const end = reader.next(partition)
    const records = await reader.read(partition, position, options.maxRecords, options.maxBytes)
    const last = records.at(-1)
    if (!last) {
      // A gap where the log once lost its end.
      position = end
      continue
    }
    const behind = Math.max(0, reader.next(partition) - last.offset - 1)
    const handled = await handle({ topic: options.topic, partition, records, behind }, options, signal)
    if (!handled) return
    position = last.offset + 1
  }
}

/** False when it was stopped before the batch succeeded. */
async function handle(batch: BusBatch, options: DeliveryOptions, signal: AbortSignal): Promise<boolean> {
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      await options.onBatch(batch, attempt)
      return true
    } catch (error) {
      options.log.warn('a batch failed and will be tried again', {
        topic: batch.topic,
        partition: batch.partition,
        firstOffset: batch.records[0]?.offset,
        attempt,
        error: error instanceof Error ? error.message : String(error),
      })
      if (attempt >= options.maxAttempts) {
        throw new Error(
          `a batch of ${batch.topic}/${batch.partition} at offset ${batch.records[0]?.offset} failed ${attempt} times`,
          { cause: error },
        )
      }
      await pause(pauseAfter(attempt), signal)
    }
  }
  return false
}
