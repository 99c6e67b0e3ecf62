import type {
  Comparison,
  ComparisonExpression,
  Constant,
  ObjectPath,
  ObservationExpression,
  ParsedPattern,
  PatternVersion,
  Qualifier,
} from './ast.ts'

/** The pattern in one line, in one way of writing: parsing it gives the same pattern. */
export const printStixPattern = ({ expression, version }: ParsedPattern): string =>
  printObservation(expression, version)

const bindings = { FOLLOWEDBY: 1, OR: 2, AND: 3 } as const
const QUALIFIED = 4

function printObservation(expression: ObservationExpression, version: PatternVersion, around = 0): string {
  switch (expression.kind) {
    case 'observation':
      return `[${printComparisons(expression.expression)}]`
    case 'qualified': {
      const inner = printObservation(expression.expression, version, QUALIFIED)
      const qualifiers = expression.qualifiers.map((one) => printQualifier(one, version)).join(' ')
      return wrapped(`${inner} ${qualifiers}`, { when: around === QUALIFIED })
    }
    case 'combined': {
      const binding = bindings[expression.operator]
      const left = printObservation(expression.left, version, binding)
      const right = printObservation(expression.right, version, binding + 1)
      return wrapped(`${left} ${expression.operator} ${right}`, { when: binding < around })
    }
  }
}

function printQualifier(qualifier: Qualifier, version: PatternVersion): string {
  switch (qualifier.kind) {
    case 'within':
      return `WITHIN ${qualifier.text} SECONDS`
    case 'repeats':
      return `REPEATS ${qualifier.times} TIMES`
    case 'between': {
      const mark = version === '2.0' ? '' : 't'
      return `START ${mark}'${qualifier.start}' STOP ${mark}'${qualifier.stop}'`
    }
  }
}

export function printComparisons(expression: ComparisonExpression, { inAnd = false } = {}): string {
  if (expression.kind === 'or')
    return wrapped(expression.operands.map((one) => printOperand(one, 'or')).join(' OR '), { when: inAnd })
  if (expression.kind === 'and') return expression.operands.map((one) => printOperand(one, 'and')).join(' AND ')
  return printComparison(expression)
}

/** Parentheses that were written around an operand of the same operator stay: they are an operand of their own. */
function printOperand(expression: ComparisonExpression, within: 'and' | 'or'): string {
  if (expression.kind === within) return `(${printComparisons(expression)})`
  return printComparisons(expression, { inAnd: within === 'and' })
}

function printComparison(comparison: Comparison): string {
  const path = printPath(comparison.path)
  const start = comparison.negated ? `${path} NOT` : path
  switch (comparison.kind) {
    case 'exists':
      return `${comparison.negated ? 'NOT ' : ''}EXISTS ${path}`
    case 'equality':
    case 'order':
      return `${start} ${comparison.operator} ${printConstant(comparison.constant)}`
    case 'in':
      return `${start} IN (${comparison.constants.map(printConstant).join(', ')})`
    case 'text':
    case 'network':
      return `${start} ${comparison.operator} ${quote(comparison.value)}`
  }
}

export function printPath({ type, steps }: ObjectPath): string {
  let text = `${type}:`
  for (const [i, step] of steps.entries()) {
    if (step.kind === 'key') text += `${i > 0 ? '.' : ''}${step.quoted ? quote(step.name) : step.name}`
    else text += step.kind === 'every' ? '[*]' : `[${step.index}]`
  }
  return text
}

export function printConstant(constant: Constant): string {
  switch (constant.kind) {
    case 'string':
      return quote(constant.value)
    case 'number':
      return constant.text
    case 'boolean':
      return String(constant.value)
    case 'hex':
      return `h'${constant.text}'`
    case 'binary':
      return `b'${constant.text}'`
    case 'timestamp':
      return `t'${constant.text}'`
  }
}

const quote = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`
const wrapped = (text: string, { when }: { when: boolean }): string => (when ? `(${text})` : text)
