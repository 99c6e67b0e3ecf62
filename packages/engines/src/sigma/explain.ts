import type { CompiledRule } from './compile/compile.ts'
import { evaluate, firstMet, holds, type ReadableEvent } from './compile/evaluate.ts'
import { scalarsOf, textOf } from './compile/field-values.ts'
import { describePredicate, type Expr } from './compile/predicate.ts'

/** One predicate that made a rule match, with the value it met. */
export interface PredicateHit {
  /** null for keywords. */
  readonly field: string | null
  /** The event's value, cut where it is long; of a keyword in a long text, the part around it. */
  readonly value: string
  /** In words, e.g. `CommandLine contains ' -enc '`. */
  readonly predicate: string
  readonly selection: string
  readonly modifiers: readonly string[]
  /** The value as the rule's author wrote it. */
  readonly pattern: string
}

const MAX_SHOWN_CHARS = 2_000
const AROUND_CHARS = 200

type Leaf = Expr & { op: 'test' }

/** The predicates that made the rule match, in the rule's order; none when it does not match. Log sources are not looked at. */
export function explain(rule: CompiledRule, event: ReadableEvent): PredicateHit[] {
  const answers = new Map<Leaf, boolean>()
  const answer = (leaf: Leaf): boolean => {
    let known = answers.get(leaf)
    if (known === undefined) {
      known = holds(leaf.predicate, event)
      answers.set(leaf, known)
    }
    return known
  }
  if (!evaluate(rule.expr, answer)) return []
  const hits: PredicateHit[] = []
  const seen = new Set<string>()
  for (const { leaf, negated } of reasons(rule.expr, answer)) {
    const hit = hitOf(leaf, negated, event)
    const key = `${hit.selection}\0${hit.predicate}`
    if (!seen.has(key)) hits.push(hit)
    seen.add(key)
  }
  return hits
}

/** Leaves in the parts of a true expression that are true. */
function* reasons(expr: Expr, answer: (leaf: Leaf) => boolean): Iterable<{ leaf: Leaf; negated: boolean }> {
  if (expr.op === 'not') {
    // `not filter` has nothing to show; an item that itself asks for absence or difference has.
    const inner = expr.of
    if (
      inner.op === 'test' &&
      inner.source.item.modifiers.some((one) => one === 'neq' || one === 'exists') &&
      !answer(inner)
    )
      yield { leaf: inner, negated: true }
    return
  }
  if (!evaluate(expr, answer)) return
  if (expr.op === 'test') yield { leaf: expr, negated: false }
  else for (const one of expr.of) yield* reasons(one, answer)
}

function hitOf({ predicate, source }: Leaf, negated: boolean, event: ReadableEvent): PredicateHit {
  const words = describePredicate(predicate, source.shown)
  return {
    field: predicate.field,
    value: metValue(predicate, source.shown, negated, event),
    predicate: negated ? `not: ${words}` : words,
    selection: source.selection,
    modifiers: source.item.modifiers,
    pattern: source.pattern,
  }
}

function metValue(predicate: Leaf['predicate'], shown: string, negated: boolean, event: ReadableEvent): string {
  const met = negated ? undefined : firstMet(predicate, event)
  if (met === undefined) {
    const values = predicate.field === null ? [] : [...scalarsOf(event.taxonomy[predicate.field])]
    return values.map(textOf).join(', ').slice(0, MAX_SHOWN_CHARS)
  }
  if (predicate.field !== null || met.length <= MAX_SHOWN_CHARS) return met.slice(0, MAX_SHOWN_CHARS)
  const at = Math.max(0, met.toLowerCase().indexOf(shown.toLowerCase()))
  return met.slice(Math.max(0, at - AROUND_CHARS), at + shown.length + AROUND_CHARS)
}
