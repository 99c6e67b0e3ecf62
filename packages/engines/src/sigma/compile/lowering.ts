import type { DiagnosticSink } from '../diagnostics.ts'
import type { RuleValue } from '../rule.ts'
import { type DetectionBudget, spend } from './detection-budget.ts'
import type { PlaceholderValues } from './variants.ts'

/** What lowering needs beside the item. Without `placeholders` their use is left for later. */
export interface Lowering {
  readonly selection: string
  readonly sink: DiagnosticSink
  readonly placeholders: PlaceholderValues | 'later'
  readonly budget: DetectionBudget
}

/** Whether the detection may have so much more; what is too much is reported once. */
export function affords(
  { sink, budget }: Pick<Lowering, 'sink' | 'budget'>,
  costs: { readonly texts: number; readonly textChars?: number },
  value: RuleValue,
): boolean {
  const answers = [spend(budget, 'texts', costs.texts), spend(budget, 'textChars', costs.textChars ?? 0)]
  if (answers.includes('over') && !answers.includes('was-over'))
    sink.error(
      'SIGMA_TOO_MANY_VARIANTS',
      value.at,
      'the values of the rule come to too many texts, or too long ones, with all spellings, encodings and placeholders written out',
      'split the rule, or use an indicator list',
    )
  return answers.every((answer) => answer === 'enough')
}
