import type { Bus, BusBatch, StoredRecord } from '../../../platform/bus/bus.ts'
import { columnsOfBlocks, type EventStore } from '../../../platform/events/event-store.ts'
import { messageOf } from '../../../platform/log/error-message.ts'
import type { Log } from '../../../platform/log/log.ts'
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

/** Who reads the log of raw events. Its place is the slower store's, and the log is trimmed behind it. */
export const ingestGroup = 'ingest'

export interface PartitionOptions {
  readonly topic: string
  /** Log records processed or waiting at once. */
  readonly window: number
  /** Events written to the stores at once. */
  readonly maxBatchEvents: number
}

export interface PartitionParts {
  readonly bus: Bus
  readonly events: EventStore
  readonly sink: DetectionSink
  /** Parses, normalises and matches one log record; rejects only when it cannot be done now, never for bad input. */
  process(record: StoredRecord): Promise<MatchResult>
  readonly log: Log
}

interface Waiting {
  readonly record: StoredRecord
  result: Promise<MatchResult>
}

/** How long a record that is done waits for those behind it. */
const gatherMs = 200
const firstPauseMs = 200
const longestPauseMs = 5000

/** The pipeline was told to stop while something refused; the log still has what was not written. */
class Stopped extends Error {}

const troubleOf = (store: string, outcome: PromiseSettledResult<unknown> | undefined): string | undefined =>
  outcome?.status === 'rejected' ? `${store}: ${messageOf(outcome.reason)}` : undefined

/**
 * One partition's way into the stores: records are processed several at once and written in the order of the log. A record is
 * passed only when both stores have it; what refuses is asked again until it gives in or the pipeline stops.
 */
export class Partition {
  readonly number: number
  readonly #options: PartitionOptions
  readonly #parts: PartitionParts
  readonly #waiting: Waiting[] = []
  readonly #stopping = new AbortController()
  #writing: Promise<void> | undefined
  #room: () => void = () => {}
  /** The next offset that the event store wants; it may stand beyond the sink's after a crash. */
  #storedNext = 0
  /** Where reading goes on: everything before it is in both stores. */
  startAt = 0
  /** What refuses at present, in words. */
  trouble: string | undefined

  constructor(number: number, options: PartitionOptions, parts: PartitionParts) {
    this.number = number
    this.#options = options
    this.#parts = parts
  }

  /** Finds where the slower store stands, and keeps the log from giving out offsets that a store has already seen. */
  async open(): Promise<void> {
    const { bus, events, sink, log } = this.#parts
    const { topic } = this.#options
    await bus.registerGroup(topic, ingestGroup)
    const stored = (await events.consumed(topic, this.number)) ?? 0
    const detected = (await sink.consumed(this.number)) ?? 0
    const { missing } = await bus.ensureNextOffsetAtLeast(topic, this.number, Math.max(stored, detected))
    this.#storedNext = stored
    this.startAt = Math.min(stored, detected)
    if (missing > 0)
      log.error('the log lost records that had been acknowledged; their offsets are not given out again', {
        partition: this.number,
        missing,
        eventsNext: stored,
        detectionsNext: detected,
      })
    if (stored !== detected)
      log.info('the stores ended at different places; the log is read again from the earlier one', {
        partition: this.number,
        eventsNext: stored,
        detectionsNext: detected,
      })
  }

  /** Hands records to the threads; waits while too many are under way. */
  async take(batch: BusBatch): Promise<void> {
    for (const record of batch.records) {
      while (this.#waiting.length >= this.#options.window && !this.#stopping.signal.aborted)
        await new Promise<void>((resolve) => {
          this.#room = resolve
        })
      // What is not taken stays in the log, and is read from there at the next start.
      if (this.#stopping.signal.aborted) return
      this.#waiting.push({ record, result: this.#process(record) })
      this.#writeOn()
    }
  }

  #process(record: StoredRecord): Promise<MatchResult> {
    const result = this.#parts.process(record)
    // Looked at when its turn comes; a rejection before that must not end the program.
    result.catch(() => {})
    return result
  }

  /** Resolves when everything taken is written. */
  async idle(): Promise<void> {
    while (this.#writing) await this.#writing
  }

  /** From now on what refuses is not asked again: the log still has it. What is under way is written. */
  stopRetrying(): void {
    this.#stopping.abort()
    this.#room()
  }

  #writeOn(): void {
    if (this.#writing || this.#waiting.length === 0) return
    this.#writing = this.#write()
      .catch((error: unknown) => {
        this.#waiting.length = 0
        if (error instanceof Stopped) return
        // Going on would pass over what was not written.
        this.#stopping.abort()
        this.trouble = messageOf(error)
        this.#parts.log.error('processing has stopped; restart the server to read the log again', { error })
      })
      .finally(() => {
        this.#writing = undefined
        this.#room()
        this.#writeOn()
      })
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const ready = await this.#readyInOrder()
      await this.#persist(ready)
      this.#room()
    }
  }

  /**
   * The first waiting record, as soon as it is done, with those that directly follow. While more are under way, they are waited for
   * a little: a large batch costs the stores far less an event than several small ones.
   */
  async #readyInOrder(): Promise<Processed[]> {
    const first = this.#waiting[0] as Waiting
    const ready = [this.#taken(await this.#resultOf(first))]
    let events = ready[0]!.result.events.count
    const gathered = timeout(gatherMs)
    while (this.#waiting.length > 0 && events < this.#options.maxBatchEvents) {
      const result = await resultBefore((this.#waiting[0] as Waiting).result, gathered.promise)
      if (result === undefined) break
      ready.push(this.#taken(result))
      events += result.events.count
    }
    gathered.cancel()
    return ready
  }

  #taken(result: MatchResult): Processed {
    const { record } = this.#waiting.shift() as Waiting
    this.#room()
    return { partition: this.number, offset: record.offset, result }
  }

  /** Processing that fails is begun again: a record is never passed over. */
  async #resultOf(waiting: Waiting): Promise<MatchResult> {
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await waiting.result
        if (attempt > 1) this.trouble = undefined
        return result
      } catch (error) {
        this.trouble = `processing: ${messageOf(error)}`
        await this.#pauseOrStop(attempt, { offset: waiting.record.offset })
        waiting.result = this.#process(waiting.record)
      }
    }
  }

  /** Writes to both stores; while one refuses (a full disk, a lost database), it is asked again and nothing is lost. */
  async #persist(ready: readonly Processed[]): Promise<void> {
    const next = (ready.at(-1) as Processed).offset + 1
    let detected = false
    for (let attempt = 1; ; attempt++) {
      const [storing, detecting]: PromiseSettledResult<unknown>[] = await Promise.allSettled([
        this.#store(ready, next),
        detected ? undefined : this.#parts.sink.save(this.number, ready, next),
      ])
      detected ||= detecting?.status === 'fulfilled'
      if (storing?.status === 'fulfilled' && detected) break
      this.trouble = [troubleOf('event store', storing), troubleOf('database', detecting)].filter(Boolean).join('; ')
      await this.#pauseOrStop(attempt, { first: ready[0]?.offset, next })
    }
    this.trouble = undefined
    this.startAt = next
  }

  /** Appends what the event store does not have: after a crash it may stand in the middle of what is read again. */
  async #store(ready: readonly Processed[], next: number): Promise<void> {
    const fresh = ready.filter((one) => one.offset >= this.#storedNext)
    const first = fresh[0]?.offset
    if (first === undefined) return
    await this.#parts.events.append(columnsOfBlocks(fresh.flatMap((one) => one.result.events.blocks)), {
      topic: this.#options.topic,
      partition: this.number,
      first,
      next,
    })
    this.#storedNext = next
  }

  async #pauseOrStop(attempt: number, where: Readonly<Record<string, unknown>>): Promise<void> {
    const { signal } = this.#stopping
    this.#parts.log.warn('events could not be stored; trying again', { attempt, ...where, reason: this.trouble })
    if (!signal.aborted) await pause(Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs), signal)
    if (signal.aborted) throw new Stopped()
  }
}

const pending = Symbol('pending')

/** Undefined when it is not done before the end, and when it failed: its turn as the first will come. */
async function resultBefore(
  result: Promise<MatchResult>,
  end: Promise<typeof pending>,
): Promise<MatchResult | undefined> {
  try {
    const outcome = await Promise.race([result, end])
    return typeof outcome === 'symbol' ? undefined : outcome
  } catch {
    return undefined
  }
}

function timeout(ms: number): { promise: Promise<typeof pending>; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined
  const promise = new Promise<typeof pending>((resolve) => {
    timer = setTimeout(resolve, ms, pending)
  })
  return { promise, cancel: () => clearTimeout(timer) }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
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
