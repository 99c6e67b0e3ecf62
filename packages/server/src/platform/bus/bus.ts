/** Position in one partition of a topic: counts records from 0. */
export type Offset = number

export interface BusRecord {
  /** Records with one key keep their order and land in one partition. Without a key, any partition. */
  readonly key?: string
  readonly value: Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

export interface StoredRecord extends BusRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: Offset
  /** When the bus took it, ms since 1970. */
  readonly storedAtMs: number
}

export interface BusBatch {
  readonly topic: string
  readonly partition: number
  readonly records: readonly StoredRecord[]
  /** Records that wait behind this batch. */
  readonly behind: number
}

export interface Subscription {
  /** Stops delivering and resolves when the running batch has ended. */
  stop(): Promise<void>
  /** Rejects when the handler failed more often than allowed; resolves after `stop`. */
  readonly done: Promise<void>
}

export interface SubscribeOptions {
  readonly group: string
  /**
   * The next offset wanted in a partition. Sinks keep their own offsets beside their data; the group's committed offset is used
   * where this is absent. One beyond the log's end makes `subscribe` fail (see `ensureNextOffsetAtLeast`); one before the oldest
   * record kept is logged as an error, and delivery starts at the oldest.
   */
  readonly startAt?: (partition: number) => Promise<Offset | undefined>
  readonly maxRecords?: number
  readonly maxBytes?: number
  /** How often one batch may be tried before `done` rejects. Absent: for ever. */
  readonly maxAttempts?: number
  /** One batch at a time per partition, in order. A throw means: the same batch again after a pause that grows, with `attempt` counting up from 1. */
  onBatch(batch: BusBatch, attempt: number): Promise<void>
}

/**
 * A small value committed together with the records of one publish: what an `Idempotency-Key` was answered with, or how far
 * a file was read. Kafka: a compacted topic written in the same transaction.
 */
export interface Mark {
  readonly key: string
  /** The value, or what it is once it is known where the records stand, in the order given. */
  readonly value: string | ((placed: readonly { readonly partition: number; readonly offset: Offset }[]) => string)
  /** Forgotten after this instant, ms since 1970; kept for ever when absent. */
  readonly expiresAtMs?: number
}

/**
 * The durable log: at least once, ordered per key. Nothing here asks for what Kafka cannot do: no random reads, no
 * acknowledgement of single records.
 */
export interface Bus {
  readonly kind: 'lmdb' | 'kafka'
  /** Changes when the log is made anew (a restore, a lost directory), so that ids made of offsets never repeat. */
  readonly epoch: string
  /**
   * Creates the topic when absent. Declared once at start by whoever owns the topic. Records that every registered group has
   * passed are kept up to `retentionBytes` per partition (0 when absent); a topic without groups keeps everything when it is absent.
   */
  declare(topic: string, options: { partitions: number; retentionBytes?: number }): Promise<void>
  /** Resolves once every record (and the mark) is on disk, all or none, with where each stands, in the order given. @error STORAGE_FULL when the disk is full; nothing is half-written */
  publish(
    topic: string,
    records: readonly BusRecord[],
    options?: { mark?: Mark },
  ): Promise<{ partition: number; offset: Offset }[]>
  /** The value of a mark, while it has not expired. */
  readMark(key: string): Promise<string | undefined>
  subscribe(topic: string, options: SubscribeOptions): Promise<Subscription>
  /** Durable checkpoint of a group: everything before `next` is safe in its sink. The log is trimmed behind the slowest group. */
  commit(topic: string, group: string, partition: number, next: Offset): Promise<void>
  committed(topic: string, group: string, partition: number): Promise<Offset | undefined>
  /** Groups count for trimming from the moment they are registered, before they read anything. */
  registerGroup(topic: string, group: string): Promise<void>
  /**
   * A log that lost its end (an older copy of its directory) must not give out offsets again that a sink has consumed already.
   * Called at start with what each sink has consumed, before anything is published: leaves a gap when the log ends earlier.
   * `missing` is how many offsets were skipped, 0 when all is well; more means that the log lost records.
   */
  ensureNextOffsetAtLeast(topic: string, partition: number, next: Offset): Promise<{ missing: number }>
  /** Puts a record aside with the reason; it stays until somebody looks at it. */
  deadLetter(record: BusRecord & { topic: string }, reason: string): Promise<void>
  /** Dead letters, oldest first; `after` is the id of the last one seen. */
  deadLetters(
    topic: string,
    after: number | undefined,
    limit: number,
  ): Promise<{ id: number; reason: string; atMs: number; record: BusRecord }[]>
  dropDeadLetters(topic: string, ids: readonly number[]): Promise<void>
  /** Per partition: the oldest record kept, the next offset to be written, bytes, and what each group has committed. */
  stats(
    topic: string,
  ): Promise<{ partition: number; first: Offset; next: Offset; bytes: number; committed: Record<string, Offset> }[]>
  /**
   * Copies one consistent state (records, positions, marks, dead letters) into a folder, for a backup. A log that lives elsewhere
   * is backed up there: Kafka refuses.
   */
  snapshot(intoFolder: string): Promise<void>
  close(): Promise<void>
}
