import type { CoveringWarningList } from '@watchfloor/contracts/intel'
import { isConfirmed, readIndicator } from '@watchfloor/engines/indicator-index'
import type { Metrics } from '../../../platform/metrics/metrics.ts'
import type { IndicatorRow, Intel } from '../../intel/index.ts'
import type { FoundDetection, MatchResult } from '../pipeline/messages.ts'
import { indicatorDetection } from './detection.ts'
import type { FoundIndicator, FoundListedValue } from './messages.ts'

/** Listings and verdicts of warning lists kept at hand. */
const maxKept = 20_000
const rowsAtOnce = 1000
const valuesAtOnce = 100
/** Listings of so many values. */
const maxListings = 5000

interface Listings {
  readonly indicators: Pick<Intel['indicators'], 'bySeq' | 'byValues'>
  readonly warningLists: Pick<Intel['warningLists'], 'covering'>
}

/**
 * Makes detections of what the threads found. Every hit is held against the listing as it is now: one that was deleted, switched off, is not
 * valid at the time, or whose fingerprint merely met, says nothing; nor does a value that a warning list covers.
 */
export class IndicatorHits {
  readonly #intel: Listings
  readonly #counted: ReturnType<Metrics['counter']>
  #rows = new Map<number, IndicatorRow | undefined>()
  #covered = new Map<string, readonly CoveringWarningList[]>()

  constructor(intel: Listings, metrics: Metrics) {
    this.#intel = intel
    this.#counted = metrics.counter(
      'watchfloor_indicator_hits_total',
      'Listed values seen in events, by what became of them',
      ['outcome'],
    )
  }

  /** What is listed, or which values are harmless, has changed. */
  forget(): void {
    this.#rows = new Map()
    this.#covered = new Map()
  }

  /** The result with the detections that its hits come to. @throws when the listings cannot be read now */
  async complete(result: MatchResult): Promise<MatchResult> {
    const hits = result.indicatorHits
    if (!hits || hits.length === 0) return result
    const detections = await this.#detectionsOf(hits, result.receivedMs)
    return detections.length === 0 ? result : { ...result, detections: [...result.detections, ...detections] }
  }

  /**
   * Detections of values that events of an earlier time hold, as they would be made live of what is listed now: expiry counts by when
   * the event was received, and when they became valid does not: what was published yesterday may have come in last week. @throws when the listings cannot be read now
   */
  async ofValues(found: readonly FoundListedValue[], receivedMs: number): Promise<FoundDetection[]> {
    const wanted = [...new Set(found.map((one) => one.indicator))]
    const bySpelling = new Map<string, IndicatorRow[]>()
    for (let start = 0; start < wanted.length; start += valuesAtOnce) {
      const asked = wanted.slice(start, start + valuesAtOnce)
      for (const row of await this.#intel.indicators.byValues(asked, maxListings)) {
        const spelling = `${row.type} ${row.value}`
        const rows = bySpelling.get(spelling)
        if (rows) rows.push(row)
        else bySpelling.set(spelling, [row])
      }
    }
    const hits = found.flatMap(({ indicator, ...hit }) =>
      (bySpelling.get(`${hit.type} ${indicator}`) ?? []).map(
        (row): FoundIndicator => ({ ...hit, seq: Number(row.seq) }),
      ),
    )
    return hits.length === 0 ? [] : this.#detectionsOf(hits, receivedMs, { isLookingBack: true })
  }

  async #detectionsOf(
    hits: readonly FoundIndicator[],
    receivedMs: number,
    { isLookingBack }: { readonly isLookingBack: boolean } = { isLookingBack: false },
  ): Promise<FoundDetection[]> {
    const rows = await this.#rowsOf(new Set(hits.map((hit) => hit.seq)))
    const groups = new Map<string, { found: FoundIndicator; rows: IndicatorRow[] }>()
    for (const found of hits) {
      const row = rows.get(found.seq)
      if (
        !row ||
        !isConfirmed({ ...found, row: found.seq }, row) ||
        !(isLookingBack ? hasNotEnded : isValid)(row, receivedMs)
      ) {
        this.#counted.add(1, { outcome: 'not listed any more' })
        continue
      }
      const key = `${found.row} ${row.type} ${row.value}`
      const group = groups.get(key)
      if (group) group.rows.push(row)
      else groups.set(key, { found, rows: [row] })
    }
    const detections: FoundDetection[] = []
    for (const { found, rows: listed } of groups.values()) {
      const lists = await this.#coveringOf(found, listed[0]!)
      const isBlocked = lists.some((list) => list.effect === 'block')
      this.#counted.add(1, { outcome: isBlocked ? 'on a warning list' : 'detected' })
      if (!isBlocked) detections.push(indicatorDetection(found, listed, lists))
    }
    return detections
  }

  async #rowsOf(seqs: ReadonlySet<number>): Promise<Map<number, IndicatorRow | undefined>> {
    const kept = this.#rows
    const found = new Map<number, IndicatorRow | undefined>()
    const missing: number[] = []
    for (const seq of seqs) {
      if (kept.has(seq)) found.set(seq, kept.get(seq))
      else missing.push(seq)
    }
    for (let start = 0; start < missing.length; start += rowsAtOnce) {
      const asked = missing.slice(start, start + rowsAtOnce)
      const rows = new Map((await this.#intel.indicators.bySeq(asked)).map((row) => [Number(row.seq), row]))
      for (const seq of asked) {
        found.set(seq, rows.get(seq))
        keep(kept, seq, rows.get(seq))
      }
    }
    return found
  }

  /** Warning lists that cover what is listed, or what the event holds. */
  async #coveringOf(found: FoundIndicator, row: IndicatorRow): Promise<readonly CoveringWarningList[]> {
    const kept = this.#covered
    const key = `${row.type} ${row.value} ${found.value}`
    const known = kept.get(key)
    if (known) return known
    const lists = new Map<string, CoveringWarningList>()
    const seen = readIndicator(found.value)
    for (const value of [row, ...('problem' in seen ? [] : [seen])])
      for (const list of await this.#intel.warningLists.covering({ type: value.type, value: value.value }))
        lists.set(list.id, list)
    const covering = [...lists.values()]
    keep(kept, key, covering)
    return covering
  }
}

const isValid = (row: IndicatorRow, atMs: number): boolean =>
  hasNotEnded(row, atMs) && (row.valid_from_ms === null || Number(row.valid_from_ms) <= atMs)

const hasNotEnded = (row: IndicatorRow, atMs: number): boolean =>
  row.enabled && (row.valid_until_ms === null || Number(row.valid_until_ms) > atMs)

/** Of what is kept, the oldest goes. */
function keep<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  if (map.size >= maxKept) {
    const [oldest] = map.keys()
    if (oldest !== undefined) map.delete(oldest)
  }
  map.set(key, value)
}
