import type { SearchBudget } from './budget.ts'
import type { Candidates, Window } from './candidates.ts'
import type { Observation } from './observation.ts'

/** So many observations of a leaf, within a window. */
export interface Demand {
  readonly leaf: number
  readonly count: number
  readonly window: Window
}

/**
 * Gives each demand observations of its own, or finds that it cannot be done. Maximum bipartite matching by augmenting paths: a
 * demand that finds no free observation asks those who hold one it could use to take another. A demand looks at no more observations
 * than all of them want together: with so many it can always be served last.
 * @returns positions in `observations` for each demand
 */
export function assign(
  demands: readonly Demand[],
  candidates: readonly Candidates[],
  observations: readonly Observation[],
  budget: SearchBudget,
): number[][] | undefined {
  const total = demands.reduce((sum, { count }) => sum + count, 0)
  const choices = demands.map(({ leaf, window }) => {
    const { indexes } = candidates[leaf]!
    return Array.from(candidates[leaf]!.positions(total, window), (at) => indexes[at]!)
  })
  budget.spend(choices.reduce((sum, { length }) => sum + length, demands.length))
  /** Observation → the demands that hold it, once for each time it was seen. */
  const holders = new Map<number, number[]>()
  const held: number[][] = demands.map(() => [])
  /** Where a demand found a free observation last; those before are full for good. */
  const nextFree = new Int32Array(demands.length)

  const take = (demand: number, observation: number): void => {
    const list = holders.get(observation)
    if (list === undefined) holders.set(observation, [demand])
    else list.push(demand)
    held[demand]!.push(observation)
  }

  const serve = (demand: number, visited: Set<number>): boolean => {
    visited.add(demand)
    const mine = choices[demand]!
    for (let i = nextFree[demand]!; i < mine.length; i++) {
      budget.spend(1)
      const observation = mine[i]!
      if ((holders.get(observation)?.length ?? 0) < observations[observation]!.count) {
        nextFree[demand] = i
        take(demand, observation)
        return true
      }
    }
    nextFree[demand] = mine.length
    for (const observation of mine) {
      for (const holder of holders.get(observation) ?? []) {
        budget.spend(1)
        if (visited.has(holder) || !serve(holder, visited)) continue
        const list = holders.get(observation)!
        list.splice(list.indexOf(holder), 1)
        held[holder]!.splice(held[holder]!.indexOf(observation), 1)
        take(demand, observation)
        return true
      }
    }
    return false
  }

  for (const [demand, { count }] of demands.entries())
    for (let i = 0; i < count; i++) if (!serve(demand, new Set())) return undefined
  return held
}
