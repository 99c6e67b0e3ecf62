import type { Clock } from '../../../platform/clock/clock.ts'
import type { Log } from '../../../platform/log/log.ts'
import type { Metrics } from '../../../platform/metrics/metrics.ts'
import type { ThreadPool } from '../../../platform/threads/pool.ts'
import type { Patterns } from '../../intel/index.ts'
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
const loadAgainMs = 2000

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Keeps the match threads, and the one that collects parts, supplied with the patterns that are switched on and have not expired. */
export class PatternLoading {
  readonly #parts: PatternLoadingParts
  readonly #gauge: ReturnType<Metrics['gauge']>
  readonly #stopping = new AbortController()
  #loading: Promise<void> = Promise.resolve()
  #waiting: NodeJS.Timeout | undefined
  #running = 0
  #trouble: string | undefined

  constructor(parts: PatternLoadingParts) {
    this.#parts = parts
    this.#gauge = parts.metrics.gauge(
      'watchfloor_patterns_running',
      'STIX patterns that the live stream is matched with',
    )
  }

  /** How many patterns the threads hold against events. */
  get running(): number {
    return this.#running
  }

  /** Why the threads do not have the patterns that they should; undefined when they do. */
  get trouble(): string | undefined {
    return this.#trouble
  }

  /** Events are not matched before there are patterns, so a start waits for them as long as it takes. */
  async first(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted)
      try {
        return await this.load()
      } catch {
        await new Promise((resolve) => setTimeout(resolve, loadAgainMs))
      }
  }

  /** Patterns have changed: loads them soon, together with what else changes until then. Tried again until it is done. */
  changed(waitMs = settleMs): void {
    if (this.#waiting || this.#stopping.signal.aborted) return
    this.#waiting = setTimeout(() => {
      this.#waiting = undefined
      this.load().catch(() => this.changed(loadAgainMs))
    }, waitMs)
    this.#waiting.unref()
  }

  /** One load at a time; each takes what is there when it begins. */
  load(): Promise<void> {
    this.#loading = this.#loading.catch(() => {}).then(() => this.#loadNow())
    return this.#loading
  }

  stop(): void {
    this.#stopping.abort()
    clearTimeout(this.#waiting)
  }

  async #loadNow(): Promise<void> {
    const { pool, collect, clock, log } = this.#parts
    try {
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
      this.#trouble = isAll
        ? undefined
        : `only the first ${maxPatterns} STIX patterns run; switch off those that are not needed`
      if (texts.length > 0)
        log.info('STIX patterns are running', {
          patterns: texts.length,
          durationMs: Math.round(clock.monotonic() - startedMs),
        })
    } catch (error) {
      if (this.#stopping.signal.aborted) return
      this.#trouble = `the newest STIX patterns are not matched: ${messageOf(error)}`
      log.error('STIX patterns could not be loaded', { error: String(error) })
      throw error
    }
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
