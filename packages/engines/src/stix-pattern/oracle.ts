import type { ObservationExpression, Qualifier } from './ast.ts'
import { compileComparisons, type Trace } from './comparison.ts'
import type { Observation } from './observation.ts'
import { timestampMs } from './timestamp.ts'

/**
 * Whether a pattern matches, by trying every choice of observations, word by word as the specification has it. Exponential: for a handful
 * of observations, to hold the search against.
 */
export function matchesNaively(expression: ObservationExpression, observations: readonly Observation[]): boolean {
  for (const _ of bindings(expression, observations)) return true
  return false
}

/** A choice: positions in the list of observations, each time that one was seen counting. */
type Binding = readonly number[]

function* bindings(expression: ObservationExpression, observations: readonly Observation[]): Generator<Binding> {
  switch (expression.kind) {
    case 'observation': {
      const test = compileComparisons(expression.expression)
      const trace: Trace = { met: [], undecided: [] }
      for (const [i, one] of observations.entries()) if (one.roots.some((object) => test(object, one, trace))) yield [i]
      return
    }
    case 'combined':
      if (expression.operator === 'OR') {
        yield* bindings(expression.left, observations)
        yield* bindings(expression.right, observations)
        return
      }
      for (const left of bindings(expression.left, observations))
        for (const right of bindings(expression.right, observations)) {
          const both = [...left, ...right]
          if (!isDifferent(both, observations)) continue
          if (expression.operator === 'FOLLOWEDBY' && !isBefore(left, right, observations)) continue
          yield both
        }
      return
    case 'qualified':
      yield* qualified(expression.expression, expression.qualifiers, observations)
  }
}

function* qualified(
  expression: ObservationExpression,
  qualifiers: readonly Qualifier[],
  observations: readonly Observation[],
): Generator<Binding> {
  const outer = qualifiers.at(-1)
  if (outer === undefined) {
    yield* bindings(expression, observations)
    return
  }
  const inner = () => qualified(expression, qualifiers.slice(0, -1), observations)
  if (outer.kind === 'repeats') yield* repeated(outer.times, inner, observations)
  else for (const one of inner()) if (fulfils(outer, one, observations)) yield one
}

function* repeated(
  times: number,
  inner: () => Generator<Binding>,
  observations: readonly Observation[],
): Generator<Binding> {
  if (times === 0) {
    yield []
    return
  }
  for (const first of inner())
    for (const rest of repeated(times - 1, inner, observations)) {
      const all = [...first, ...rest]
      if (isDifferent(all, observations)) yield all
    }
}

function fulfils(
  qualifier: Exclude<Qualifier, { kind: 'repeats' }>,
  binding: Binding,
  observations: readonly Observation[],
): boolean {
  const chosen = binding.map((i) => observations[i]!)
  if (qualifier.kind === 'within') {
    if (chosen.length < 2) return true
    const latest = Math.max(...chosen.map(({ lastMs }) => lastMs))
    return latest - Math.min(...chosen.map(({ firstMs }) => firstMs)) < qualifier.seconds * 1000
  }
  const [startMs, stopMs] = [timestampMs(qualifier.start)!, timestampMs(qualifier.stop)!]
  return startMs < stopMs && chosen.every(({ firstMs, lastMs }) => firstMs < stopMs && lastMs >= startMs)
}

/** No observation serves more often than it was seen. */
const isDifferent = (binding: Binding, observations: readonly Observation[]): boolean =>
  binding.every((i) => binding.filter((other) => other === i).length <= observations[i]!.count)

const isBefore = (left: Binding, right: Binding, observations: readonly Observation[]): boolean =>
  left.every((i) => right.every((j) => observations[i]!.firstMs <= observations[j]!.lastMs))
