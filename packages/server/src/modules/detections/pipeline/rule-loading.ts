import type { Clock } from '../../../platform/clock/clock.ts'
import type { Log } from '../../../platform/log/log.ts'
import type { Metrics } from '../../../platform/metrics/metrics.ts'
import type { ThreadPool } from '../../../platform/threads/pool.ts'
import { Loading } from '../loading.ts'
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

/** Gives the match threads the rules that should run, and knows when they do not have them. */
export class RuleLoading {
  readonly #parts: RuleLoadingParts
  readonly #loading: Loading
  #running = 0

  constructor(parts: RuleLoadingParts) {
    this.#parts = parts
    this.#loading = new Loading({
      name: 'rules',
      lack: 'the newest rules are not running',
      loadNow: () => this.#loadNow(),
      log: parts.log,
    })
  }

  /** How many rules the threads run, and correlations beside them. */
  get running(): number {
    return this.#running
  }

  /** Why the threads do not have the rules that they should; undefined when they do. */
  get trouble(): string | undefined {
    return this.#loading.trouble
  }

  /** One load at a time, the newest last. */
  load(): Promise<void> {
    return this.#loading.load()
  }

  /** Nothing is matched before there are rules, so a start waits for them as long as it takes. */
  first(): Promise<void> {
    return this.#loading.first()
  }

  /** A thread that started later could not take the rules. */
  threadFailed(error: Error): void {
    this.#loading.trouble = `a thread has no rules: ${error.message}`
    this.#parts.log.error('a thread could not take the rules', { error: String(error) })
  }

  stop(): void {
    this.#loading.stop()
  }

  async #loadNow(): Promise<undefined> {
    const { pool, clock, log, gauge } = this.#parts
    const { correlations = 0, ...set } = await this.#parts.runnable()
    const startedMs = clock.monotonic()
    await pool.broadcast(set, { startThreads: set.rules.length > 0 })
    this.#running = set.rules.length + correlations
    gauge.set(this.#running)
    log.info('rules are running', {
      rules: set.rules.length,
      correlations,
      revision: set.revision,
      durationMs: Math.round(clock.monotonic() - startedMs),
    })
  }
}
