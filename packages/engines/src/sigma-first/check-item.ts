import type { Diagnostics } from './diagnostics.ts'
import { itemTests } from './item-tests.ts'
import type { FieldItem } from './rule.ts'

/** Reports what is wrong with an item's modifiers and values. Placeholders are judged when the rule is compiled: only then are their values known. */
export function checkItem(item: FieldItem, diagnostics: Diagnostics): void {
  const at = { line: item.line, column: item.column }
  for (const problem of itemTests(item).problems)
    if (problem.code !== 'SIGMA_PLACEHOLDER') diagnostics.error(problem.code, at, problem.message, problem.remedy)
}
