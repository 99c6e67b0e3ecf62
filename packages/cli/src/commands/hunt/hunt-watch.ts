import { type Progress, showProgress } from '../../output/progress.ts'
import type { Writer } from '../../output/terminal.ts'
import { counted, countText } from '../../output/text.ts'
import type { HuntProgress } from './messages.ts'

/** Shows how far a hunt is, and how fast. */
export class HuntWatch {
  readonly #progress: Progress | undefined
  readonly #startedMs = performance.now()
  #events = 0
  bytes = 0

  /**
   * @param err undefined when nobody wants to know
   * @param totalBytes undefined when nobody knows
   */
  constructor(err: Writer | undefined, totalBytes: number | undefined) {
    this.#progress = err && showProgress(err, 'hunting', totalBytes)
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedMs
  }

  /** @param hits all that were found until now */
  add({ bytes, events }: HuntProgress, hits: number): void {
    this.bytes += bytes
    this.#events += events
    const seconds = Math.max(this.elapsedMs / 1000, 0.1)
    const speed = `${countText(this.#events)} events · ${countText(this.#events / seconds)}/s`
    this.#progress?.update(this.bytes, `${speed} · ${counted(hits, 'hit')}`)
  }

  stop(): void {
    this.#progress?.stop()
  }
}
