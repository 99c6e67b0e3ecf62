import { statfs } from 'node:fs/promises'
import { Refusal } from '@watchfloor/contracts/kernel'
import type { Database, RootDatabase } from 'lmdb'
import type { Ballast } from './ballast.ts'

type Table = Database<Buffer, Buffer>

/** The writes of one group of changes, gathered before lmdb sees any of them. */
export class Staged {
  readonly writes: { table: Table; key: Buffer; value: Buffer | undefined }[] = []
  bytes = 0

  put(table: Table, key: Buffer, value: Buffer): void {
    this.writes.push({ table, key, value })
    this.bytes += value.byteLength
  }

  remove(table: Table, key: Buffer): void {
    this.writes.push({ table, key, value: undefined })
  }
}

/** A change to the log: `stage` describes it (and may refuse by throwing, before it staged anything). */
export interface Change<Result> {
  /** Changes that free room, or that must not fail because a publish did: tried again with the ballast's room when the disk is full. */
  readonly essential: boolean
  stage(staged: Staged): Result
}

interface Waiting {
  readonly change: Change<unknown>
  resolve(value: unknown): void
  reject(error: unknown): void
}

export interface CommitHooks {
  /** After a group is on disk. */
  onCommitted(): void
  /** After a group failed: whatever the stages changed in memory is to be forgotten. */
  onFailed(): void
}

const MAX_GROUP_BYTES = 16 * 1024 * 1024
const MAX_GROUP_CHANGES = 4096
const NEARLY_FULL_BYTES = 1024 * 1024
/**
 * While the disk is full, lmdb is asked to publish this often and no more: each time that it fails in the middle of a transaction it
 * puts its own memory at risk.
 */
const PROBE_EVERY_MS = 250

export const diskFull = (): Refusal =>
  new Refusal('STORAGE_FULL', 'the disk that holds the log is full; nothing of this was stored', {
    remedy: 'free space on the disk of the data directory, then send again',
  })

/** The reason behind lmdb's "Commit failed", which arrives as a promise of its own. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error)) return error
  try {
    return await error.commitError
  } catch (cause) {
    return cause
  }
}

/** lmdb reports a write that did not fit as an input/output error when a part of it did; the free space tells which it was. */
async function isFull(error: unknown, folder: string, neededBytes: number): Promise<boolean> {
  if (!(error instanceof Error)) return false
  if (/no space left|ENOSPC|mapsize limit|MDB_MAP_FULL/i.test(error.message)) return true
  if (!/input\/output error/i.test(error.message)) return false
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize < neededBytes * 2 + NEARLY_FULL_BYTES
}

/**
 * One transaction at a time: whatever arrives while one is being written to disk shares the next. A group is on disk as a whole
 * or not at all.
 */
export class CommitQueue {
  readonly #root: RootDatabase<Buffer, Buffer>
  readonly #ballast: Ballast
  readonly #hooks: CommitHooks
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined
  #closed = false
  /** The disk was full when something was last written. */
  #wasFull = false
  /** Until then what is not essential is refused without asking lmdb, unless there is room again; `performance.now()`. */
  #refusingUntilMs = 0

  constructor(root: RootDatabase<Buffer, Buffer>, ballast: Ballast, hooks: CommitHooks) {
    this.#root = root
    this.#ballast = ballast
    this.#hooks = hooks
  }

  /** Resolves once the change is on disk. @error STORAGE_FULL */
  run<Result>(change: Change<Result>): Promise<Result> {
    if (this.#closed) return Promise.reject(new Error('the log is closed'))
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ change, resolve: resolve as (value: unknown) => void, reject })
      this.#running ??= this.#drain()
    })
  }

  /**
   * Room freed by one transaction serves the one after the next. On a full disk that one would never come, so two empty ones
   * stand in for it.
   */
  async letFreedRoomBeUsed(touch: Change<void>): Promise<void> {
    if (!this.#wasFull) return
    this.#wasFull = false
    await this.run(touch)
    await this.run(touch)
  }

  async close(): Promise<void> {
    this.#closed = true
    while (this.#running) await this.#running
  }

  async #drain(): Promise<void> {
    // Callers of the same turn share the first group.
    await Promise.resolve()
    try {
      while (this.#waiting.length > 0) await this.#commitGroup()
    } finally {
      this.#running = undefined
    }
  }

  async #commitGroup(): Promise<void> {
    await this.#refuseWhileFull()
    const staged = new Staged()
    const group: { waiting: Waiting; result: unknown }[] = []
    let taken = 0
    while (taken < this.#waiting.length && taken < MAX_GROUP_CHANGES && staged.bytes < MAX_GROUP_BYTES) {
      const waiting = this.#waiting[taken++]!
      try {
        group.push({ waiting, result: waiting.change.stage(staged) })
      } catch (error) {
        waiting.reject(error)
      }
    }
    this.#waiting.splice(0, taken)
    if (group.length === 0) return
    try {
      await this.#write(staged)
    } catch (error) {
      this.#hooks.onFailed()
      await this.#fail(
        group.map(({ waiting }) => waiting),
        await causeOf(error),
        staged.bytes,
      )
      return
    }
    // Something went through: there is room, or some was just made.
    this.#refusingUntilMs = 0
    this.#hooks.onCommitted()
    for (const { waiting, result } of group) waiting.resolve(result)
  }

  /** On a disk that was full a moment ago and has no room yet, only what is essential is tried. */
  async #refuseWhileFull(): Promise<void> {
    if (performance.now() >= this.#refusingUntilMs) return
    const room = await statfs(this.#ballast.folder).catch(() => undefined)
    if (!room || room.bavail * room.bsize > MAX_GROUP_BYTES + NEARLY_FULL_BYTES) {
      this.#refusingUntilMs = 0
      return
    }
    const [refused, kept] = [
      this.#waiting.filter(({ change }) => !change.essential),
      this.#waiting.filter(({ change }) => change.essential),
    ]
    this.#waiting = kept
    for (const waiting of refused) waiting.reject(diskFull())
  }

  async #write(staged: Staged): Promise<void> {
    if (staged.writes.length === 0) return
    await this.#root.batch(() => {
      for (const { table, key, value } of staged.writes) {
        if (value === undefined) void table.remove(key)
        else void table.put(key, value)
      }
    })
  }

  async #fail(group: readonly Waiting[], cause: unknown, groupBytes: number): Promise<void> {
    const full = await isFull(cause, this.#ballast.folder, groupBytes)
    this.#wasFull ||= full
    if (full) this.#refusingUntilMs = performance.now() + PROBE_EVERY_MS
    const again = full ? await this.#worthAnotherTry(group) : []
    for (const waiting of group) {
      if (!again.includes(waiting)) waiting.reject(full ? diskFull() : cause)
    }
    this.#waiting.unshift(...again)
  }

  /** What frees room is tried without its neighbours first, then with the ballast's room. */
  async #worthAnotherTry(group: readonly Waiting[]): Promise<readonly Waiting[]> {
    const essential = group.filter(({ change }) => change.essential)
    if (essential.length === 0 || essential.length < group.length) return essential
    return (await this.#ballast.release()) ? essential : []
  }
}
