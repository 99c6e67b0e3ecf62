import type { Bus, Subscription } from '../../../platform/bus/bus.ts'
import {
  type DetectionSink,
  ingestGroup,
  Partition,
  type PartitionOptions,
  type PartitionParts,
  type Processed,
} from './partition.ts'

export type { DetectionSink, Processed }

export interface PipelineOptions extends PartitionOptions {
  readonly partitions: number
  readonly checkpointEveryMs: number
}

/**
 * The way of an event from the log into the stores. Threads work on several log records at once; their results are written in the
 * order of the log, many at a time, to both stores side by side. Each store keeps its own offset in its own
 * transaction and skips what it already has, so that after any end every event and detection is there once.
 */
export class IngestPipeline {
  readonly #options: PipelineOptions
  readonly #parts: PartitionParts
  readonly #partitions: Partition[] = []
  #subscription: Subscription | undefined
  #timer: NodeJS.Timeout | undefined
  #checkpointing: Promise<void> = Promise.resolve()
  /** Starting, holding and stopping take turns. */
  #turn: Promise<unknown> = Promise.resolve()
  #ended = false
  /** Why nothing is read. */
  #fault: string | undefined

  constructor(options: PipelineOptions, parts: PartitionParts) {
    this.#options = options
    this.#parts = parts
    for (let number = 0; number < options.partitions; number++)
      this.#partitions.push(new Partition(number, options, parts))
  }

  /** @param ready resolves when the threads have their rules; nothing is read before, or early events would go unmatched */
  async start(ready: Promise<void>): Promise<void> {
    const { bus, log } = this.#parts
    for (const partition of this.#partitions) await partition.open()
    this.#timer = setInterval(() => void this.checkpoint(), this.#options.checkpointEveryMs)
    this.#turn = ready
      .then(() => this.#subscribe(bus))
      .catch((error: unknown) => {
        this.#fault = `reading the log did not start: ${error instanceof Error ? error.message : String(error)}`
        log.error('the ingest pipeline did not start', { error })
      })
  }

  async #subscribe(bus: Bus): Promise<void> {
    if (this.#ended) return
    this.#subscription = await bus.subscribe(this.#options.topic, {
      group: ingestGroup,
      startAt: async (partition) => this.#partitions[partition]?.startAt,
      maxRecords: this.#options.window,
      maxBytes: 8 * 1024 * 1024,
      onBatch: (batch) => this.#partitions[batch.partition]?.take(batch) ?? Promise.resolve(),
    })
  }

  /** What went wrong last and has not been overcome; undefined when all is well. */
  get trouble(): string | undefined {
    return (
      this.#fault ?? this.#partitions.map((partition) => partition.trouble).find((trouble) => trouble !== undefined)
    )
  }

  /**
   * Runs `work` while nothing is read from the log and both stores hold exactly the same of it; what arrives meanwhile waits in the
   * log. Waits for its turn, and as long as a store refuses.
   */
  still<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#turn.then(async () => {
      await this.#subscription?.stop()
      this.#subscription = undefined
      await Promise.all(this.#partitions.map((partition) => partition.idle()))
      try {
        return await work()
      } finally {
        await this.#subscribe(this.#parts.bus)
      }
    })
    this.#turn = run.catch(() => {})
    return run
  }

  /** Makes the stores durable, then lets the log be trimmed behind both. */
  checkpoint(): Promise<void> {
    this.#checkpointing = this.#checkpointing.then(async () => {
      try {
        await this.#checkpointNow()
      } catch (error) {
        this.#parts.log.warn('the stores could not be made durable; the log keeps everything meanwhile', {
          error: String(error),
        })
      }
    })
    return this.#checkpointing
  }

  /** Takes no more, writes what is under way unless a store refuses, and makes it durable. */
  async stop(): Promise<void> {
    this.#ended = true
    clearInterval(this.#timer)
    for (const partition of this.#partitions) partition.stopRetrying()
    await this.#turn
    await this.#subscription?.stop()
    await Promise.all(this.#partitions.map((partition) => partition.idle()))
    await this.checkpoint()
  }

  async #checkpointNow(): Promise<void> {
    const { bus, events, sink } = this.#parts
    const { topic } = this.#options
    const stored = new Map((await events.checkpoint()).map((one) => [`${one.topic}/${one.partition}`, one.next]))
    for (const { number } of this.#partitions) {
      const storedNext = stored.get(`${topic}/${number}`)
      const detectedNext = await sink.checkpoint(number)
      if (storedNext === undefined || detectedNext === undefined) continue
      await bus.commit(topic, ingestGroup, number, Math.min(storedNext, detectedNext))
    }
  }
}
