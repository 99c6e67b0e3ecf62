/** One event in so many is measured: rules are told apart by their cost, and the clock costs next to nothing. */
const everyEvents = 64

/**
 * For one plan. Estimates the CPU time that each rule takes, from one event in 64. What several rules ask is answered once, so its cost is that of
 * the rule that asks first; over many events that evens out.
 */
export class RuleMeter {
  readonly #nowMs: () => number
  #events = 0
  #costMsByIndex = new Map<number, number>()
  /** Rules asked before. The first time, their condition is compiled, which says nothing of what they cost. */
  readonly #known = new Set<number>()

  /** @param nowMs a clock of fine grain */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** Whether the next event is to be measured; call once for each. */
  isDue(): boolean {
    return this.#events++ % everyEvents === 0
  }

  readonly probe = (index: number, holds: () => boolean): boolean => {
    const startedMs = this.#nowMs()
    const answer = holds()
    const costMs = this.#nowMs() - startedMs
    if (this.#known.has(index)) this.#costMsByIndex.set(index, (this.#costMsByIndex.get(index) ?? 0) + costMs)
    else this.#known.add(index)
    return answer
  }

  /** What was measured since, by rule, scaled to all events; forgets it. */
  take(ruleIdOf: (index: number) => string | undefined): [ruleId: string, cpuUs: number][] {
    if (this.#costMsByIndex.size === 0) return []
    const costs: [string, number][] = []
    for (const [index, costMs] of this.#costMsByIndex) {
      const ruleId = ruleIdOf(index)
      if (ruleId !== undefined) costs.push([ruleId, costMs * 1000 * everyEvents])
    }
    this.#costMsByIndex = new Map()
    return costs
  }
}
