import { type ComparisonExpression, comparisonsOf, type ParsedPattern } from './ast.ts'
import { isBytes } from './literals.ts'

/** More are not worth their place in an index. */
const MAX_WITNESSES = 1_000

/**
 * Texts of which at least one is, as it stands, a value of some object of every observation that a pattern on one observation matches. Nothing
 * when that cannot be told: the pattern then has to be held against every observation.
 */
export function witnessesOf({ expression }: ParsedPattern): ReadonlySet<string> | undefined {
  const all = new Set<string>()
  for (const comparisons of comparisonsOf(expression)) {
    const some = witnesses(comparisons)
    if (some === undefined) return undefined
    for (const one of some) all.add(one)
  }
  return all.size <= MAX_WITNESSES ? all : undefined
}

function witnesses(expression: ComparisonExpression): readonly string[] | undefined {
  switch (expression.kind) {
    case 'or': {
      const all = expression.operands.map(witnesses)
      return all.every((one) => one !== undefined) ? all.flat() : undefined
    }
    case 'and': {
      let least: readonly string[] | undefined
      for (const operand of expression.operands) {
        const some = witnesses(operand)
        if (some !== undefined && (least === undefined || weight(some) < weight(least))) least = some
      }
      return least
    }
    case 'equality':
    case 'in': {
      if (
        expression.negated ||
        isBytes(expression.path) ||
        (expression.kind === 'equality' && expression.operator !== '=')
      )
        return undefined
      const constants = expression.kind === 'in' ? expression.constants : [expression.constant]
      const texts = constants.map((one) => (one.kind === 'string' ? one.value : undefined))
      return texts.every((one) => one !== undefined) ? texts : undefined
    }
    default:
      return undefined
  }
}

/** Few texts are better than many, and long ones are rarer than short. */
const weight = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + 1 + 16 / (1 + text.length), 0)
