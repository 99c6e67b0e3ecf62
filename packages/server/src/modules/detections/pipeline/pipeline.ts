import type { Bus, BusBatch, StoredRecord, Subscription } from '../../../platform/bus/bus.ts'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { EventStore } from '../../../platform/events/event-store.ts'
import type { Log } from '../../../platform/log/log.ts'
import { joinColumns } from './columns.ts'
import type { MatchResult } from './messages.ts'

/** What one log record came to, with where it stood. */
export interface Processed {
  readonly partition: number
  readonly offset: number
  readonly result: MatchResult
}

/** The SQL side of a batch: detections, counts, the offset, all in one transaction; skips what it already has. */
export interface DetectionSink {
  consumed(partition: number): Promise<number | undefined>
  /** Resolves once committed. A repeat of a batch that was already saved does nothing. */
  save(partition: number, processed: readonly Processed[], next: number): Promise<void>
  /** Makes what was saved durable against a power cut; the offset that is safe. */
  checkpoint(partition: number): Promise<number | undefined>
}

export interface PipelineOptions {
  readonly topic: string
  readonly partitions: number
  /** Log records processed or waiting at once, per partition. */
  readonly window: number
  /** Events written to the stores at once. */
  readonly maxBatchEvents: number
  readonly checkpointEveryMs: number
}

export interface PipelineParts {
  readonly bus: Bus
  readonly events: EventStore
  readonly sink: DetectionSink
  /** Parses, normalises and matches one log record; never rejects for bad input. */
  process(record: StoredRecord): Promise<MatchResult>
  readonly clock: Clock
  readonly log: Log
}

interface Waiting {
  readonly record: StoredRecord
  readonly result: Promise<MatchResult>
}

/**
 * The way of an event from the log into the stores. Threads work on several log records at once; their results are written in the
 * order of the log, many at a time, to both stores side by side. Each store keeps its own offset in its own
 * transaction and skips what it already has, so that after any end every event and detection is there once.
 */
export class IngestPipeline {
  readonly #options: PipelineOptions
  readonly #parts: PipelineParts
  readonly #partitions: Partition[] = []
  #subscription: Subscription | undefined
  #timer: NodeJS.Timeout | undefined
  #checkpointing: Promise<void> = Promise.resolve()
  #ended = false

  constructor(options: PipelineOptions, parts: PipelineParts) {
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
    ready
      .then(() => this.#subscribe(bus))
      .catch((error) => log.error('the ingest pipeline did not start', { error: String(error) }))
  }

  async #subscribe(bus: Bus): Promise<void> {
    if (this.#ended) return
    this.#subscription = await bus.subscribe(this.#options.topic, {
      group: 'ingest',
      startAt: async (partition) => this.#partitions[partition]?.startAt,
      maxRecords: this.#options.window,
      maxBytes: 8 * 1024 * 1024,
      onBatch: (batch) => this.#partitions[batch.partition]?.take(batch) ?? Promise.resolve(),
    })
  }

  /** What went wrong last and has not been overcome; undefined when all is well. */
  get trouble(): string | undefined {
    return this.#partitions.map((partition) => partition.trouble).find((trouble) => trouble !== undefined)
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

  /** Takes no more, writes what is under way, and makes it durable. */
  async stop(): Promise<void> {
    this.#ended = true
    clearInterval(this.#timer)
    await this.#subscription?.stop()
    await Promise.all(this.#partitions.map((partition) => partition.drain()))
    await this.checkpoint()
  }

  async #checkpointNow(): Promise<void> {
    const { bus, events, sink } = this.#parts
    const { topic } = this.#options
    for (const { partition, next } of await events.checkpoint()) await bus.commit(topic, 'events', partition, next)
    for (const partition of this.#partitions) {
      const next = await sink.checkpoint(partition.number)
      if (next !== undefined) await bus.commit(topic, 'detections', partition.number, next)
    }
  }
}

const troubleOf = (store: string, outcome: PromiseSettledResult<unknown> | undefined): string | undefined =>
  outcome?.status === 'rejected'
    ? `${store}: ${outcome.reason instanceof Error ? outcome.reason.message : String(outcome.reason)}`
    : undefined

class Partition {
  readonly number: number
  readonly #options: PipelineOptions
  readonly #parts: PipelineParts
  readonly #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  #room: () => void = () => {}
  #stopped = false
  startAt = 0
  trouble: string | undefined

  constructor(number: number, options: PipelineOptions, parts: PipelineParts) {
    this.number = number
    this.#options = options
    this.#parts = parts
  }

  /** Finds where the slower store stands, and keeps the log from giving out offsets that a store has already seen. */
  async open(): Promise<void> {
    const { bus, events, sink } = this.#parts
    const { topic } = this.#options
    await bus.registerGroup(topic, 'events')
    await bus.registerGroup(topic, 'detections')
    const stored = (await events.consumed(topic, this.number)) ?? 0
    const detected = (await sink.consumed(this.number)) ?? 0
    await bus.ensureNextOffsetAtLeast(topic, this.number, Math.max(stored, detected))
    this.startAt = Math.min(stored, detected)
    if (stored !== detected)
      this.#parts.log.info('the stores ended at different places; the log is read again from the earlier one', {
        partition: this.number,
        eventsNext: stored,
        detectionsNext: detected,
      })
  }

  /** Hands records to the threads; waits while too many are under way. */
  async take(batch: BusBatch): Promise<void> {
    for (const record of batch.records) {
      while (this.#waiting.length >= this.#options.window && !this.#stopped)
        await new Promise<void>((resolve) => {
          this.#room = resolve
        })
      const result = this.#parts.process(record)
      // Looked at when its turn comes; a rejection before that must not end the program.
      result.catch(() => {})
      this.#waiting.push({ record, result })
      this.#writing ??= this.#write()
        .catch((error: unknown) => {
          this.#waiting.length = 0
          this.trouble = error instanceof Error ? error.message : String(error)
        })
        .finally(() => {
          this.#writing = undefined
          this.#room()
        })
    }
  }

  /** Ends when everything taken is written, or, while a store refuses, at once: the log still has it. */
  async drain(): Promise<void> {
    if (this.trouble) this.#stopped = true
    while (this.#writing) await this.#writing
    this.#stopped = true
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const ready = await this.#readyInOrder()
      const first = ready[0]
      const last = ready.at(-1)
      if (!first || !last) continue
      await this.#persist(ready, first.offset, last.offset + 1)
      this.#room()
    }
  }

  /** The first waiting record, as soon as it is done, with all that directly follow and are done too. */
  async #readyInOrder(): Promise<Processed[]> {
    const ready: Processed[] = []
    let events = 0
    while (this.#waiting.length > 0 && events < this.#options.maxBatchEvents) {
      const next = this.#waiting[0] as Waiting
      const pending = Symbol('pending')
      const result =
        ready.length === 0 ? await next.result : await Promise.race([next.result, Promise.resolve(pending)])
      if (typeof result === 'symbol') break
      this.#waiting.shift()
      ready.push({ partition: this.number, offset: next.record.offset, result })
      events += result.columns.count
    }
    return ready
  }

  /** Writes to both stores; while one refuses (a full disk, a lost database), it is asked again and nothing is lost. */
  async #persist(ready: readonly Processed[], first: number, next: number): Promise<void> {
    const { events, sink, log } = this.#parts
    const consumed = { topic: this.#options.topic, partition: this.number, first, next }
    const columns = joinColumns(ready.map((one) => one.result.columns))
    let stored = false
    let detected = false
    for (let attempt = 1; !(stored && detected); attempt++) {
      const [storing, detecting]: PromiseSettledResult<unknown>[] = await Promise.allSettled([
        stored ? undefined : events.append(columns, consumed),
        detected ? undefined : sink.save(this.number, ready, next),
      ])
      stored ||= storing?.status === 'fulfilled'
      detected ||= detecting?.status === 'fulfilled'
      if (stored && detected) break
      this.trouble = [troubleOf('event store', storing), troubleOf('database', detecting)].filter(Boolean).join('; ')
      log.warn('events could not be stored; trying again', { attempt, first, next, reason: this.trouble })
      if (this.#stopped) throw new Error(this.trouble)
      await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 2 ** attempt, 5000)))
    }
    this.trouble = undefined
  }
}
