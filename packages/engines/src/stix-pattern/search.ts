import { assign, type Demand } from './assign.ts'
import type { SearchBudget } from './budget.ts'
import { anyTime, Candidates, lowerBound, type Window } from './candidates.ts'
import type { Observation } from './observation.ts'
import type { Plan, PlanNode } from './plan.ts'

/** A choice that is still to be made, and the window in which its observations must lie. */
interface Open {
  readonly node: PlanNode & { kind: 'either' | 'then' | 'within' }
  readonly window: Window
}

/**
 * Finds observations that fulfil a plan, each used as often as it was seen.
 *
 * Once it is chosen which side of each OR holds, when each FOLLOWEDBY passes from left to right, and when each WITHIN begins, every
 * other condition is one on single observations, and what remains is an assignment, decided exactly and in polynomial time. So
 * only those choices are tried, one after the other, in order of time. A choice is left out at once when even with
 * observations shared between all parts (which takes a few binary searches to see) nothing would fit. What remains exponential are
 * patterns that nest many such choices and fail only because observations would have to be shared: there the budget ends the search.
 *
 * @returns indexes of the observations, in the order of the pattern; nothing when there is no match
 * @throws SearchLimit
 */
export function findBinding(
  plan: Plan,
  observations: readonly Observation[],
  accepted: readonly (readonly number[])[],
  budget: SearchBudget,
): number[] | undefined {
  const search = new Search(
    accepted.map((list) => new Candidates(observations, list)),
    observations,
    budget,
  )
  return search.find(plan.root)
}

class Search {
  readonly #candidates: readonly Candidates[]
  readonly #observations: readonly Observation[]
  readonly #budget: SearchBudget
  /** Node → the times at which its choice may fall. */
  readonly #times = new Map<PlanNode, Float64Array>()

  constructor(candidates: readonly Candidates[], observations: readonly Observation[], budget: SearchBudget) {
    this.#candidates = candidates
    this.#observations = observations
    this.#budget = budget
  }

  find(root: PlanNode): number[] | undefined {
    if (this.#earliestEnd(root, anyTime) === Number.POSITIVE_INFINITY) return undefined
    const demands: Demand[] = []
    const open: Open[] = []
    this.#unfold(root, anyTime, demands, open)
    const held = this.#choose(demands, open)
    return held === undefined ? undefined : [...new Set(held.flat())]
  }

  /** @returns the observations of each demand */
  #choose(demands: readonly Demand[], open: readonly Open[]): number[][] | undefined {
    const [next, ...others] = open
    if (next === undefined) return assign(demands, this.#candidates, this.#observations, this.#budget)
    if (demands.length > 1 && !assign(demands, this.#candidates, this.#observations, this.#budget)) return undefined
    for (const parts of this.#options(next)) {
      this.#budget.spend(1)
      const moreDemands = [...demands]
      const moreOpen: Open[] = []
      for (const [node, window] of parts) this.#unfold(node, window, moreDemands, moreOpen)
      const held = this.#choose(moreDemands, [...moreOpen, ...others])
      if (held !== undefined) return held
    }
    return undefined
  }

  #unfold(node: PlanNode, window: Window, demands: Demand[], open: Open[]): void {
    if (node.kind === 'pick') demands.push({ leaf: node.leaf, count: node.count, window })
    else if (node.kind === 'all') for (const one of node.nodes) this.#unfold(one, window, demands, open)
    else open.push({ node, window })
  }

  *#options({ node, window }: Open): Generator<readonly (readonly [PlanNode, Window])[]> {
    switch (node.kind) {
      case 'either':
        for (const one of node.nodes) if (Number.isFinite(this.#earliestEnd(one, window))) yield [[one, window]]
        return
      case 'within':
        for (const inner of this.#beginnings(node, window))
          if (Number.isFinite(this.#earliestEnd(node.node, inner))) yield [[node.node, inner]]
        return
      case 'then': {
        const times = this.#timesOf(node, node.leftLeaves)
        let at = lowerBound(times, this.#earliestEnd(node.left, window))
        for (; at < times.length && times[at]! <= window.firstTo; at++) {
          const passMs = times[at]!
          const right = { ...window, lastFrom: Math.max(window.lastFrom, passMs) }
          // Later passes leave still less to the right.
          if (!Number.isFinite(this.#earliestEnd(node.right, right))) return
          yield [
            [node.left, { ...window, firstTo: Math.min(window.firstTo, passMs) }],
            [node.right, right],
          ]
        }
      }
    }
  }

  /** The windows in which a WITHIN may lie: each begins where one of its observations does. */
  *#beginnings(node: PlanNode & { kind: 'within' }, window: Window): Generator<Window> {
    const times = this.#timesOf(node, node.leaves)
    for (let at = lowerBound(times, window.firstFrom); at < times.length && times[at]! <= window.firstTo; at++) {
      this.#budget.spend(1)
      const beginMs = times[at]!
      yield { ...window, firstFrom: beginMs, lastBefore: Math.min(window.lastBefore, beginMs + node.widthMs) }
    }
  }

  #timesOf(node: PlanNode, leaves: readonly number[]): Float64Array {
    let times = this.#times.get(node)
    if (times === undefined) {
      const all = new Set<number>()
      for (const leaf of leaves) for (const time of this.#candidates[leaf]!.firstMs) all.add(time)
      times = Float64Array.from(all).sort()
      this.#times.set(node, times)
    }
    return times
  }

  /**
   * A bound: the last observation of a match of this node is first seen no earlier than this; Infinity when there is no match. It lets
   * parts share observations, so that it is quick to compute and never too late.
   */
  #earliestEnd(node: PlanNode, window: Window): number {
    this.#budget.spend(1)
    switch (node.kind) {
      case 'pick':
        return this.#candidates[node.leaf]!.enoughBy(node.count, window)
      case 'all': {
        let end = Number.NEGATIVE_INFINITY
        for (const one of node.nodes) end = Math.max(end, this.#earliestEnd(one, window))
        return end
      }
      case 'either': {
        let end = Number.POSITIVE_INFINITY
        for (const one of node.nodes) end = Math.min(end, this.#earliestEnd(one, window))
        return end
      }
      case 'then': {
        const passMs = this.#earliestEnd(node.left, window)
        if (passMs === Number.POSITIVE_INFINITY) return passMs
        const right = { ...window, lastFrom: Math.max(window.lastFrom, passMs) }
        return Math.max(passMs, this.#earliestEnd(node.right, right))
      }
      case 'within':
        // A match begins no earlier than the first window that has room for one.
        for (const inner of this.#beginnings(node, window))
          if (Number.isFinite(this.#earliestEnd(node.node, inner))) return inner.firstFrom
        return Number.POSITIVE_INFINITY
    }
  }
}
