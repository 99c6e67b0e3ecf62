import { SearchBudget, SearchLimit } from './budget.ts'
import type { MetValue, Trace, UndecidedValue } from './comparison.ts'
import type { Observation } from './observation.ts'
import type { Leaf, Plan } from './plan.ts'
import { findBinding } from './search.ts'

export interface MatchOptions {
  /** Steps that the search for a binding may take. */
  readonly maxSteps?: number
}

/** `undecided`: nothing matched, and a value could not be compared or the search ended at its limit. */
export type PatternMatch =
  | { readonly outcome: 'match'; readonly observations: readonly Observation[]; readonly met: readonly MetValue[] }
  | { readonly outcome: 'no-match' }
  | { readonly outcome: 'undecided'; readonly reason: string; readonly values: readonly UndecidedValue[] }

const DEFAULT_MAX_STEPS = 5_000_000

/** Holds a plan against observations in any order. */
export function matchPlan(plan: Plan, observations: readonly Observation[], options: MatchOptions = {}): PatternMatch {
  const trace: Trace = { met: [], undecided: [] }
  const accepted: number[][] = plan.leaves.map(() => [])
  for (const [i, observation] of observations.entries())
    for (const leaf of leavesAccepting(plan, observation, trace)) accepted[leaf]!.push(i)
  return matchAccepted(plan, observations, accepted, { ...options, undecided: trace.undecided })
}

/** The leaves of a plan that an observation fulfils. */
export function leavesAccepting(plan: Plan, observation: Observation, trace: Trace): number[] {
  const leaves: number[] = []
  for (const [leaf, one] of plan.leaves.entries()) if (accepts(one, observation, trace)) leaves.push(leaf)
  trace.met.length = 0
  return leaves
}

/** @param accepted for each leaf the positions of the observations that fulfil it */
export function matchAccepted(
  plan: Plan,
  observations: readonly Observation[],
  accepted: readonly (readonly number[])[],
  options: MatchOptions & { readonly undecided?: readonly UndecidedValue[] } = {},
): PatternMatch {
  const { undecided = [] } = options
  try {
    const binding = findBinding(plan, observations, accepted, new SearchBudget(options.maxSteps ?? DEFAULT_MAX_STEPS))
    if (binding !== undefined) {
      const found = binding.map((i) => observations[i]!)
      return { outcome: 'match', observations: found, met: metBy(plan, found) }
    }
  } catch (error) {
    if (!(error instanceof SearchLimit)) throw error
    const reason = `the search ended at its limit of ${error.steps} steps; narrow the pattern or the time`
    return { outcome: 'undecided', reason, values: undecided }
  }
  const [first] = undecided
  if (first === undefined) return { outcome: 'no-match' }
  const reason = `${first.path} of ${first.observationId} cannot be compared: ${first.reason}`
  return { outcome: 'undecided', reason, values: undecided }
}

/** Whether one observation fulfils a leaf. */
export function accepts({ alternatives }: Leaf, observation: Observation, trace: Trace): boolean {
  return alternatives.some(
    ({ test, intervals }) =>
      intervals.every(
        ({ startMs, stopMs }) => observation.firstMs < stopMs && observation.lastMs >= startMs && startMs < stopMs,
      ) && observation.roots.some((object) => test(object, observation, trace)),
  )
}

const MAX_MET = 100

/** The values by which the observations of a match came to it, each once. */
function metBy(plan: Plan, observations: readonly Observation[]): MetValue[] {
  const byText = new Map<string, MetValue>()
  for (const observation of observations) {
    const trace: Trace = { met: [], undecided: [] }
    for (const leaf of plan.leaves) accepts(leaf, observation, trace)
    for (const met of trace.met) if (byText.size < MAX_MET) byText.set(`${met.path}\n${met.value}`, met)
  }
  return [...byText.values()]
}
