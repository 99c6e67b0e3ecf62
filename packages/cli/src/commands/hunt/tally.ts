import { type SigmaLevel, sigmaLevels } from '@watchfloor/engines/sigma'
import type { Hit } from './hit.ts'

/** Hosts counted one by one; those that come after count together. */
const maxHosts = 50_000

export interface RuleCount {
  readonly ruleId: string
  readonly title: string
  readonly level: SigmaLevel
  hits: number
  firstMs: number | null
  lastMs: number | null
}

export interface HostCount {
  readonly host: string
  hits: number
  /** The highest level among its hits. */
  level: SigmaLevel
}

/** What was found, counted. */
export class HitTally {
  hits = 0
  readonly byLevel = new Map<SigmaLevel, number>()
  readonly #byRule = new Map<string, RuleCount>()
  readonly #byHost = new Map<string, HostCount>()

  add(hit: Hit): void {
    this.hits++
    this.byLevel.set(hit.level, (this.byLevel.get(hit.level) ?? 0) + 1)
    this.#addToRule(hit)
    this.#addToHost(hit)
  }

  #addToRule({ ruleId, title, level, timeMs }: Hit): void {
    const key = `${ruleId}\0${title}`
    let count = this.#byRule.get(key)
    if (count === undefined) {
      count = { ruleId, title, level, hits: 0, firstMs: null, lastMs: null }
      this.#byRule.set(key, count)
    }
    count.hits++
    if (timeMs === null) return
    count.firstMs = Math.min(count.firstMs ?? timeMs, timeMs)
    count.lastMs = Math.max(count.lastMs ?? timeMs, timeMs)
  }

  #addToHost({ host, level }: Hit): void {
    const name = host === '' ? '(no host)' : host
    const known = this.#byHost.get(name)
    const key = known !== undefined || this.#byHost.size < maxHosts ? name : '(other hosts)'
    const count = known ?? this.#byHost.get(key) ?? { host: key, hits: 0, level }
    this.#byHost.set(key, count)
    count.hits++
    if (rankOf(level) > rankOf(count.level)) count.level = level
  }

  /** Highest level first, then most hits. */
  rules(): RuleCount[] {
    return [...this.#byRule.values()].sort(
      (a, b) => rankOf(b.level) - rankOf(a.level) || b.hits - a.hits || (a.title < b.title ? -1 : 1),
    )
  }

  hosts(): HostCount[] {
    return [...this.#byHost.values()].sort((a, b) => b.hits - a.hits || (a.host < b.host ? -1 : 1))
  }

  /** Highest level first; those without hits are left out. */
  levels(): { readonly level: SigmaLevel; readonly hits: number }[] {
    return sigmaLevels.toReversed().flatMap((level) => {
      const hits = this.byLevel.get(level)
      return hits === undefined ? [] : [{ level, hits }]
    })
  }
}

const rankOf = (level: SigmaLevel): number => sigmaLevels.indexOf(level)
