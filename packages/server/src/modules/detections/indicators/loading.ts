import { type IndicatorIndexParts, indexBytes } from '@watchfloor/engines/indicator-index'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { Log } from '../../../platform/log/log.ts'
import type { Metrics } from '../../../platform/metrics/metrics.ts'
import { ThreadPool } from '../../../platform/threads/pool.ts'
import type { ExportPlace, Indicators } from '../../intel/index.ts'
import { Loading } from '../loading.ts'
import { type BuildAnswer, type BuildTask, type IndicatorIndexes, indicatorTopic } from './messages.ts'

export interface IndicatorLoadingParts {
  readonly indicators: Pick<Indicators, 'exportPage'>
  /** The threads that match. */
  readonly pool: Pick<ThreadPool<unknown, unknown>, 'broadcast'>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** What senders of events do not know. */
  readonly seed: number
}

const pageIndicators = 5000
const pageTimeoutMs = 60_000
const finishTimeoutMs = 300_000
/** Changes that come together are taken together; while much comes, the longer the longer each load takes, so that others get their turn. */
const settleMs = { least: 250, most: 5000 }
/** Small indexes beside the large one, each of which every value is looked up in; more are joined. */
const maxAdditions = 3
/**
 * What came since the whole was read, beyond which it is read anew, so that what was deleted or listed again falls out. Until then it costs
 * memory alone, while reading all of a list that grows would keep what is new waiting.
 */
const rereadAfter = (whole: number): number => 1_000_000 + whole

const start: ExportPlace = { revision: 0, seq: 0 }

/**
 * Keeps the match threads supplied with the indicators that are listed. An index is built aside, on a thread of its own, and handed over in
 * shared memory: swapping it in costs the threads nothing. What comes later goes into small indexes beside it, within moments.
 */
export class IndicatorLoading {
  readonly #parts: IndicatorLoadingParts
  readonly #builder: ThreadPool<BuildTask, BuildAnswer>
  readonly #gauge: ReturnType<Metrics['gauge']>
  readonly #loading: Loading
  #whole: IndicatorIndexParts | undefined
  #additions: readonly IndicatorIndexParts[] = []
  #place: ExportPlace = start
  #addedSince = 0
  /** How long the last load took. */
  #lastMs = 0

  constructor(parts: IndicatorLoadingParts) {
    this.#parts = parts
    this.#gauge = parts.metrics.gauge(
      'watchfloor_indicators_running',
      'Indicators that the live stream is matched with',
    )
    this.#loading = new Loading({
      name: 'indicators',
      lack: 'the newest indicators are not matched',
      loadNow: (signal) => this.#loadNow(signal),
      log: parts.log,
    })
    this.#builder = new ThreadPool({
      file: new URL('./build.worker.ts', import.meta.url),
      size: 1,
      name: 'indicator-index',
      heapMb: 1024,
      lazy: true,
      idleMs: 60_000,
    })
  }

  /** Why the threads do not have what is listed; undefined when they do. */
  get trouble(): string | undefined {
    return this.#loading.trouble
  }

  /** What the threads look in. */
  get state(): { indicators: number; bytes: number; revision: number } {
    const indexes = this.#indexes()
    return {
      indicators: indexes.reduce((sum, index) => sum + index.count, 0),
      bytes: indexes.reduce((sum, index) => sum + indexBytes(index), 0),
      revision: this.#place.revision,
    }
  }

  /** Events are not matched before there are indicators, so a start waits for them as long as it takes. */
  first(): Promise<void> {
    return this.#loading.first()
  }

  /** What is listed has changed: loads it soon, together with what else changes until then. */
  changed(): void {
    this.#loading.soon(Math.min(settleMs.most, Math.max(settleMs.least, 2 * this.#lastMs)))
  }

  async stop(): Promise<void> {
    this.#loading.stop()
    await this.#builder.close()
  }

  #indexes(): IndicatorIndexParts[] {
    return [...(this.#whole ? [this.#whole] : []), ...this.#additions]
  }

  async #loadNow(signal: AbortSignal): Promise<undefined> {
    const { clock, log } = this.#parts
    const startedMs = clock.monotonic()
    const done =
      this.#whole === undefined || this.#addedSince > rereadAfter(this.#whole.count)
        ? await this.#readWhole(signal)
        : await this.#readAdditions(signal)
    this.#lastMs = clock.monotonic() - startedMs
    if (!done) return
    this.#gauge.set(this.state.indicators)
    log.info('indicators are running', { ...this.state, durationMs: Math.round(this.#lastMs) })
  }

  async #readWhole(signal: AbortSignal): Promise<boolean> {
    const { index, place } = await this.#built(start, signal)
    this.#whole = index
    this.#additions = []
    this.#addedSince = 0
    await this.#handOver(place)
    return true
  }

  async #readAdditions(signal: AbortSignal): Promise<boolean> {
    const { index, place } = await this.#built(this.#place, signal)
    if (index.count === 0) return false
    this.#addedSince += index.count
    this.#additions =
      this.#additions.length < maxAdditions
        ? [...this.#additions, index]
        : [await this.#joined([...this.#additions, index])]
    await this.#handOver(place)
    return true
  }

  async #handOver(place: ExportPlace): Promise<void> {
    const indicators = this.#indexes().filter((index) => index.count > 0)
    await this.#parts.pool.broadcast({ indicators } satisfies IndicatorIndexes, {
      topic: indicatorTopic,
      isLight: true,
    })
    this.#place = place
  }

  /** An index of all that stands behind a place. */
  async #built(from: ExportPlace, signal: AbortSignal): Promise<{ index: IndicatorIndexParts; place: ExportPlace }> {
    let place = from
    let refused = 0
    let page = await this.#parts.indicators.exportPage(place, pageIndicators)
    // Without a single one there is no need for a thread.
    if (!page) return { index: { seed: this.#parts.seed, count: 0, tables: {} }, place }
    await this.#builder.run({ kind: 'begin', seed: this.#parts.seed })
    while (page) {
      signal.throwIfAborted()
      place = page.last
      const building = this.#builder.run({ kind: 'lines', lines: page.lines }, { timeoutMs: pageTimeoutMs })
      const reading = this.#parts.indicators.exportPage(place, pageIndicators)
      const [answer] = await Promise.all([building, reading])
      refused += answer.refused
      page = await reading
    }
    if (refused > 0)
      this.#parts.log.warn('some indicators are not in their canonical spelling and never match', { refused })
    return { index: await this.#finished(), place }
  }

  async #joined(indexes: readonly IndicatorIndexParts[]): Promise<IndicatorIndexParts> {
    await this.#builder.run({ kind: 'begin', seed: this.#parts.seed })
    for (const index of indexes) await this.#builder.run({ kind: 'join', index }, { timeoutMs: pageTimeoutMs })
    return this.#finished()
  }

  async #finished(): Promise<IndicatorIndexParts> {
    const { index } = await this.#builder.run({ kind: 'finish' }, { timeoutMs: finishTimeoutMs })
    if (!index) throw new Error('the thread that builds indexes gave none')
    return index
  }
}
