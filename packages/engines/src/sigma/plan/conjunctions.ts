import type { Expr } from '../compile/predicate.ts'
import { likelihood } from './likelihood.ts'
import { ofNegated, ofPredicate, type Witness } from './witness.ts'

/** Questions of which at least one must be answered yes. */
export interface WitnessSet {
  readonly any: readonly Witness[]
  /** A guess of how many events that holds for. */
  readonly likelihood: number
}

/** Sets each of which must be met. */
export type Conjunction = readonly WitnessSet[]

/** A rule waits for so many sets at most: their marks are bits. */
export const MAX_SETS = 3
/** Once so few events are left, a further set would cost more than it saves. */
const RARE = 0.0005
/** A set that is met by most events tells nothing. */
const COMMON = 0.5
/** Sets of more questions serve as the only one. */
const MAX_FURTHER_WITNESSES = 100
/** Alternatives that are told apart; of more, one question of each is asked for. */
const MAX_ALTERNATIVES = 12

/**
 * Alternatives of which at least one must be met where the expression holds: what a plan searches an event for. Nothing when there
 * is no such thing, and the rule must be looked at for every event of its log source.
 */
export function conjunctionsOf(expr: Expr): readonly Conjunction[] | undefined {
  return alternatives(expr, false)?.map(chosen)
}

function alternatives(expr: Expr, negated: boolean): readonly Conjunction[] | undefined {
  switch (expr.op) {
    case 'test': {
      const any = negated ? ofNegated(expr.predicate) : ofPredicate(expr.predicate)
      return any === undefined ? undefined : [[setOf(any)]]
    }
    case 'not':
      return alternatives(expr.of, !negated)
    case 'atLeast':
      return negated ? undefined : anyOf(expr.of, negated)
    default:
      // Not (a and b) is (not a) or (not b).
      return (expr.op === 'and') !== negated ? allOf(expr.of, negated) : anyOf(expr.of, negated)
  }
}

const setOf = (any: readonly Witness[]): WitnessSet => ({
  any,
  likelihood: any.reduce((sum, witness) => sum + likelihood(witness), 0),
})

function anyOf(parts: readonly Expr[], negated: boolean): readonly Conjunction[] | undefined {
  const single: Witness[] = []
  const several: Conjunction[] = []
  for (const part of parts) {
    const found = alternatives(part, negated)
    if (found === undefined) return undefined
    for (const one of found)
      if (one.length === 1) for (const witness of one[0]!.any) single.push(witness)
      else several.push(one)
  }
  const all = single.length === 0 ? several : [[setOf(single)], ...several]
  return all.length > MAX_ALTERNATIVES ? [[united(all)]] : all
}

function allOf(parts: readonly Expr[], negated: boolean): readonly Conjunction[] | undefined {
  const sets: WitnessSet[] = []
  const branching: (readonly Conjunction[])[] = []
  for (const part of parts) {
    const found = alternatives(part, negated)
    if (found === undefined) continue
    if (found.length === 1) sets.push(...found[0]!)
    else branching.push(found)
  }
  // The rarest of those that branch goes on branching; of the others one set each is asked for.
  branching.sort((a, b) => sumOf(a) - sumOf(b))
  const [rarest, ...others] = branching
  sets.push(...others.map(united))
  if (rarest !== undefined) return rarest.map((one) => best([...one, ...sets]))
  return sets.length === 0 ? undefined : [best(sets)]
}

/** One set that is met whenever one of the alternatives is. */
const united = (all: readonly Conjunction[]): WitnessSet => setOf(all.flatMap((one) => rarestFirst(one)[0]!.any))

const sumOf = (all: readonly Conjunction[]): number => all.reduce((sum, one) => sum + likelihoodOf(one), 0)
const likelihoodOf = (one: Conjunction): number =>
  one.reduce((product, set) => product * Math.min(1, set.likelihood), 1)
const rarestFirst = (sets: Conjunction): Conjunction => [...sets].sort((a, b) => a.likelihood - b.likelihood)
/** Sets beyond the bound are left out at each level: expressions nest. */
const best = (sets: Conjunction): Conjunction => rarestFirst(sets).slice(0, 2 * MAX_SETS)

/** The sets worth waiting for. */
function chosen(sets: Conjunction): Conjunction {
  const [first, ...others] = rarestFirst(sets)
  const kept = [first!]
  let left = first!.likelihood
  for (const set of others) {
    if (left <= RARE || kept.length === MAX_SETS || set.likelihood > COMMON) break
    if (set.any.length > MAX_FURTHER_WITNESSES) continue
    kept.push(set)
    left *= set.likelihood
  }
  return kept
}
