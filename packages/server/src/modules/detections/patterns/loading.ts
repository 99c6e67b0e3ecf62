import type { Clock } from '../../../platform/clock/clock.ts'
import type { Log } from '../../../platform/log/log.ts'
import type { Metrics } from '../../../platform/metrics/metrics.ts'
import type { ThreadPool } from '../../../platform/threads/pool.ts'
import type { Patterns } from '../../intel/index.ts'
import { Loading } from '../loading.ts'
import { type PatternText, type PatternTexts, patternTopic } from './messages.ts'
import { patternTextOf } from './texts.ts'

export interface PatternLoadingParts {
  readonly patterns: Pick<Patterns, 'running'>
  /** The threads that match. */
  readonly pool: Pick<ThreadPool<unknown, unknown>, 'broadcast'>
  /** Takes up the patterns over several events, before a thread finds parts of them. */
  collect(patterns: readonly PatternText[]): Promise<void>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
}

const pagePatterns = 1000
/** Patterns that run at once. */
const maxPatterns = 20_000
const settleMs = 250

/** Keeps the match threads, and the one that collects parts, supplied with the patterns that are switched on and have not expired. */
export class PatternLoading {
  readonly #parts: PatternLoadingParts
  readonly #gauge: ReturnType<Metrics['gauge']>
  readonly #loading: Loading
  #running = 0

  constructor(parts: PatternLoadingParts) {
    this.#parts = parts
    this.#gauge = parts.metrics.gauge(
      'watchfloor_patterns_running',
      'STIX patterns that the live stream is matched with',
    )
    this.#loading = new Loading({
      name: 'STIX patterns',
      lack: 'the newest STIX patterns are not matched',
      loadNow: () => this.#loadNow(),
      log: parts.log,
    })
  }

  /** How many patterns the threads hold against events. */
  get running(): number {
    return this.#running
  }

  /** Why the threads do not have the patterns that they should; undefined when they do. */
  get trouble(): string | undefined {
    return this.#loading.trouble
  }

  /** Events are not matched before there are patterns, so a start waits for them as long as it takes. */
  first(): Promise<void> {
    return this.#loading.first()
  }

  /** Patterns have changed: loads them soon, together with what else changes until then. */
  changed(): void {
    this.#loading.soon(settleMs)
  }

  stop(): void {
    this.#loading.stop()
  }

  async #loadNow(): Promise<string | undefined> {
    const { pool, collect, clock, log } = this.#parts
    const startedMs = clock.monotonic()
    const { texts, isAll } = await this.#read()
    await collect(texts.filter((one) => one.scope === 'sequence'))
    if (texts.length > 0 || this.#running > 0)
      await pool.broadcast({ patterns: texts } satisfies PatternTexts, {
        topic: patternTopic,
        startThreads: texts.length > 0,
      })
    this.#running = texts.length
    this.#gauge.set(texts.length)
    if (texts.length > 0)
      log.info('STIX patterns are running', {
        patterns: texts.length,
        durationMs: Math.round(clock.monotonic() - startedMs),
      })
    return isAll ? undefined : `only the first ${maxPatterns} STIX patterns run; switch off those that are not needed`
  }

  async #read(): Promise<{ texts: PatternText[]; isAll: boolean }> {
    const nowMs = this.#parts.clock.now()
    const texts: PatternText[] = []
    for (let afterSeq = 0; ; ) {
      const page = await this.#parts.patterns.running({}, afterSeq, pagePatterns)
      for (const row of page) {
        const text = patternTextOf(row)
        if (text.validUntilMs !== null && text.validUntilMs <= nowMs) continue
        if (texts.length >= maxPatterns) return { texts, isAll: false }
        texts.push(text)
      }
      const last = page.at(-1)
      if (!last || page.length < pagePatterns) return { texts, isAll: true }
      afterSeq = Number(last.seq)
    }
  }
}
