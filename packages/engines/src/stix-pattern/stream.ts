import type { MetValue, Trace } from './comparison.ts'
import { leavesAccepting, matchAccepted } from './match.ts'
import type { Observation } from './observation.ts'
import type { Plan } from './plan.ts'

/** Observations of a stream that together fulfil a pattern. */
export interface PatternHit {
  /** In the order of the pattern. */
  readonly eventIds: readonly string[]
  readonly firstMs: number
  readonly lastMs: number
  readonly met: readonly MetValue[]
}

export interface StreamOptions {
  /** Observations that are kept while a pattern waits for the rest; then the oldest goes. */
  readonly maxWaiting?: number
  /** Steps that the search may take for each observation. */
  readonly maxSteps?: number
  /** How much later than it should an observation may come, and still find what it belongs to. */
  readonly latenessMs?: number
}

const DEFAULT_MAX_WAITING = 1_000
const DEFAULT_MAX_STEPS = 50_000

/** An observation that some part of the pattern accepts. */
interface Waiting {
  readonly observation: Observation
  readonly leaves: readonly number[]
}

/**
 * Holds a pattern against a stream, roughly in order of time. Keeps the observations that some part of the pattern accepts, at most
 * `maxWaiting`, and none older than the pattern's widest WITHIN and `latenessMs` behind the newest; late ones take their place. Those of a match are used up.
 */
export class PatternStream {
  /** Observations that had to go although they could still have matched. */
  evicted = 0
  /** Searches that ended at their limit without a decision. */
  limited = 0
  readonly #plan: Plan
  readonly #maxWaiting: number
  readonly #maxSteps: number
  readonly #keptMs: number
  /** By time. */
  #waiting: Waiting[] = []

  constructor(
    plan: Plan,
    { maxWaiting = DEFAULT_MAX_WAITING, maxSteps = DEFAULT_MAX_STEPS, latenessMs = 0 }: StreamOptions = {},
  ) {
    this.#keptMs = plan.spanMs + latenessMs
    this.#plan = plan
    this.#maxWaiting = Math.max(maxWaiting, plan.demand)
    this.#maxSteps = maxSteps
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Ids of the observations that are kept, oldest first. */
  *waitingIds(): Generator<string> {
    for (const { observation } of this.#waiting) yield observation.id
  }

  /** @returns a match that this observation completes */
  push(observation: Observation): PatternHit | undefined {
    const trace: Trace = { met: [], undecided: [] }
    const leaves = leavesAccepting(this.#plan, observation, trace)
    if (leaves.length === 0) return undefined
    this.#keep({ observation, leaves })
    const accepted: number[][] = this.#plan.leaves.map(() => [])
    for (const [i, one] of this.#waiting.entries()) for (const leaf of one.leaves) accepted[leaf]!.push(i)
    const observations = this.#waiting.map((one) => one.observation)
    const match = matchAccepted(this.#plan, observations, accepted, { maxSteps: this.#maxSteps })
    if (match.outcome === 'undecided') this.limited++
    if (match.outcome !== 'match') return undefined
    const used = new Set(match.observations)
    this.#waiting = this.#waiting.filter((one) => !used.has(one.observation))
    return hitOf(match.observations, match.met)
  }

  #keep(added: Waiting): void {
    const waiting = this.#waiting
    let at = waiting.length
    while (at > 0 && waiting[at - 1]!.observation.firstMs > added.observation.firstMs) at--
    waiting.splice(at, 0, added)
    const newestMs = waiting.at(-1)!.observation.firstMs
    const oldestMs = newestMs - this.#keptMs
    let gone = 0
    // Nothing that is so far behind can be part of a match with the newest, and with those between it had its chance.
    while (gone < waiting.length - 1 && waiting[gone]!.observation.lastMs <= oldestMs) gone++
    const over = waiting.length - gone - this.#maxWaiting
    if (over > 0) this.evicted += over
    waiting.splice(0, gone + Math.max(0, over))
  }
}

export const hitOf = (observations: readonly Observation[], met: readonly MetValue[]): PatternHit => ({
  eventIds: observations.map(({ id }) => id),
  firstMs: Math.min(...observations.map(({ firstMs }) => firstMs)),
  lastMs: Math.max(...observations.map(({ lastMs }) => lastMs)),
  met,
})
