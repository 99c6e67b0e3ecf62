import type { HuntRunStart } from '@watchfloor/contracts/hunts'
import { type RuleId, systemActor } from '@watchfloor/contracts/kernel'
import type { Sql } from '../../../platform/sql/sql.ts'
import type { RunCause } from '../runs/service.ts'
import * as seen from './seen-store.ts'
import type { HuntSettings } from './settings.ts'

interface Running {
  readonly rules: readonly seen.RuleVersion[]
  readonly correlations: readonly (seen.RuleVersion & { readonly isPart: boolean })[]
}

export interface RuleChangesParts {
  readonly sql: Sql
  readonly rules: { runnable(): Promise<Running> }
  readonly runs: { start(cause: RunCause, start: HuntRunStart): Promise<unknown> }
  readonly settings: Pick<HuntSettings, 'changedRuleDays' | 'changedRuleAlerts'>
}

const minutesOfDay = 1440
/** Rules of one run; more are several runs. */
const rulesPerRun = 5000

/** Rules and correlations that raise detections by themselves. */
const all = ({ rules, correlations }: Running): seen.RuleVersion[] => [
  ...rules,
  ...correlations.filter((one) => !one.isPart),
]

/**
 * Rules and correlations that run and were not seen in their version before are looked for in history, all of one change at once. What stands
 * when the setting is switched on counts as seen: history is not gone over for thousands of old rules.
 */
export class RuleChanges {
  readonly #parts: RuleChangesParts

  constructor(parts: RuleChangesParts) {
    this.#parts = parts
  }

  /** Takes what runs as seen, once the setting was switched on; so that the first change after it is told from what stood. */
  async begin(): Promise<void> {
    const { sql, rules, settings } = this.#parts
    if ((await settings.changedRuleDays.get()) === 0 || (await seen.any(sql.db))) return
    const running = await rules.runnable()
    await sql.tx((db) => seen.replace(db, all(running)))
  }

  /** @returns how many rules are looked for now */
  async look(): Promise<number> {
    const { sql, rules, settings } = this.#parts
    const days = await settings.changedRuleDays.get()
    if (days === 0 || !(await seen.any(sql.db))) {
      await sql.tx((db) => seen.replace(db, []))
      await this.begin()
      return 0
    }
    const running = await rules.runnable()
    const correlations = new Set(running.correlations.map((one) => one.id))
    const unseen = await seen.unseen(sql.db, all(running))
    // Started before they count as seen: after a crash between the two they are looked for twice, and detected once.
    // Correlations have runs of their own: these see everything in one order, and begin anew when they are interrupted.
    for (const fresh of [unseen.filter((id) => !correlations.has(id)), unseen.filter((id) => correlations.has(id))])
      for (let at = 0; at < fresh.length; at += rulesPerRun) await this.#start(fresh.slice(at, at + rulesPerRun), days)
    await sql.tx((db) => seen.replace(db, all(running)))
    return unseen.length
  }

  async #start(ids: readonly string[], days: number): Promise<void> {
    const { runs, settings } = this.#parts
    await runs.start(
      { actor: systemActor('changed rules'), reason: 'change' },
      {
        name: ids.length === 1 ? `A changed rule over ${days} days` : `${ids.length} changed rules over ${days} days`,
        search: { kind: 'sigma', yaml: '', ruleIds: ids.map((id) => id as RuleId) },
        range: { lastMinutes: days * minutesOfDay },
        sourceIds: [],
        narrowing: '',
        keep: 'detections',
        alerts: await settings.changedRuleAlerts.get(),
      },
    )
  }
}
