import type { DiagnosticSink } from '../diagnostics.ts'
import type { Condition, Detection } from '../rule.ts'
import { detectionBudget } from './detection-budget.ts'
import { lowerBody } from './lower.ts'
import type { Expr } from './predicate.ts'
import type { PlaceholderValues } from './variants.ts'

/**
 * Selections and conditions as one expression; what is wrong goes to the sink, and then the expression must not be run.
 * @param named how a selection is called where a match is explained
 */
export function compileDetection(
  detection: Detection,
  sink: DiagnosticSink,
  placeholders: PlaceholderValues,
  named: (selection: string) => string = (selection) => selection,
): Expr {
  const selections = new Map<string, Expr>()
  const budget = detectionBudget()
  for (const { name, body } of detection.selections)
    selections.set(name, lowerBody(body, { selection: named(name), sink, placeholders, budget }))
  const of = detection.conditions.map((condition) => compileCondition(condition, selections))
  return of.length === 1 ? of[0]! : { op: 'or', of }
}

function compileCondition(condition: Condition, selections: ReadonlyMap<string, Expr>): Expr {
  switch (condition.op) {
    case 'selection':
      return selections.get(condition.name)!
    case 'not':
      return { op: 'not', of: compileCondition(condition.of, selections) }
    case 'count': {
      const of = condition.names.map((name) => selections.get(name)!)
      if (of.length === 1) return of[0]!
      if (condition.atLeast === 'all') return { op: 'and', of }
      return condition.atLeast === 1 ? { op: 'or', of } : { op: 'atLeast', count: condition.atLeast, of }
    }
    default:
      return { op: condition.op, of: condition.of.map((one) => compileCondition(one, selections)) }
  }
}
