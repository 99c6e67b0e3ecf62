import type { Detection } from '@watchfloor/contracts/detections'
import type { CorrelationHit } from '@watchfloor/engines/sigma'
import type { StoredRecord } from '../../../platform/bus/bus.ts'
import type { Metrics } from '../../../platform/metrics/metrics.ts'
import { ThreadPool } from '../../../platform/threads/pool.ts'
import type { RunnableSet } from '../../rules/index.ts'
import type { RecordDetections } from '../record.ts'
import { Lost, type OwnedThread, TopicOwner } from '../topic-owner.ts'
import { detectionOfHit } from './hit-detection.ts'
import { matchTopic } from './matches-sink.ts'
import type { CorrelateAnswer, CorrelateTask, CorrelationNeeds, CorrelationSet, CorrelatorLimits } from './messages.ts'
import { CorrelationMetrics } from './metrics.ts'
import { rulesFor, type TaggedSet } from './rule-roles.ts'
import { correlationGroup, loadSnapshot, type SnapshotParts, saveSnapshot } from './snapshots.ts'

export interface OwnerOptions extends CorrelatorLimits {
  /** How often what correlations remember is made durable; after a crash matches are read again from there. */
  readonly checkpointEveryMs: number
}

export interface OwnerParts extends SnapshotParts {
  readonly metrics: Metrics
  readonly record: RecordDetections
}

const lookEveryMs = 2000
/** A match stands in the log by then, so that idle groups are told only when nothing of theirs is under way. */
const underWayMs = 2000
const recordsAtOnce = 64
const heapMb = 3072

export type CorrelationPool = OwnedThread<CorrelateTask, CorrelateAnswer>

/** One thread, started when there is something to correlate. */
export const correlationPool = (): CorrelationPool =>
  new ThreadPool<CorrelateTask, CorrelateAnswer>({
    file: new URL('./correlate.worker.ts', import.meta.url),
    size: 1,
    name: 'correlate',
    heapMb,
    lazy: true,
  })

/**
 * The one owner of what correlations remember. Matches come from their log in one order; a thread evaluates them; what fires is
 * written under ids that follow from the window. State is kept as a snapshot with the offset it stands at: after any end the matches
 * behind it are read again, come to the same hits, and those that were written already change nothing.
 */
export class CorrelationOwner {
  readonly #options: OwnerOptions
  readonly #parts: OwnerParts
  readonly #pool: CorrelationPool
  readonly #topic: TopicOwner<CorrelateTask, CorrelateAnswer>
  readonly #metrics: CorrelationMetrics
  #set: RunnableSet | undefined
  #titles: ReadonlyMap<string, string> = new Map()
  #raising: ReadonlyMap<string, RunnableSet['correlations'][number]> = new Map()
  #needs: CorrelationNeeds = { wanted: {}, silent: [], problems: [] }
  /** The set that the thread has. */
  #runningKey = ''
  #savedNext = -1
  #savedAtMs = 0
  /** What fired and could not be written yet. */
  #unwritten: Detection[] = []

  constructor(options: OwnerOptions, parts: OwnerParts, pool: CorrelationPool = correlationPool()) {
    this.#options = options
    this.#parts = parts
    this.#metrics = new CorrelationMetrics(parts.metrics)
    this.#pool = pool
    this.#topic = new TopicOwner<CorrelateTask, CorrelateAnswer>(
      {
        topic: matchTopic,
        group: correlationGroup,
        name: 'correlations',
        recordsAtOnce,
        lookEveryMs,
        begin: (session) => this.#begin(session),
        observe: (records) => this.#observe(records),
        write: () => this.#write(),
        isWritten: () => this.#unwritten.length === 0,
        look: () => this.#look(),
        checkpoint: () => this.#checkpoint(),
      },
      { bus: parts.bus, log: parts.log, thread: pool },
    )
  }

  /** What went wrong last and has not been overcome. */
  get trouble(): string | undefined {
    return this.#topic.trouble
  }

  /** Creates the log of matches; before anything is read or published. */
  start(): Promise<void> {
    return this.#topic.start()
  }

  /** Takes up the correlations that should run. @returns the rules for the match threads, with what each is for */
  take(set: RunnableSet): Promise<TaggedSet> {
    return this.#topic.inTurn(async () => {
      this.#set = set
      this.#titles = new Map([...set.rules, ...set.parts, ...set.correlations].map(({ id, title }) => [id, title]))
      if (this.#topic.isOpen) await this.#change()
      else if (set.correlations.length > 0) await this.#topic.open()
      const tagged = rulesFor(set, this.#needs)
      this.#raising = tagged.raising
      return tagged.set
    })
  }

  /** Resolves when every match published so far is evaluated, and what it came to is written. */
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

  get #correlationSet(): CorrelationSet {
    const { correlations = [], rules = [], parts = [] } = this.#set ?? {}
    return {
      correlations: correlations.map(({ id, version, yaml }) => ({ id, version, yaml })),
      rules: [...rules, ...parts].map(({ id, name }) => ({ id, name })),
    }
  }

  /** From the newest snapshot; matches behind it are read. */
  async #begin(session: number): Promise<number | undefined> {
    const { next, chunks } = await loadSnapshot(this.#parts)
    const { maxGroups, latenessMs } = this.#options
    const set = this.#correlationSet
    const limits = { maxGroups, latenessMs }
    this.#need(await this.#pool.run({ kind: 'open', session, set, limits, snapshot: chunks }))
    this.#runningKey = JSON.stringify(set)
    this.#savedNext = next ?? -1
    this.#savedAtMs = this.#parts.clock.monotonic()
    return next
  }

  /** What is remembered under the old set is made durable first: matches read again must meet the correlations that they met. */
  async #change(): Promise<void> {
    const set = this.#correlationSet
    const key = JSON.stringify(set)
    if (key === this.#runningKey) return
    await this.#checkpoint()
    this.#need(await this.#topic.ask({ kind: 'change', session: this.#topic.session, set }))
    this.#runningKey = key
    this.#savedNext = -1
  }

  #need(answer: CorrelateAnswer): void {
    if (answer.kind !== 'needs') throw new Lost()
    this.#needs = answer.needs
    for (const { id, message } of answer.needs.problems)
      this.#parts.log.warn('a correlation cannot run', { ruleId: id, reason: message })
  }

  async #observe(fresh: readonly StoredRecord[]): Promise<void> {
    const records = fresh.map(({ storedAtMs, value }) => ({ arrivedMs: storedAtMs, matches: value }))
    this.#keep(await this.#topic.ask({ kind: 'observe', session: this.#topic.session, records }))
  }

  #keep(answer: CorrelateAnswer): void {
    if (answer.kind !== 'hits') throw new Lost()
    this.#metrics.show(answer.stats)
    const detectedMs = this.#parts.clock.now()
    for (const hit of answer.hits) this.#unwritten.push(...this.#detectionOf(hit, detectedMs))
  }

  #detectionOf(hit: CorrelationHit, detectedMs: number): Detection[] {
    const correlation = this.#raising.get(hit.correlation)
    return correlation ? [detectionOfHit(hit, correlation, (id) => this.#titles.get(id) ?? id, detectedMs)] : []
  }

  /** The thread does not say a hit twice, so what could not be written is kept until it can. */
  async #write(): Promise<void> {
    const { sql } = this.#parts
    const detections = this.#unwritten
    if (detections.length > 0) {
      await sql.tx((db) => this.#parts.record(db, detections))
      this.#unwritten = []
    }
    this.#topic.trouble = undefined
  }

  /** Now and then: groups that heard nothing for long, and a snapshot. */
  async #look(): Promise<void> {
    await this.#advance()
    const isDue = this.#parts.clock.monotonic() - this.#savedAtMs >= this.#options.checkpointEveryMs
    if (isDue) await this.#checkpoint()
  }

  async #advance(): Promise<void> {
    const arrivedMs = this.#parts.clock.now() - underWayMs
    const [log] = await this.#parts.bus.stats(matchTopic)
    if (log && log.next > this.#topic.next) return
    this.#keep(await this.#topic.ask({ kind: 'advance', session: this.#topic.session, arrivedMs }))
    await this.#write()
  }

  async #checkpoint(): Promise<void> {
    const { next, session } = this.#topic
    if (next === this.#savedNext) return
    await this.#write()
    const answer = await this.#topic.ask({ kind: 'snapshot', session })
    if (answer.kind !== 'snapshot') throw new Lost()
    await saveSnapshot(this.#parts, answer.chunks, next)
    this.#savedNext = next
    this.#savedAtMs = this.#parts.clock.monotonic()
  }
}
