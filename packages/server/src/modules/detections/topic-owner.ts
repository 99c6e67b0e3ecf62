import type { Bus, BusBatch, Offset, StoredRecord, Subscription } from '../../platform/bus/bus.ts'
import { messageOf } from '../../platform/log/error-message.ts'
import type { Log } from '../../platform/log/log.ts'
import type { ThreadPool } from '../../platform/threads/pool.ts'

/** The thread that has what is known of the records so far. */
export type OwnedThread<Task, Answer> = Pick<ThreadPool<Task, Answer>, 'run' | 'close'>

/** What an owner does with its topic; nothing of it runs beside another. */
export interface Ownership {
  readonly topic: string
  readonly group: string
  /** Whom it serves, in words; begins a sentence. */
  readonly name: string
  readonly recordsAtOnce: number
  readonly lookEveryMs: number
  /** A task that takes longer ends the thread. Absent: it may take what it takes. */
  readonly taskTimeoutMs?: number
  /** Has the thread begin with what is durable. @returns where the log is read from; undefined: where the group's committed offset is */
  begin(session: number): Promise<Offset | undefined>
  /** Evaluates records that were not evaluated before, the next in the log. */
  observe(records: readonly StoredRecord[]): Promise<void>
  /** Writes what is still to be written, after records were evaluated. Absent: `observe` has written it. */
  write?(): Promise<void>
  /** Whether everything that was evaluated is written. Absent: always. */
  isWritten?(): boolean
  /** Now and then, while the thread knows what it should. */
  look(): Promise<void>
  /** Makes what is known durable. */
  checkpoint(): Promise<void>
}

export interface TopicOwnerParts<Task, Answer> {
  readonly bus: Bus
  readonly log: Log
  readonly thread: OwnedThread<Task, Answer>
}

const reopenAfterMs = 1000
const settledLookMs = 20

/** The thread that had the state died; what it knew is read again. */
export class Lost extends Error {}

/**
 * The one reader of a topic with one partition, whose records a thread evaluates in their order. When the thread dies, or what it said could
 * not be kept, it begins anew with what is durable, and the log behind that is read again.
 */
export class TopicOwner<Task, Answer extends { readonly kind: string }> {
  readonly #of: Ownership
  readonly #parts: TopicOwnerParts<Task, Answer>
  #session = 0
  #isOpen = false
  #stopped = false
  #subscription: Subscription | undefined
  #timer: NodeJS.Timeout | undefined
  /** Batches, changes and looks take turns. */
  #turn: Promise<unknown> = Promise.resolve()
  #next = 0
  /** What went wrong last and has not been overcome. */
  trouble: string | undefined

  constructor(ownership: Ownership, parts: TopicOwnerParts<Task, Answer>) {
    this.#of = ownership
    this.#parts = parts
  }

  /** Whether the thread knows what it should. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** To be given with every task: it ends with the thread. */
  get session(): number {
    return this.#session
  }

  /** Records before it were evaluated. */
  get next(): Offset {
    return this.#next
  }

  /** Creates the topic; before anything is read or published. */
  async start(): Promise<void> {
    const { topic, group, lookEveryMs } = this.#of
    await this.#parts.bus.declare(topic, { partitions: 1 })
    await this.#parts.bus.registerGroup(topic, group)
    this.#timer = setInterval(() => this.#look(), lookEveryMs)
  }

  /** Runs `work` while nothing is evaluated or written. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#turn.then(work)
    this.#turn = run.catch(() => {})
    return run
  }

  /** Resolves when every record published so far is evaluated, and what it came to is written. */
  async settled(): Promise<void> {
    const wanted = (await this.#parts.bus.stats(this.#of.topic))[0]?.next ?? 0
    const isBehind = () => this.#next < wanted || this.#of.isWritten?.() === false
    while (this.#session > 0 && !this.#stopped && isBehind())
      await new Promise((resolve) => setTimeout(resolve, settledLookMs))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    await this.#subscription?.stop()
    await this.inTurn(() => this.#checkpoint()).catch((error: unknown) => this.#complain(error))
    await this.#parts.thread.close()
  }

  /** Has the thread begin, and reads the log; in turn. */
  async open(): Promise<void> {
    const { topic, group, recordsAtOnce } = this.#of
    const startAt = await this.#of.begin(++this.#session)
    this.#next = startAt ?? 0
    this.#isOpen = true
    this.trouble = undefined
    this.#subscription = await this.#parts.bus.subscribe(topic, {
      group,
      startAt: async () => startAt,
      maxRecords: recordsAtOnce,
      onBatch: (batch) => this.inTurn(() => this.#evaluate(batch)),
    })
  }

  /** Asks the thread; when it fails, everything begins anew. @throws also when the thread is not the one that has the state */
  async ask(task: Task): Promise<Exclude<Answer, { readonly kind: 'lost' }>> {
    const { name, taskTimeoutMs: timeoutMs } = this.#of
    try {
      const answer = await this.#parts.thread.run(task, timeoutMs === undefined ? {} : { timeoutMs })
      if (answer.kind === 'lost') throw new Lost(`the thread of the ${name} ended; what it knew is read again`)
      return answer as Exclude<Answer, { readonly kind: 'lost' }>
    } catch (error) {
      // Whatever happened to the thread, what it knows now is not what it should.
      this.beginAnew(error)
      throw error
    }
  }

  /** What the thread knows is not what it should: it begins with what is durable, soon. */
  beginAnew(error: unknown): void {
    this.trouble = messageOf(error)
    if (!this.#isOpen || this.#stopped) return
    this.#isOpen = false
    void this.#reopen()
  }

  async #evaluate(batch: BusBatch): Promise<void> {
    if (!this.#isOpen) throw new Lost(`the ${this.#of.name} are read again`)
    const fresh = batch.records.filter(({ offset }) => offset >= this.#next)
    const last = fresh.at(-1)
    if (last) {
      await this.#of.observe(fresh)
      this.#next = last.offset + 1
    }
    await this.#of.write?.()
    this.trouble = undefined
  }

  #look(): void {
    if (!this.#isOpen) return
    this.inTurn(async () => {
      if (this.#isOpen && !this.#stopped) await this.#of.look()
    }).catch((error: unknown) => this.#complain(error))
  }

  async #checkpoint(): Promise<void> {
    if (this.#isOpen) await this.#of.checkpoint()
  }

  async #reopen(): Promise<void> {
    await this.#subscription?.stop()
    while (!this.#stopped && !this.#isOpen) {
      await new Promise((resolve) => setTimeout(resolve, reopenAfterMs))
      await this.inTurn(async () => {
        if (!this.#stopped && !this.#isOpen) await this.open()
      }).catch((error: unknown) => this.#complain(error))
    }
  }

  #complain(error: unknown): void {
    const { name } = this.#of
    this.trouble = `${name}: ${messageOf(error)}`
    this.#parts.log.warn(`${name} wait`, { error: String(error) })
  }
}
