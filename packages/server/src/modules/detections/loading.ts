import { messageOf } from '../../platform/log/error-message.ts'
import type { Log } from '../../platform/log/log.ts'

export interface LoadingOptions {
  /** What is loaded, in words. */
  readonly name: string
  /** What is the matter while the newest could not be loaded, in words. */
  readonly lack: string
  /** Gives the threads what they should have. @returns what is still the matter; undefined: nothing */
  loadNow(signal: AbortSignal): Promise<string | undefined>
  readonly log: Log
}

const loadAgainMs = 2000

/** Keeps threads supplied with something: one load at a time, tried again until it is done; knows when they do not have it. */
export class Loading {
  readonly #options: LoadingOptions
  readonly #stopping = new AbortController()
  #loading: Promise<void> = Promise.resolve()
  #waiting: NodeJS.Timeout | undefined
  /** Why the threads do not have what they should; undefined when they do. */
  trouble: string | undefined

  constructor(options: LoadingOptions) {
    this.#options = options
  }

  /** Nothing is matched before the first load, so a start waits for it as long as it takes. */
  async first(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted)
      try {
        return await this.load()
      } catch {
        await new Promise((resolve) => setTimeout(resolve, loadAgainMs))
      }
  }

  /** Loads after `waitMs`, together with what else changes until then. Tried again until it is done. */
  soon(waitMs: number): void {
    if (this.#waiting || this.#stopping.signal.aborted) return
    this.#waiting = setTimeout(() => {
      this.#waiting = undefined
      this.load().catch(() => this.soon(loadAgainMs))
    }, waitMs)
    this.#waiting.unref()
  }

  /** One load at a time; each takes what is there when it begins. One that failed does not keep the next from trying. */
  load(): Promise<void> {
    this.#loading = this.#loading.catch(() => {}).then(() => this.#loadNow())
    return this.#loading
  }

  stop(): void {
    this.#stopping.abort()
    clearTimeout(this.#waiting)
  }

  async #loadNow(): Promise<void> {
    const { name, lack, loadNow, log } = this.#options
    const { signal } = this.#stopping
    try {
      this.trouble = await loadNow(signal)
    } catch (error) {
      if (signal.aborted) return
      this.trouble = `${lack}: ${messageOf(error)}`
      log.error(`${name} could not be loaded`, { error: String(error) })
      throw error
    }
  }
}
