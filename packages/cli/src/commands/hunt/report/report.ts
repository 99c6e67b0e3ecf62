import type { Hit } from '../hit.ts'
import type { HuntSummary } from '../summary.ts'
import { page } from './page.ts'
import { Timeline } from './timeline.ts'

/** Hits shown with all there is to them; every one is counted. */
const maxHitsOfRule = 100
const maxHits = 5_000
/** Characters of records in one report. */
const maxRecordChars = 40_000_000

/** Gathers what an HTML report shows, in bounded memory. */
export class Report {
  readonly #timeline = new Timeline()
  readonly #hitsByRule = new Map<string, Hit[]>()
  #shown = 0
  #chars = 0

  add(hit: Hit): void {
    if (hit.timeMs !== null) this.#timeline.add(hit.timeMs, hit.level)
    const key = keyOf(hit)
    const hits = this.#hitsByRule.get(key) ?? []
    this.#hitsByRule.set(key, hits)
    if (hits.length >= maxHitsOfRule || this.#shown >= maxHits || this.#chars >= maxRecordChars) return
    hits.push(hit)
    this.#shown++
    this.#chars += hit.eventJson.length
  }

  /** @param madeAtMs when it is written, ms since 1970 UTC */
  html(summary: HuntSummary, madeAtMs: number): string {
    const hitsOf = (rule: Pick<Hit, 'ruleId' | 'title'>): readonly Hit[] => this.#hitsByRule.get(keyOf(rule)) ?? []
    return page({ summary, madeAtMs, bars: this.#timeline.bars(96), hitsOf })
  }
}

const keyOf = ({ ruleId, title }: Pick<Hit, 'ruleId' | 'title'>): string => `${ruleId}\0${title}`
