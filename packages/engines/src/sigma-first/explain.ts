import type { NormalisedEvent } from '../event/index.ts'
import type { CompiledRule } from './compile.ts'
import { EventView, evaluate, holds } from './evaluate.ts'
import { describe, type Expression, type FieldTest, matchesText } from './predicate.ts'

/** One predicate that helped a rule to match, with the value it met. */
export interface PredicateHit {
  /** null for keywords. */
  readonly field: string | null
  readonly value: string
  /** In words. */
  readonly predicate: string
  readonly selection: string
}

const shownCharacters = 2000

/** The predicates that made the rule match, selection by selection; empty when it does not match. */
export function explain(rule: CompiledRule, event: Pick<NormalisedEvent, 'taxonomy' | 'raw'>): PredicateHit[] {
  const view = new EventView(event)
  const answer = (test: FieldTest) => holds(test, view)
  if (!evaluate(rule.expression, answer)) return []
  const hits: PredicateHit[] = []
  const seen = new Set<string>()
  for (const [selection, expression] of rule.selections) {
    if (!evaluate(expression, answer)) continue
    for (const test of holding(expression, answer)) {
      const predicate = describe(test)
      if (seen.has(predicate)) continue
      seen.add(predicate)
      hits.push({ field: test.field, value: metValue(test, view), predicate, selection })
    }
  }
  return hits
}

/** Tests that hold in the parts of a true expression that are true. What a `not` rules out has no value to show. */
function* holding(expression: Expression, answer: (test: FieldTest) => boolean): Iterable<FieldTest> {
  if (expression.kind === 'not' || !evaluate(expression, answer)) return
  if (expression.kind === 'test') yield expression.test
  else for (const node of expression.nodes) yield* holding(node, answer)
}

/** The value that met the test; of a keyword, the line around it. */
function metValue({ field, predicate }: FieldTest, view: EventView): string {
  if (field !== null) {
    const met = view.texts(field).find((value) => matchesText(predicate, value)) ?? view.texts(field)[0]
    return (met?.text ?? '').slice(0, shownCharacters)
  }
  const { text, lower } = view.whole
  const literal = predicate.kind === 'text' ? predicate.text : predicate.kind === 'pattern' ? predicate.literal : ''
  const at = Math.max(0, lower.indexOf(literal.toLowerCase()))
  return text.slice(Math.max(0, at - 80), at + literal.length + 80)
}
