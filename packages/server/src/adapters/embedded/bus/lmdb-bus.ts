import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Refusal } from '@watchfloor/contracts/kernel'
import type {
  Bus,
  BusRecord,
  Mark,
  Offset,
  StoredRecord,
  SubscribeOptions,
  Subscription,
} from '../../../platform/bus/bus.ts'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { Log } from '../../../platform/log/log.ts'
import { Ballast } from './ballast.ts'
import { LogChanges, markKeyOf, type StoredMark } from './changes.ts'
import { CommitQueue } from './commit-queue.ts'
import { deliver, type PartitionReader } from './delivery.ts'
import { type Environment, openEnvironment } from './environment.ts'
import { deadLetterIdOfKey, deadLetterKey, decodeRecord, encodeRecord, offsetOfKey, recordRange } from './layout.ts'
import { LogStates, passedByAll } from './partitions.ts'
import { syncCopy } from './snapshot.ts'

export interface LmdbBusOptions {
  /** Folder of the log alone, e.g. `<dataDir>/log`. One process at a time: the caller holds the data directory's lock. */
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
  /** Records kept at most, bytes on disk; a publish past it is refused with STORAGE_FULL. Default 32 GiB. */
  readonly maxBytes?: number
  /** Dead letters kept at most per topic, bytes. Default 1 GiB. */
  readonly maxDeadLetterBytes?: number
  /** A single record's value, bytes. Default 32 MiB. */
  readonly maxRecordBytes?: number
}

const GIB = 1024 ** 3
const MARK_SWEEP_MS = 60_000
const BALLAST_RETRY_MS = 30_000

/** Opens (or makes) the embedded log. A folder made anew has a new epoch. */
export async function openLmdbBus(options: LmdbBusOptions): Promise<Bus> {
  const maxBytes = options.maxBytes ?? 32 * GIB
  const environment = await openEnvironment(options.folder, maxBytes + GIB)
  const ballast = new Ballast(options.folder)
  await ballast.restore()
  return new LmdbBus(environment, ballast, options, {
    maxBytes,
    maxDeadLetterBytes: options.maxDeadLetterBytes ?? GIB,
  })
}

class LmdbBus implements Bus {
  readonly kind = 'lmdb'
  readonly epoch: string
  readonly #environment: Environment
  readonly #ballast: Ballast
  readonly #options: LmdbBusOptions
  readonly #states: LogStates
  readonly #changes: LogChanges
  readonly #queue: CommitQueue
  readonly #subscriptions = new Map<string, Subscription>()
  readonly #wakers = new Map<string, Set<() => void>>()
  readonly #trimming = new Set<string>()
  /** Next offsets when the log was opened: what lies before may not be in memory and is fetched away from the event loop. */
  readonly #coldBefore = new Map<string, Offset>()
  #sweptAt: number
  #ballastTriedAt: number

  constructor(
    environment: Environment,
    ballast: Ballast,
    options: LmdbBusOptions,
    limits: { maxBytes: number; maxDeadLetterBytes: number },
  ) {
    this.#environment = environment
    this.#ballast = ballast
    this.#options = options
    this.epoch = environment.epoch
    this.#states = new LogStates(environment)
    this.#changes = new LogChanges(environment, this.#states, limits)
    this.#queue = new CommitQueue(environment.root, ballast, {
      onCommitted: () => this.#wake(this.#states.keepStaged()),
      onFailed: () => this.#states.forgetStaged(),
    })
    this.#sweptAt = this.#ballastTriedAt = options.clock.monotonic()
  }

  async declare(topic: string, { partitions, retentionBytes }: { partitions: number; retentionBytes?: number }) {
    await this.#queue.run(this.#changes.declare(topic, partitions, retentionBytes ?? null))
    const { id } = this.#states.topic(topic)
    for (let partition = 0; partition < partitions; partition++) {
      const key = `${id}/${partition}`
      if (!this.#coldBefore.has(key)) this.#coldBefore.set(key, this.#states.partition(id, partition).next)
    }
  }

  async publish(topic: string, records: readonly BusRecord[], options: { mark?: Mark } = {}) {
    const maxRecordBytes = this.#options.maxRecordBytes ?? 32 * 1024 * 1024
    const nowMs = this.#options.clock.now()
    const encoded = records.map((record) => {
      if (record.value.byteLength > maxRecordBytes) {
        throw new Refusal('BODY_TOO_LARGE', `a record of ${record.value.byteLength} bytes; at most ${maxRecordBytes}`)
      }
      return { key: record.key, stored: encodeRecord(record, nowMs) }
    })
    const placed = await this.#queue.run(this.#changes.publish(topic, encoded, options.mark))
    for (const partition of new Set(placed.map((place) => place.partition))) this.#trimWhenUseful(topic, partition)
    this.#sweepMarks(nowMs)
    return placed
  }

  async readMark(key: string): Promise<string | undefined> {
    const stored = this.#environment.marks.get(markKeyOf(key))
    if (!stored) return undefined
    const mark: StoredMark = JSON.parse(stored.toString())
    const expired = mark.expiresAtMs !== undefined && mark.expiresAtMs <= this.#options.clock.now()
    return expired ? undefined : mark.value
  }

  async subscribe(topic: string, options: SubscribeOptions): Promise<Subscription> {
    const seat = `${options.group}\n${topic}`
    if (this.#subscriptions.has(seat)) throw new Error(`the group "${options.group}" reads "${topic}" already`)
    await this.registerGroup(topic, options.group)
    const { partitions } = this.#states.topic(topic)
    const positions = await Promise.all(
      Array.from({ length: partitions }, (_, partition) => this.#startOf(topic, partition, options)),
    )
    const subscription = deliver(this.#readerOf(topic), positions, {
      topic,
      maxRecords: options.maxRecords ?? 500,
      maxBytes: options.maxBytes ?? 4 * 1024 * 1024,
      maxAttempts: options.maxAttempts ?? Number.POSITIVE_INFINITY,
      log: this.#options.log,
      onBatch: (batch, attempt) => options.onBatch(batch, attempt),
    })
    this.#subscriptions.set(seat, subscription)
    const leave = () => this.#subscriptions.delete(seat)
    subscription.done.then(leave, leave)
    return subscription
  }

  async #startOf(topic: string, partition: number, options: SubscribeOptions): Promise<Offset> {
    const wanted = (await options.startAt?.(partition)) ?? (await this.committed(topic, options.group, partition)) ?? 0
    const { first, next } = this.#states.partition(this.#states.topic(topic).id, partition)
    if (wanted > next) {
      throw new Error(
        `the group "${options.group}" has consumed ${topic}/${partition} up to ${wanted}, but the log ends at ${next}: ` +
          'it lost its end; call ensureNextOffsetAtLeast first, so that no offset is given out twice',
      )
    }
    if (wanted < first && first > 0 && wanted > 0) {
      this.#options.log.error('records were trimmed before this group had read them', {
        topic,
        partition,
        group: options.group,
        wanted,
        first,
      })
    }
    return Math.max(wanted, first)
  }

  #readerOf(topic: string): PartitionReader {
    const { id } = this.#states.topic(topic)
    return {
      read: (partition, from, maxRecords, maxBytes) => this.#read(topic, partition, from, maxRecords, maxBytes),
      next: (partition) => this.#states.partition(id, partition).next,
      grown: (partition, position, signal) => this.#grown(id, partition, position, signal),
    }
  }

  async #read(
    topic: string,
    partition: number,
    from: Offset,
    maxRecords: number,
    maxBytes: number,
  ): Promise<StoredRecord[]> {
    const { id } = this.#states.topic(topic)
    const keys = this.#keysFrom(id, partition, from, maxRecords, maxBytes)
    if (from < (this.#coldBefore.get(`${id}/${partition}`) ?? 0)) await this.#environment.records.prefetch(keys)
    const records: StoredRecord[] = []
    for (const key of keys) {
      const stored = this.#environment.records.get(key)
      if (!stored) continue
      const { record, atMs } = decodeRecord(stored)
      records.push({ ...record, topic, partition, offset: offsetOfKey(key), storedAtMs: atMs })
    }
    return records
  }

  #keysFrom(topicId: number, partition: number, from: Offset, maxRecords: number, maxBytes: number): Buffer[] {
    const keys: Buffer[] = []
    let bytes = 0
    const range = { ...recordRange(topicId, partition, from), limit: maxRecords }
    for (const { key, value } of this.#environment.sizes.getRange(range)) {
      bytes += value.readUInt32BE(0)
      if (keys.length > 0 && bytes > maxBytes) break
      keys.push(Buffer.from(key))
    }
    return keys
  }

  #grown(topicId: number, partition: number, position: Offset, signal: AbortSignal): Promise<void> {
    const partitionKey = `${topicId}/${partition}`
    if (signal.aborted || this.#states.partition(topicId, partition).next > position) return Promise.resolve()
    return new Promise((resolve) => {
      const waiting = this.#wakers.get(partitionKey) ?? new Set()
      this.#wakers.set(partitionKey, waiting)
      const wake = () => {
        waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      waiting.add(wake)
      signal.addEventListener('abort', wake, { once: true })
    })
  }

  #wake(partitionKeys: readonly string[]): void {
    for (const key of partitionKeys) for (const wake of [...(this.#wakers.get(key) ?? [])]) wake()
  }

  async commit(topic: string, group: string, partition: number, next: Offset): Promise<void> {
    await this.#queue.run(this.#changes.commit(topic, group, partition, next))
    this.#trimWhenUseful(topic, partition)
  }

  async committed(topic: string, group: string, partition: number): Promise<Offset | undefined> {
    return this.#states.topic(topic).groups[group]?.[partition] ?? undefined
  }

  registerGroup(topic: string, group: string): Promise<void> {
    return this.#queue.run(this.#changes.registerGroup(topic, group))
  }

  async ensureNextOffsetAtLeast(topic: string, partition: number, next: Offset): Promise<{ missing: number }> {
    const missing = await this.#queue.run(this.#changes.ensureNext(topic, partition, next))
    if (missing > 0) this.#options.log.error('the log lost its end', { topic, partition, next, missing })
    return { missing }
  }

  #trimWhenUseful(topic: string, partition: number): void {
    const seat = `${topic}/${partition}`
    if (this.#trimming.has(seat) || !this.#trimmable(topic, partition)) return
    this.#trimming.add(seat)
    this.#trimAll(topic, partition)
      .catch((error: unknown) =>
        this.#options.log.warn('trimming the log failed', { topic, partition, error: String(error) }),
      )
      .finally(() => this.#trimming.delete(seat))
  }

  #trimmable(topic: string, partition: number): boolean {
    const state = this.#states.topic(topic)
    const { first, next, bytes } = this.#states.partition(state.id, partition)
    if (bytes <= (state.retentionBytes ?? 0)) return false
    const passed = passedByAll(state, partition, first) ?? (state.retentionBytes === null ? first : next)
    return passed > first
  }

  async #trimAll(topic: string, partition: number): Promise<void> {
    let before = -1
    const { id } = this.#states.topic(topic)
    while (this.#trimmable(topic, partition) && this.#states.partition(id, partition).first !== before) {
      before = this.#states.partition(id, partition).first
      await this.#queue.run(this.#changes.trim(topic, partition))
      // Between two bites the event loop is somebody else's.
      await sleep(0)
    }
    await this.#queue.letFreedRoomBeUsed(this.#changes.touch())
    const now = this.#options.clock.monotonic()
    if (now - this.#ballastTriedAt < BALLAST_RETRY_MS) return
    this.#ballastTriedAt = now
    await this.#ballast.restore()
  }

  #sweepMarks(nowMs: number): void {
    const now = this.#options.clock.monotonic()
    if (now - this.#sweptAt < MARK_SWEEP_MS) return
    this.#sweptAt = now
    this.#queue
      .run(this.#changes.forgetExpiredMarks(nowMs))
      .catch((error: unknown) => this.#options.log.warn('forgetting expired marks failed', { error: String(error) }))
  }

  deadLetter(record: BusRecord & { topic: string }, reason: string): Promise<void> {
    return this.#queue.run(
      this.#changes.deadLetter(record.topic, encodeRecord(record, this.#options.clock.now(), reason)),
    )
  }

  async deadLetters(topic: string, after: number | undefined, limit: number) {
    const { id: topicId } = this.#states.topic(topic)
    const range = { start: deadLetterKey(topicId, (after ?? 0) + 1), end: deadLetterKey(topicId + 1, 0), limit }
    return Array.from(this.#environment.dead.getRange(range), ({ key, value }) => {
      const { record, atMs, reason } = decodeRecord(value)
      return { id: deadLetterIdOfKey(key), reason: reason ?? '', atMs, record }
    })
  }

  dropDeadLetters(topic: string, ids: readonly number[]): Promise<void> {
    return this.#queue.run(this.#changes.dropDeadLetters(topic, ids))
  }

  async stats(topic: string) {
    const { id, partitions, groups } = this.#states.topic(topic)
    return Array.from({ length: partitions }, (_, partition) => {
      const committed: Record<string, Offset> = {}
      for (const [group, positions] of Object.entries(groups)) {
        const position = positions[partition]
        if (position !== null && position !== undefined) committed[group] = position
      }
      return { partition, ...this.#states.partition(id, partition), committed }
    })
  }

  async snapshot(intoFolder: string): Promise<void> {
    await mkdir(intoFolder, { recursive: true })
    await this.#environment.root.backup(join(intoFolder, 'log.mdb'), true)
    await syncCopy(intoFolder)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions.values()].map((subscription) => subscription.stop()))
    await this.#queue.close()
    await this.#environment.root.close()
  }
}
