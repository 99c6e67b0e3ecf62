import type {
  Comparison,
  ComparisonExpression,
  Constant,
  ObjectPath,
  ObservationExpression,
  ParsedPattern,
} from './ast.ts'

/**
 * A pattern with its constants in the forms that normalised events have: hashes and domain names in small letters, single addresses without
 * `/32` or `/128`. On observed data a pattern compares code points as the specification says; an event is ours to write down.
 */
export const forEvents = (pattern: ParsedPattern): ParsedPattern => ({
  ...pattern,
  expression: inObservation(pattern.expression),
})

function inObservation(expression: ObservationExpression): ObservationExpression {
  switch (expression.kind) {
    case 'observation':
      return { ...expression, expression: inComparisons(expression.expression) }
    case 'qualified':
      return { ...expression, expression: inObservation(expression.expression) }
    case 'combined':
      return { ...expression, left: inObservation(expression.left), right: inObservation(expression.right) }
  }
}

function inComparisons(expression: ComparisonExpression): ComparisonExpression {
  if (expression.kind === 'and' || expression.kind === 'or')
    return { ...expression, operands: expression.operands.map(inComparisons) }
  const form = formOf(expression.path)
  return form === undefined ? expression : inComparison(expression, form)
}

type Form = (text: string) => string

function inComparison(comparison: Comparison, form: Form): Comparison {
  const constantForm = (constant: Constant): Constant =>
    constant.kind === 'string' ? { ...constant, value: form(constant.value) } : constant
  if (comparison.kind === 'equality') return { ...comparison, constant: constantForm(comparison.constant) }
  if (comparison.kind === 'in') return { ...comparison, constants: comparison.constants.map(constantForm) }
  return comparison
}

/** By the end of the path: `network-traffic:dst_ref.value` holds an address or a domain name, as `ipv4-addr:value` does. */
function formOf({ type, steps }: ObjectPath): Form | undefined {
  const [last, parent] = [steps.at(-1), steps.at(-2)]
  if (last?.kind !== 'key') return undefined
  if (parent?.kind === 'key' && parent.name === 'hashes') return (text) => text.toLowerCase()
  if (last.name !== 'value') return undefined
  if (steps.length > 1) return (text) => smallDomain(singleAddress(text))
  if (type === 'domain-name' || type === 'mac-addr') return smallDomain
  if (type === 'ipv4-addr' || type === 'ipv6-addr') return singleAddress
  return undefined
}

const smallDomain: Form = (text) => (/^[\w.:-]+$/.test(text) ? text.toLowerCase().replace(/\.$/, '') : text)

const singleAddress: Form = (text) =>
  /^[\d.]{7,15}\/32$/.test(text) || (/^[\da-f:.]{2,45}\/128$/i.test(text) && text.includes(':'))
    ? text.slice(0, text.indexOf('/'))
    : text
