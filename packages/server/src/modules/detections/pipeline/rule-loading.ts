import type { Clock } from '../../../platform/clock/clock.ts'
import type { Log } from '../../../platform/log/log.ts'
import type { Metrics } from '../../../platform/metrics/metrics.ts'
import type { ThreadPool } from '../../../platform/threads/pool.ts'
import type { RuleSet } from './messages.ts'

export interface RuleLoadingParts {
  /** Every rule that should run, and how many correlations look at their matches. */
  runnable(): Promise<RuleSet & { readonly correlations?: number }>
  readonly pool: Pick<ThreadPool<unknown, unknown>, 'broadcast'>
  readonly clock: Clock
  readonly log: Log
  /** Told how many rules run. */
  readonly gauge: ReturnType<Metrics['gauge']>
}

const loadAgainMs = 2000

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Gives the match threads the rules that should run, and knows when they do not have them. */
export class RuleLoading {
  readonly #parts: RuleLoadingParts
  readonly #stopping = new AbortController()
  #loading: Promise<void> = Promise.resolve()
  #running = 0
  #trouble: string | undefined

  constructor(parts: RuleLoadingParts) {
    this.#parts = parts
  }

  /** How many rules the threads run, and correlations beside them. */
  get running(): number {
    return this.#running
  }

  /** Why the threads do not have the rules that they should; undefined when they do. */
  get trouble(): string | undefined {
    return this.#trouble
  }

  /** One load at a time, the newest last. A load that failed does not keep the next from trying. */
  load(): Promise<void> {
    this.#loading = this.#loading.catch(() => {}).then(() => this.#loadNow())
    return this.#loading
  }

  /** Nothing is matched before there are rules, so a start waits for them as long as it takes. */
  async first(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted)
      try {
        return await this.load()
      } catch {
        await new Promise((resolve) => setTimeout(resolve, loadAgainMs))
      }
  }

  /** A thread that started later could not take the rules. */
  threadFailed(error: Error): void {
    this.#trouble = `a thread has no rules: ${error.message}`
    this.#parts.log.error('a thread could not take the rules', { error: String(error) })
  }

  stop(): void {
    this.#stopping.abort()
  }

  async #loadNow(): Promise<void> {
    const { pool, clock, log, gauge } = this.#parts
    try {
      const set = await this.#parts.runnable()
      const startedMs = clock.monotonic()
      const { correlations: _, ...forThreads } = set
      await pool.broadcast(forThreads, { startThreads: set.rules.length > 0 })
      this.#running = set.rules.length + (set.correlations ?? 0)
      gauge.set(this.#running)
      this.#trouble = undefined
      log.info('rules are running', {
        rules: set.rules.length,
        correlations: set.correlations ?? 0,
        revision: set.revision,
        durationMs: Math.round(clock.monotonic() - startedMs),
      })
    } catch (error) {
      this.#trouble = `the newest rules are not running: ${messageOf(error)}`
      log.error('rules could not be loaded', { error: String(error) })
      throw error
    }
  }
}
