import type { Detection } from '@watchfloor/contracts/detections'
import type { CorrelationHit } from '@watchfloor/engines/sigma'
import type { BusBatch, Subscription } from '../../../platform/bus/bus.ts'
import type { Metrics } from '../../../platform/metrics/metrics.ts'
import { ThreadPool } from '../../../platform/threads/pool.ts'
import type { RunnableSet } from '../../rules/index.ts'
import type { RecordDetections } from '../record.ts'
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
const reopenAfterMs = 1000
const recordsAtOnce = 64
const heapMb = 3072

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export type CorrelationPool = Pick<ThreadPool<CorrelateTask, CorrelateAnswer>, 'run' | 'close'>

/** One thread, started when there is something to correlate. */
export const correlationPool = (): CorrelationPool =>
  new ThreadPool<CorrelateTask, CorrelateAnswer>({
    file: new URL('./correlate.worker.ts', import.meta.url),
    size: 1,
    name: 'correlate',
    heapMb,
    lazy: true,
  })

/** The thread that had the state died; what it knew is read again. */
class Lost extends Error {}

/**
 * The one owner of what correlations remember. Matches come from their log in one order; a thread evaluates them; what fires is
 * written under ids that follow from the window. State is kept as a snapshot with the offset it stands at: after any end the matches
 * behind it are read again, come to the same hits, and those that were written already change nothing.
 */
export class CorrelationOwner {
  readonly #options: OwnerOptions
  readonly #parts: OwnerParts
  readonly #pool: CorrelationPool
  readonly #metrics: CorrelationMetrics
  #set: RunnableSet | undefined
  #titles: ReadonlyMap<string, string> = new Map()
  #raising: ReadonlyMap<string, RunnableSet['correlations'][number]> = new Map()
  #needs: CorrelationNeeds = { wanted: {}, silent: [], problems: [] }
  /** The set that the thread has. */
  #runningKey = ''
  #session = 0
  #isOpen = false
  #stopped = false
  #subscription: Subscription | undefined
  #timer: NodeJS.Timeout | undefined
  /** Batches, changes of the rules and snapshots take turns. */
  #turn: Promise<unknown> = Promise.resolve()
  /** Matches before it were evaluated, and what they came to is written, except for `#unwritten`. */
  #next = 0
  #savedNext = -1
  #savedAtMs = 0
  #unwritten: Detection[] = []
  /** What went wrong last and has not been overcome. */
  trouble: string | undefined

  constructor(options: OwnerOptions, parts: OwnerParts, pool: CorrelationPool = correlationPool()) {
    this.#options = options
    this.#parts = parts
    this.#metrics = new CorrelationMetrics(parts.metrics)
    this.#pool = pool
  }

  /** Creates the log of matches; before anything is read or published. */
  async start(): Promise<void> {
    await this.#parts.bus.declare(matchTopic, { partitions: 1 })
    await this.#parts.bus.registerGroup(matchTopic, correlationGroup)
    this.#timer = setInterval(() => this.#look(), lookEveryMs)
  }

  /** Takes up the correlations that should run. @returns the rules for the match threads, with what each is for */
  take(set: RunnableSet): Promise<TaggedSet> {
    return this.#inTurn(async () => {
      this.#set = set
      this.#titles = new Map([...set.rules, ...set.parts, ...set.correlations].map(({ id, title }) => [id, title]))
      if (this.#isOpen) await this.#change()
      else if (set.correlations.length > 0) await this.#open()
      const tagged = rulesFor(set, this.#needs)
      this.#raising = tagged.raising
      return tagged.set
    })
  }

  /** Resolves when every match published so far is evaluated, and what it came to is written. */
  async settled(): Promise<void> {
    const wanted = (await this.#parts.bus.stats(matchTopic))[0]?.next ?? 0
    while (this.#session > 0 && !this.#stopped && (this.#next < wanted || this.#unwritten.length > 0))
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

  get #correlationSet(): CorrelationSet {
    const { correlations = [], rules = [], parts = [] } = this.#set ?? {}
    return {
      correlations: correlations.map(({ id, version, yaml }) => ({ id, version, yaml })),
      rules: [...rules, ...parts].map(({ id, name }) => ({ id, name })),
    }
  }

  /** Starts from the newest snapshot, and reads the matches behind it. */
  async #open(): Promise<void> {
    const { next, chunks } = await loadSnapshot(this.#parts)
    const { maxGroups, latenessMs } = this.#options
    const set = this.#correlationSet
    const answer = await this.#pool.run({
      kind: 'open',
      session: ++this.#session,
      set,
      limits: { maxGroups, latenessMs },
      snapshot: chunks,
    })
    this.#need(answer)
    this.#runningKey = JSON.stringify(set)
    this.#next = next ?? 0
    this.#savedNext = next ?? -1
    this.#savedAtMs = this.#parts.clock.monotonic()
    this.#isOpen = true
    this.trouble = undefined
    await this.#subscribe(next)
  }

  async #subscribe(next: number | undefined): Promise<void> {
    this.#subscription = await this.#parts.bus.subscribe(matchTopic, {
      group: correlationGroup,
      ...(next === undefined ? {} : { startAt: async () => next }),
      maxRecords: recordsAtOnce,
      onBatch: (batch) => this.#inTurn(() => this.#evaluate(batch)),
    })
  }

  /** What is remembered under the old set is made durable first: matches read again must meet the correlations that they met. */
  async #change(): Promise<void> {
    const set = this.#correlationSet
    const key = JSON.stringify(set)
    if (key === this.#runningKey) return
    await this.#checkpoint()
    this.#need(await this.#ask({ kind: 'change', session: this.#session, set }))
    this.#runningKey = key
    this.#savedNext = -1
  }

  #need(answer: CorrelateAnswer): void {
    if (answer.kind !== 'needs') throw new Lost()
    this.#needs = answer.needs
    for (const { id, message } of answer.needs.problems)
      this.#parts.log.warn('a correlation cannot run', { ruleId: id, reason: message })
  }

  async #ask(task: CorrelateTask): Promise<CorrelateAnswer> {
    try {
      const answer = await this.#pool.run(task)
      if (answer.kind === 'lost') throw new Lost('the thread of the correlations ended; they are read again')
      return answer
    } catch (error) {
      // Whatever happened to the thread, what it knows now is not what it should.
      this.trouble = messageOf(error)
      this.#reopenSoon()
      throw error
    }
  }

  async #evaluate(batch: BusBatch): Promise<void> {
    if (!this.#isOpen) throw new Lost('the correlations are read again')
    const fresh = batch.records.filter(({ offset }) => offset >= this.#next)
    const last = fresh.at(-1)
    if (last) {
      const records = fresh.map(({ storedAtMs, value }) => ({ arrivedMs: storedAtMs, matches: value }))
      this.#keep(await this.#ask({ kind: 'observe', session: this.#session, records }))
      this.#next = last.offset + 1
    }
    await this.#write()
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
    this.trouble = undefined
  }

  /** Now and then: groups that heard nothing for long, and a snapshot. */
  #look(): void {
    if (!this.#isOpen) return
    this.#inTurn(async () => {
      if (!this.#isOpen || this.#stopped) return
      await this.#advance()
      const isDue = this.#parts.clock.monotonic() - this.#savedAtMs >= this.#options.checkpointEveryMs
      if (isDue) await this.#checkpoint()
    }).catch((error: unknown) => this.#complain(error))
  }

  async #advance(): Promise<void> {
    const arrivedMs = this.#parts.clock.now() - underWayMs
    const [log] = await this.#parts.bus.stats(matchTopic)
    if (log && log.next > this.#next) return
    this.#keep(await this.#ask({ kind: 'advance', session: this.#session, arrivedMs }))
    await this.#write()
  }

  async #checkpoint(): Promise<void> {
    if (!this.#isOpen || this.#next === this.#savedNext) return
    await this.#write()
    const answer = await this.#ask({ kind: 'snapshot', session: this.#session })
    if (answer.kind !== 'snapshot') throw new Lost()
    await saveSnapshot(this.#parts, answer.chunks, this.#next)
    this.#savedNext = this.#next
    this.#savedAtMs = this.#parts.clock.monotonic()
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
    this.trouble = `correlations: ${messageOf(error)}`
    this.#parts.log.warn('correlations wait', { error: String(error) })
  }
}
