import { Refusal } from '@watchfloor/contracts/kernel'
import type { Log } from '../../../platform/log/log.ts'
import type { Sources } from '../sources/service.ts'
import type { SourceRow } from '../sources/store.ts'
import { type FollowParts, SourceFollower } from './follow-source.ts'

const pollMs = 1000
/** Files named in one line of the log. */
const saidFiles = 10

/** Follows every source of kind `file` that is switched on. */
export class FileTail {
  readonly #parts: FollowParts
  readonly #sources: Sources
  readonly #log: Log
  readonly #followers = new Map<string, { path: string; follower: SourceFollower; trouble?: string }>()
  #timer: NodeJS.Timeout | undefined
  #polling: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(parts: FollowParts, sources: Sources, log: Log) {
    this.#parts = parts
    this.#sources = sources
    this.#log = log
  }

  start(): void {
    this.#schedule()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#polling
  }

  #schedule(): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => {
      this.#polling = this.#pollAll().finally(() => this.#schedule())
    }, pollMs)
  }

  async #pollAll(): Promise<void> {
    for (const source of this.#sources.ofKind('file')) {
      if (!source.enabled || !source.path || this.#stopped) continue
      await this.#poll({ ...source, path: source.path })
    }
  }

  async #poll(source: SourceRow & { path: string }): Promise<void> {
    let followed = this.#followers.get(source.id)
    if (followed?.path !== source.path) {
      followed = { path: source.path, follower: new SourceFollower(this.#parts, source) }
      this.#followers.set(source.id, followed)
    }
    followed.follower.source = source
    try {
      await followed.follower.poll()
      const { leftOut, unreadable } = followed.follower
      const troubles = leftOut > 0 ? [`${leftOut} files that changed long ago are left out`] : []
      if (unreadable.length > 0) troubles.push(`not readable: ${unreadable.slice(0, saidFiles).join(', ')}`)
      if (unreadable.length > saidFiles) troubles.push(`and ${unreadable.length - saidFiles} more`)
      this.#say(source, followed, troubles.length > 0 ? troubles.join('; ') : undefined)
      this.#sources.setFailing(source.id, unreadable.length > 0)
    } catch (error) {
      this.#say(source, followed, String(error))
      // To be asked to wait is no failure of the source.
      this.#sources.setFailing(source.id, !(error instanceof Refusal && error.code === 'BACK_PRESSURE'))
    }
  }

  /** Said once, not every second. */
  #say(source: SourceRow, followed: { trouble?: string }, trouble: string | undefined): void {
    if (trouble !== undefined && followed.trouble !== trouble)
      this.#log.warn('not all files can be followed', { sourceId: source.id, path: source.path, trouble })
    if (trouble === undefined) delete followed.trouble
    else followed.trouble = trouble
  }
}
