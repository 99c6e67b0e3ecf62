import type { Clock } from '../../platform/clock/clock.ts'
import type { Log } from '../../platform/log/log.ts'
import type { Rules } from '../rules/index.ts'

const saveEveryMs = 30_000

/** CPU time of rules as the match threads measured it, added up and saved now and then. What was not saved when the program dies is lost. */
export class RuleCosts {
  readonly #rules: Rules
  readonly #clock: Clock
  readonly #log: Log
  #cpuUsByRule = new Map<string, number>()
  #savedMs: number
  #saving: Promise<void> = Promise.resolve()

  constructor(rules: Rules, clock: Clock, log: Log) {
    this.#rules = rules
    this.#clock = clock
    this.#log = log
    this.#savedMs = clock.monotonic()
  }

  add(costs: readonly (readonly [ruleId: string, cpuUs: number])[]): void {
    for (const [ruleId, cpuUs] of costs) this.#cpuUsByRule.set(ruleId, (this.#cpuUsByRule.get(ruleId) ?? 0) + cpuUs)
    if (this.#clock.monotonic() - this.#savedMs < saveEveryMs) return
    this.#savedMs = this.#clock.monotonic()
    void this.save()
  }

  /** Saves what has been added; a failure costs that much of the statistics and nothing else. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(async () => {
      const costs = [...this.#cpuUsByRule].map(([ruleId, cpuUs]) => ({ ruleId, cpuUs: Math.round(cpuUs) }))
      this.#cpuUsByRule = new Map()
      if (costs.length === 0) return
      try {
        await this.#rules.recordCost(costs)
      } catch (error) {
        this.#log.warn('the cost of rules could not be saved', { error: String(error) })
      }
    })
    return this.#saving
  }
}
