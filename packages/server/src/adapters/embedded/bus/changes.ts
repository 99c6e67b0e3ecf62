import { createHash } from 'node:crypto'
import { Refusal } from '@watchfloor/contracts/kernel'
import type { Mark, Offset } from '../../../platform/bus/bus.ts'
import type { Change, Staged } from './commit-queue.ts'
import { type Environment, stateKey, type TopicState } from './environment.ts'
import { deadLetterKey, expiryKey, offsetOfKey, partitionOf, recordKey, recordRange } from './layout.ts'
import { type LogStates, passedByAll } from './partitions.ts'

const PAGE_BYTES = 4096
const ENTRY_BYTES = 64
const INLINE_BYTES = 1_900
const MAX_TRIMMED_AT_ONCE = 1_000
const MAX_EXPIRED_AT_ONCE = 200

/** What a value takes on disk: large ones have whole pages of their own. */
export const storedSize = (valueBytes: number): number =>
  (valueBytes <= INLINE_BYTES ? valueBytes : Math.ceil((valueBytes + 16) / PAGE_BYTES) * PAGE_BYTES) + ENTRY_BYTES

export interface EncodedRecord {
  readonly key: string | undefined
  readonly stored: Buffer
}

/** A mark's key as lmdb keeps it: long ones by their digest. */
export function markKeyOf(key: string): Buffer {
  const bytes = Buffer.from(key)
  return bytes.length <= 256 ? Buffer.concat([Buffer.of(0), bytes]) : Buffer.concat([Buffer.of(1), sha256(bytes)])
}
const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()

export interface StoredMark {
  readonly value: string
  readonly expiresAtMs?: number
}

/** The changes the log can make, each a description of writes for the commit queue. */
export class LogChanges {
  readonly #environment: Environment
  readonly #states: LogStates
  readonly #maxBytes: number
  readonly #maxDeadLetterBytes: number
  #nextPartition = 0

  constructor(environment: Environment, states: LogStates, limits: { maxBytes: number; maxDeadLetterBytes: number }) {
    this.#environment = environment
    this.#states = states
    this.#maxBytes = limits.maxBytes
    this.#maxDeadLetterBytes = limits.maxDeadLetterBytes
  }

  declare(name: string, partitions: number, retentionBytes: number | null): Change<void> {
    return {
      essential: true,
      stage: (staged) => {
        const known = this.#states.findStagedTopic(name)
        if (known && partitions < known.partitions) {
          throw new Error(`the topic "${name}" has ${known.partitions} partitions and cannot shrink to ${partitions}`)
        }
        if (known?.partitions === partitions && known.retentionBytes === retentionBytes) return
        const fresh: TopicState = {
          id: this.#states.stagedTopicCount() + 1,
          partitions,
          retentionBytes,
          groups: {},
          nextDeadLetter: 1,
          deadLetterBytes: 0,
        }
        this.#states.stageTopic(staged, name, { ...(known ?? fresh), partitions, retentionBytes })
      },
    }
  }

  publish(
    name: string,
    records: readonly EncodedRecord[],
    mark: Mark | undefined,
  ): Change<{ partition: number; offset: Offset }[]> {
    return {
      essential: false,
      stage: (staged) => {
        const topic = this.#states.stagedTopic(name)
        const added = records.reduce((sum, { stored }) => sum + storedSize(stored.byteLength), 0)
        this.#requireRoom(added)
        const unkeyed = this.#nextPartition++ % topic.partitions
        const placed = records.map(({ key, stored }) => {
          const partition = key === undefined ? unkeyed : partitionOf(key, topic.partitions)
          return { partition, offset: this.#append(staged, topic.id, partition, stored) }
        })
        if (mark) this.#putMark(staged, mark, typeof mark.value === 'string' ? mark.value : mark.value(placed))
        return placed
      },
    }
  }

  #append(staged: Staged, topicId: number, partition: number, stored: Buffer): Offset {
    const state = this.#states.stagedPartition(topicId, partition)
    const key = recordKey(topicId, partition, state.next)
    const sizeBytes = storedSize(stored.byteLength)
    const size = Buffer.allocUnsafe(4)
    size.writeUInt32BE(sizeBytes, 0)
    staged.put(this.#environment.records, key, stored)
    staged.put(this.#environment.sizes, key, size)
    this.#states.stagePartition(staged, topicId, partition, {
      first: state.first,
      next: state.next + 1,
      bytes: state.bytes + sizeBytes,
    })
    return state.next
  }

  #requireRoom(added: number): void {
    const used = this.#states.stagedBytes()
    if (used + added <= this.#maxBytes) return
    throw new Refusal('STORAGE_FULL', `the log holds ${used} of at most ${this.#maxBytes} bytes`, {
      remedy: 'wait until its readers have caught up, or raise the size of the log',
      retryAfterSeconds: 5,
    })
  }

  #putMark(staged: Staged, mark: Mark, value: string): void {
    const key = markKeyOf(mark.key)
    const stored: StoredMark = {
      value,
      ...(mark.expiresAtMs === undefined ? {} : { expiresAtMs: mark.expiresAtMs }),
    }
    staged.put(this.#environment.marks, key, Buffer.from(JSON.stringify(stored)))
    if (mark.expiresAtMs !== undefined) {
      staged.put(this.#environment.expiries, expiryKey(mark.expiresAtMs, key), Buffer.of(1))
    }
  }

  /** Removes marks that have expired, oldest first, a bounded number. */
  forgetExpiredMarks(nowMs: number): Change<void> {
    const { expiries, marks } = this.#environment
    return {
      essential: true,
      stage: (staged) => {
        const range = { end: expiryKey(nowMs, Buffer.alloc(0)), limit: MAX_EXPIRED_AT_ONCE }
        for (const { key } of expiries.getRange(range)) {
          const expiry = Buffer.from(key)
          const markKey = expiry.subarray(6)
          const stored = marks.get(markKey)
          // A mark set again later has another expiry, and stays.
          const mark: StoredMark | undefined = stored && JSON.parse(stored.toString())
          if (mark?.expiresAtMs !== undefined && mark.expiresAtMs <= nowMs) staged.remove(marks, markKey)
          staged.remove(expiries, expiry)
        }
      },
    }
  }

  /** Changes nothing that anybody reads. */
  touch(): Change<void> {
    return {
      essential: true,
      stage: (staged) => staged.put(this.#environment.state, stateKey.touched, Buffer.of(1)),
    }
  }

  registerGroup(name: string, group: string): Change<void> {
    return {
      essential: true,
      stage: (staged) => {
        const topic = this.#states.stagedTopic(name)
        if (topic.groups[group]) return
        this.#states.stageTopic(staged, name, { ...topic, groups: { ...topic.groups, [group]: [] } })
      },
    }
  }

  /** Never moves a group back. */
  commit(name: string, group: string, partition: number, next: Offset): Change<void> {
    return {
      essential: true,
      stage: (staged) => {
        const topic = this.#states.stagedTopic(name)
        const known = topic.groups[group] ?? []
        if ((known[partition] ?? -1) >= next) return
        const positions = Array.from({ length: topic.partitions }, (_, at) =>
          at === partition ? next : (known[at] ?? null),
        )
        this.#states.stageTopic(staged, name, { ...topic, groups: { ...topic.groups, [group]: positions } })
      },
    }
  }

  ensureNext(name: string, partition: number, next: Offset): Change<number> {
    return {
      essential: true,
      stage: (staged) => {
        const topic = this.#states.stagedTopic(name)
        const state = this.#states.stagedPartition(topic.id, partition)
        if (state.next >= next) return 0
        const empty = state.first === state.next
        this.#states.stagePartition(staged, topic.id, partition, {
          ...state,
          first: empty ? next : state.first,
          next,
        })
        return next - state.next
      },
    }
  }

  deadLetter(name: string, stored: Buffer): Change<void> {
    return {
      essential: true,
      stage: (staged) => {
        const topic = this.#states.stagedTopic(name)
        const deadLetterBytes = topic.deadLetterBytes + storedSize(stored.byteLength)
        if (deadLetterBytes > this.#maxDeadLetterBytes) {
          throw new Refusal(
            'STORAGE_FULL',
            `the dead letters of "${name}" hold their ${this.#maxDeadLetterBytes} bytes`,
            {
              remedy: 'look at the dead letters and drop them',
            },
          )
        }
        staged.put(this.#environment.dead, deadLetterKey(topic.id, topic.nextDeadLetter), stored)
        this.#states.stageTopic(staged, name, { ...topic, deadLetterBytes, nextDeadLetter: topic.nextDeadLetter + 1 })
      },
    }
  }

  dropDeadLetters(name: string, ids: readonly number[]): Change<void> {
    return {
      essential: true,
      stage: (staged) => {
        const topic = this.#states.stagedTopic(name)
        let freed = 0
        for (const id of new Set(ids)) {
          const key = deadLetterKey(topic.id, id)
          const stored = this.#environment.dead.get(key)
          if (!stored) continue
          freed += storedSize(stored.byteLength)
          staged.remove(this.#environment.dead, key)
        }
        if (freed === 0) return
        this.#states.stageTopic(staged, name, {
          ...topic,
          deadLetterBytes: Math.max(0, topic.deadLetterBytes - freed),
        })
      },
    }
  }

  /** Forgets records that nobody needs any more, a bounded number at once. */
  trim(name: string, partition: number): Change<void> {
    return {
      essential: true,
      stage: (staged) => {
        const topic = this.#states.stagedTopic(name)
        const state = this.#states.stagedPartition(topic.id, partition)
        const keepBytes = topic.retentionBytes ?? 0
        const passed = passedByAll(topic, partition, state.first) ?? (topic.retentionBytes === null ? 0 : state.next)
        const end = Math.min(passed, state.next)
        let { first, bytes } = state
        let removed = 0
        for (const { key, value } of this.#environment.sizes.getRange(recordRange(topic.id, partition, first))) {
          const offset = offsetOfKey(key)
          if (offset >= end || bytes <= keepBytes || removed >= MAX_TRIMMED_AT_ONCE) break
          const recordsKey = Buffer.from(key)
          staged.remove(this.#environment.records, recordsKey)
          staged.remove(this.#environment.sizes, recordsKey)
          bytes -= value.readUInt32BE(0)
          first = offset + 1
          removed++
        }
        if (first !== state.first) this.#states.stagePartition(staged, topic.id, partition, { ...state, first, bytes })
      },
    }
  }
}
