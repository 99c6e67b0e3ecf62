import type { ExceptionCondition, ExceptionOp, Rule } from '@watchfloor/contracts/rules'
import { stringify } from 'yaml'

const modifiers: Record<ExceptionOp, string> = {
  equals: '',
  contains: '|contains',
  startswith: '|startswith',
  endswith: '|endswith',
  cidr: '|cidr',
}

/** The value as Sigma reads it character by character: wildcards and the backslashes before them stand for themselves. */
const literal = ({ op, value }: ExceptionCondition): string =>
  op === 'cidr' ? value.trim() : value.replace(/[\\*?]/g, '\\$&')

export interface ExceptionText {
  readonly id: string
  readonly ruleId: string
  readonly ruleTitle: string
  readonly logSource: Rule['logSource']
  readonly conditions: readonly ExceptionCondition[]
  readonly reason: string
  readonly author: string
  /** `2026-07-01`. */
  readonly date: string
}

/**
 * A Sigma filter that takes events away from one rule for which all conditions hold. Two conditions on one field both hold: each is a
 * selection of its own.
 * @source Sigma filters specification 2.0
 */
export function exceptionYaml(exception: ExceptionText): string {
  const selections = exception.conditions.map((condition, at) => [
    `exception_${at + 1}`,
    { [`${condition.field}${modifiers[condition.op]}`]: literal(condition) },
  ])
  return stringify(
    {
      title: `Exception: ${exception.ruleTitle}`.slice(0, 250),
      id: exception.id,
      description: exception.reason,
      status: 'stable',
      author: exception.author,
      date: exception.date,
      logsource: exception.logSource,
      filter: {
        rules: [exception.ruleId],
        ...Object.fromEntries(selections),
        condition: 'not all of exception_*',
      },
    },
    { lineWidth: 0 },
  )
}
