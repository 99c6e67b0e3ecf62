import type { Detection } from '@watchfloor/contracts/detections'
import type { DetectionId, EventId, RuleId, SourceId } from '@watchfloor/contracts/kernel'
import { toInstant } from '@watchfloor/contracts/kernel'
import type { Bus, BusBatch, Subscription } from '../../../platform/bus/bus.ts'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { Log } from '../../../platform/log/log.ts'
import type { Metrics } from '../../../platform/metrics/metrics.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import { ThreadPool } from '../../../platform/threads/pool.ts'
import type { RecordDetections } from '../record.ts'
import { evidenceOf } from './matching.ts'
import type { CollectAnswer, CollectedHit, CollectTask, PatternText } from './messages.ts'
import { partTopic } from './parts-sink.ts'

export interface PatternOwnerParts {
  readonly bus: Bus
  readonly sql: Sql
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly record: RecordDetections
}

const group = 'patterns'
const partition = 0
const recordsAtOnce = 16
const checkpointEveryMs = 5000
const reopenAfterMs = 1000
const taskTimeoutMs = 120_000

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export type CollectPool = Pick<ThreadPool<CollectTask, CollectAnswer>, 'run' | 'close'>

/** One thread, started when there is something to collect. */
export const collectPool = (): CollectPool =>
  new ThreadPool<CollectTask, CollectAnswer>({
    file: new URL('./collect.worker.ts', import.meta.url),
    size: 1,
    name: 'patterns',
    heapMb: 1536,
    lazy: true,
  })

/** The thread that had the state died; what it knew is read again. */
class Lost extends Error {}

/**
 * The one owner of what patterns over several events wait for. Parts come from their log in one order; a thread collects them; what is
 * complete is written under ids that follow from the pattern and the event that completed it. The log itself is the state: it is kept from
 * the oldest part that something waits for, and read again from there after any end.
 */
export class PatternOwner {
  readonly #parts: PatternOwnerParts
  readonly #pool: CollectPool
  readonly #waiting: ReturnType<Metrics['gauge']>
  readonly #lostParts: ReturnType<Metrics['gauge']>
  #texts: ReadonlyMap<string, PatternText> = new Map()
  #session = 0
  #isOpen = false
  #stopped = false
  #subscription: Subscription | undefined
  #timer: NodeJS.Timeout | undefined
  /** Batches and changes of the set take turns. */
  #turn: Promise<unknown> = Promise.resolve()
  /** Records before it were evaluated, and what they came to is written. */
  #next = 0
  #needed = 0
  #committed = -1
  /** What went wrong last and has not been overcome. */
  trouble: string | undefined

  constructor(parts: PatternOwnerParts, pool: CollectPool = collectPool()) {
    this.#parts = parts
    this.#pool = pool
    this.#waiting = parts.metrics.gauge(
      'watchfloor_pattern_parts_waiting',
      'Events that wait for the rest of a STIX pattern',
    )
    this.#lostParts = parts.metrics.gauge(
      'watchfloor_pattern_parts_evicted',
      'Events that had to go before the rest of a STIX pattern came',
    )
  }

  /** Creates the log of parts; before anything is read or published. */
  async start(): Promise<void> {
    await this.#parts.bus.declare(partTopic, { partitions: 1 })
    await this.#parts.bus.registerGroup(partTopic, group)
    this.#timer = setInterval(() => {
      this.#inTurn(() => this.#checkpoint()).catch((error: unknown) => this.#complain(error))
    }, checkpointEveryMs)
  }

  /** Takes up the patterns that should run; before the match threads find parts of them. */
  take(patterns: readonly PatternText[]): Promise<void> {
    return this.#inTurn(async () => {
      this.#texts = new Map(patterns.map((one) => [one.rule.id, one]))
      if (this.#isOpen) await this.#ask({ kind: 'change', session: this.#session, patterns })
      else if (patterns.length > 0) await this.#open()
    })
  }

  /** Resolves when every part published so far is evaluated, and what it came to is written. */
  async settled(): Promise<void> {
    const wanted = (await this.#parts.bus.stats(partTopic))[0]?.next ?? 0
    while (this.#session > 0 && !this.#stopped && this.#next < wanted)
      await new Promise((resolve) => setTimeout(resolve, 20))
  }

  /** Runs `work` while nothing is evaluated or written: for a backup. */
  still<T>(work: () => Promise<T>): Promise<T> {
    return this.#inTurn(work)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    await this.#subscription?.stop()
    await this.#inTurn(() => this.#checkpoint()).catch((error: unknown) => this.#complain(error))
    await this.#pool.close()
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#turn.then(work)
    this.#turn = run.catch(() => {})
    return run
  }

  async #open(): Promise<void> {
    const { bus } = this.#parts
    await this.#pool.run({ kind: 'open', session: ++this.#session, patterns: [...this.#texts.values()] })
    this.#next = (await bus.committed(partTopic, group, partition)) ?? 0
    this.#needed = this.#next
    this.#isOpen = true
    this.trouble = undefined
    this.#subscription = await bus.subscribe(partTopic, {
      group,
      maxRecords: recordsAtOnce,
      onBatch: (batch) => this.#inTurn(() => this.#evaluate(batch)),
    })
  }

  async #ask(task: CollectTask): Promise<CollectAnswer> {
    try {
      const answer = await this.#pool.run(task, { timeoutMs: taskTimeoutMs })
      if (answer.kind === 'lost') throw new Lost('the thread of the STIX patterns ended; their events are read again')
      return answer
    } catch (error) {
      // Whatever happened to the thread, what it knows now is not what it should.
      this.trouble = messageOf(error)
      this.#reopenSoon()
      throw error
    }
  }

  async #evaluate(batch: BusBatch): Promise<void> {
    if (!this.#isOpen) throw new Lost('the STIX patterns are read again')
    const fresh = batch.records.filter(({ offset }) => offset >= this.#next)
    const last = fresh.at(-1)
    if (!last) return
    const records = fresh.map(({ offset, storedAtMs, value }) => ({ offset, storedAtMs, parts: value }))
    const answer = await this.#ask({ kind: 'observe', session: this.#session, records })
    if (answer.kind !== 'hits') return
    try {
      await this.#write(answer.hits)
    } catch (error) {
      // The thread does not say a hit twice: it begins anew with what is still in the log.
      this.trouble = messageOf(error)
      this.#reopenSoon()
      throw error
    }
    this.#next = last.offset + 1
    this.#needed = answer.oldest ?? this.#next
    this.#waiting.set(answer.waiting)
    this.#lostParts.set(answer.evicted)
    this.trouble = undefined
  }

  async #write(hits: readonly CollectedHit[]): Promise<void> {
    const detectedAt = toInstant(this.#parts.clock.now())
    const detections = hits.flatMap((hit) => {
      const text = this.#texts.get(hit.ruleId)
      return text ? [detectionOf(hit, text, detectedAt)] : []
    })
    if (detections.length > 0) await this.#parts.sql.tx((db) => this.#parts.record(db, detections))
  }

  /** Lets the log be trimmed behind what something waits for. */
  async #checkpoint(): Promise<void> {
    if (!this.#isOpen || this.#needed === this.#committed) return
    await this.#parts.sql.checkpoint()
    await this.#parts.bus.commit(partTopic, group, partition, this.#needed)
    this.#committed = this.#needed
  }

  #reopenSoon(): void {
    if (!this.#isOpen || this.#stopped) return
    this.#isOpen = false
    void this.#reopen()
  }

  async #reopen(): Promise<void> {
    await this.#subscription?.stop()
    while (!this.#stopped && !this.#isOpen) {
      await new Promise((resolve) => setTimeout(resolve, reopenAfterMs))
      await this.#inTurn(() => (this.#stopped ? Promise.resolve() : this.#open())).catch((error: unknown) =>
        this.#complain(error),
      )
    }
  }

  #complain(error: unknown): void {
    this.trouble = `STIX patterns: ${messageOf(error)}`
    this.#parts.log.warn('STIX patterns wait', { error: String(error) })
  }
}

/** The event that completed it stands for the hit, as it does in a hunt. */
const detectionOf = (
  { ruleId, eventIds, met, completedBy }: CollectedHit,
  text: PatternText,
  detectedAt: string,
): Detection => ({
  id: `${ruleId}@${completedBy.eventId}` as DetectionId,
  kind: 'pattern',
  ruleId: ruleId as RuleId,
  ruleTitle: text.rule.title,
  ruleVersion: text.rule.version,
  level: text.rule.level,
  eventId: completedBy.eventId as EventId,
  sourceId: completedBy.sourceId as SourceId,
  time: toInstant(completedBy.timeMs),
  detectedAt,
  entities: { ...completedBy.entities },
  techniques: [],
  retrospective: false,
  evidence: evidenceOf(text, met, eventIds),
})
