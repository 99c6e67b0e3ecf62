import type { Detection } from '@watchfloor/contracts/detections'
import type { DetectionId, EventId, RuleId, SourceId } from '@watchfloor/contracts/kernel'
import { toInstant } from '@watchfloor/contracts/kernel'
import type { Bus, StoredRecord } from '../../../platform/bus/bus.ts'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { Log } from '../../../platform/log/log.ts'
import type { Metrics } from '../../../platform/metrics/metrics.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import { ThreadPool } from '../../../platform/threads/pool.ts'
import type { RecordDetections } from '../record.ts'
import { Lost, type OwnedThread, TopicOwner } from '../topic-owner.ts'
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
const taskTimeoutMs = 120_000

export type CollectPool = OwnedThread<CollectTask, CollectAnswer>

/** One thread, started when there is something to collect. */
export const collectPool = (): CollectPool =>
  new ThreadPool<CollectTask, CollectAnswer>({
    file: new URL('./collect.worker.ts', import.meta.url),
    size: 1,
    name: 'patterns',
    heapMb: 1536,
    lazy: true,
  })

/**
 * The one owner of what patterns over several events wait for. Parts come from their log in one order; a thread collects them; what is
 * complete is written under ids that follow from the pattern and the event that completed it. The log itself is the state: it is kept from
 * the oldest part that something waits for, and read again from there after any end.
 */
export class PatternOwner {
  readonly #parts: PatternOwnerParts
  readonly #pool: CollectPool
  readonly #topic: TopicOwner<CollectTask, CollectAnswer>
  readonly #waiting: ReturnType<Metrics['gauge']>
  readonly #lostParts: ReturnType<Metrics['gauge']>
  #texts: ReadonlyMap<string, PatternText> = new Map()
  /** Records before it are waited for no more. */
  #needed = 0
  #committed = -1

  constructor(parts: PatternOwnerParts, pool: CollectPool = collectPool()) {
    this.#parts = parts
    this.#pool = pool
    this.#topic = new TopicOwner<CollectTask, CollectAnswer>(
      {
        topic: partTopic,
        group,
        name: 'STIX patterns',
        recordsAtOnce,
        lookEveryMs: checkpointEveryMs,
        taskTimeoutMs,
        begin: (session) => this.#begin(session),
        observe: (records) => this.#observe(records),
        look: () => this.#checkpoint(),
        checkpoint: () => this.#checkpoint(),
      },
      { bus: parts.bus, log: parts.log, thread: pool },
    )
    this.#waiting = parts.metrics.gauge(
      'watchfloor_pattern_parts_waiting',
      'Events that wait for the rest of a STIX pattern',
    )
    this.#lostParts = parts.metrics.gauge(
      'watchfloor_pattern_parts_evicted',
      'Events that had to go before the rest of a STIX pattern came',
    )
  }

  /** What went wrong last and has not been overcome. */
  get trouble(): string | undefined {
    return this.#topic.trouble
  }

  /** Creates the log of parts; before anything is read or published. */
  start(): Promise<void> {
    return this.#topic.start()
  }

  /** Takes up the patterns that should run; before the match threads find parts of them. */
  take(patterns: readonly PatternText[]): Promise<void> {
    return this.#topic.inTurn(async () => {
      this.#texts = new Map(patterns.map((one) => [one.rule.id, one]))
      if (this.#topic.isOpen) await this.#topic.ask({ kind: 'change', session: this.#topic.session, patterns })
      else if (patterns.length > 0) await this.#topic.open()
    })
  }

  /** Resolves when every part published so far is evaluated, and what it came to is written. */
  settled(): Promise<void> {
    return this.#topic.settled()
  }

  /** Runs `work` while nothing is evaluated or written: for a backup. */
  still<T>(work: () => Promise<T>): Promise<T> {
    return this.#topic.inTurn(work)
  }

  stop(): Promise<void> {
    return this.#topic.stop()
  }

  async #begin(session: number): Promise<number> {
    await this.#pool.run({ kind: 'open', session, patterns: [...this.#texts.values()] })
    this.#needed = (await this.#parts.bus.committed(partTopic, group, partition)) ?? 0
    return this.#needed
  }

  async #observe(fresh: readonly StoredRecord[]): Promise<void> {
    const records = fresh.map(({ offset, storedAtMs, value }) => ({ offset, storedAtMs, parts: value }))
    const answer = await this.#topic.ask({ kind: 'observe', session: this.#topic.session, records })
    if (answer.kind !== 'hits') throw new Lost()
    try {
      await this.#write(answer.hits)
    } catch (error) {
      // The thread does not say a hit twice: it begins anew with what is still in the log.
      this.#topic.beginAnew(error)
      throw error
    }
    this.#needed = answer.oldest ?? fresh.at(-1)!.offset + 1
    this.#waiting.set(answer.waiting)
    this.#lostParts.set(answer.evicted)
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
    if (this.#needed === this.#committed) return
    await this.#parts.sql.checkpoint()
    await this.#parts.bus.commit(partTopic, group, partition, this.#needed)
    this.#committed = this.#needed
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
