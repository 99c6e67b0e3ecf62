import { parseAddressBlock } from './address-block.ts'
import {
  type Comparison,
  type ComparisonExpression,
  comparisonsOf,
  leavesOf,
  type ObservationExpression,
  type ParsedPattern,
  type Qualifier,
} from './ast.ts'
import { type PatternDiagnostics, shortly } from './diagnostics.ts'
import { compileSearch } from './text-test.ts'
import { dayExists, timestampMs } from './timestamp.ts'

/** Looks for what the grammar lets pass: regular expressions, networks, hashes, repeated qualifiers, empty intervals. */
export function validatePattern({ expression }: ParsedPattern, diagnostics: PatternDiagnostics): void {
  for (const comparisons of comparisonsOf(expression)) {
    checkTypes(comparisons, diagnostics)
    for (const comparison of leavesOf(comparisons)) checkComparison(comparison, diagnostics)
  }
  checkQualifiers(expression, diagnostics)
}

function checkComparison(comparison: Comparison, diagnostics: PatternDiagnostics): void {
  const { path, span } = comparison
  if (path.steps.some((step) => step.kind === 'index' && step.index < 0))
    diagnostics.add(
      'warning',
      'STIX_NEGATIVE_INDEX',
      path.span,
      'lists count from 0; this matches nothing',
      'write [0] or [*]',
    )
  if (comparison.kind === 'text' && comparison.operator === 'MATCHES') {
    const search = compileSearch(comparison.value)
    if ('problem' in search)
      diagnostics.error(
        'STIX_BAD_REGEX',
        span,
        `${shortly(comparison.value)} cannot be searched: ${search.problem}`,
        search.remedy,
      )
  }
  if (comparison.kind === 'network' && parseAddressBlock(comparison.value) === undefined)
    diagnostics.error(
      'STIX_BAD_NETWORK',
      span,
      `${shortly(comparison.value)} is no address or network`,
      "write it so: '198.51.100.0/24' or '2001:db8::/32'",
    )
  const constants =
    comparison.kind === 'in' ? comparison.constants : 'constant' in comparison ? [comparison.constant] : []
  for (const constant of constants) {
    if (constant.kind === 'timestamp' && !dayExists(constant.text))
      diagnostics.add(
        'warning',
        'STIX_NO_SUCH_DAY',
        span,
        `the calendar has no ${constant.text.slice(0, 10)}`,
        'mend the date',
      )
    if (constant.kind === 'string' && comparison.kind !== 'order') checkHash(comparison, constant.value, diagnostics)
  }
}

/** Hexadecimal digits of each hash. @source STIX 2.1 section 10.6, hash-algorithm-ov */
const HASH_DIGITS: Readonly<Record<string, number>> = {
  MD5: 32,
  'SHA-1': 40,
  'SHA-224': 56,
  'SHA-256': 64,
  'SHA-384': 96,
  'SHA-512': 128,
  'SHA3-224': 56,
  'SHA3-256': 64,
  'SHA3-384': 96,
  'SHA3-512': 128,
}

function checkHash({ path, span }: Comparison, value: string, diagnostics: PatternDiagnostics): void {
  const [last, parent] = [path.steps.at(-1), path.steps.at(-2)]
  if (last?.kind !== 'key' || parent?.kind !== 'key' || parent.name !== 'hashes') return
  const name = last.name.toUpperCase().replace(/^SHA(?=\d{3}|1$)/, 'SHA-')
  const digits = Object.hasOwn(HASH_DIGITS, name) ? HASH_DIGITS[name] : undefined
  if (digits === undefined || (value.length === digits && /^[0-9a-fA-F]+$/.test(value))) return
  const message = `${shortly(value)} is no ${name} hash`
  diagnostics.add('invalid', 'STIX_BAD_HASH', span, message, `write its ${digits} hexadecimal digits`)
}

/** One object is of one type: operands of AND that name different types can never hold of it together. */
function checkTypes(expression: ComparisonExpression, diagnostics: PatternDiagnostics): void {
  if (expression.kind !== 'and' && expression.kind !== 'or') return
  for (const operand of expression.operands) checkTypes(operand, diagnostics)
  if (expression.kind !== 'and') return
  let shared: Set<string> | undefined
  for (const operand of expression.operands) {
    const types = new Set([...leavesOf(operand)].map(({ path }) => path.type))
    shared = shared === undefined ? types : new Set([...shared].filter((type) => types.has(type)))
  }
  if (shared?.size !== 0) return
  diagnostics.add(
    'warning',
    'STIX_DIFFERENT_OBJECTS',
    expression.span,
    'no object is of all these types at once; this matches nothing',
    'put each type into brackets of its own: [file:…] AND [process:…]',
  )
}

function checkQualifiers(expression: ObservationExpression, diagnostics: PatternDiagnostics): void {
  const waiting = [expression]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === 'combined') waiting.push(next.right, next.left)
    if (next.kind !== 'qualified') continue
    checkQualifiersOf(next, diagnostics)
    waiting.push(next.expression)
  }
}

function checkQualifiersOf(
  { expression, qualifiers }: ObservationExpression & { kind: 'qualified' },
  diagnostics: PatternDiagnostics,
): void {
  const seen = new Set<Qualifier['kind']>()
  for (const qualifier of qualifiers) {
    if (qualifier.kind === 'between') checkInterval(qualifier, diagnostics)
    if (qualifier.kind === 'within' && !seen.has('repeats') && countsOne(expression))
      diagnostics.add('warning', 'STIX_WITHIN_ONE', qualifier.span, 'one observation is always within', 'take it out')
    if (seen.has(qualifier.kind))
      diagnostics.add(
        'invalid',
        'STIX_DUPLICATE_QUALIFIER',
        qualifier.span,
        `a second ${names[qualifier.kind]} on one expression`,
        'take one of them out, or put parentheses around the expression with its first',
      )
    seen.add(qualifier.kind)
  }
}

const names = { within: 'WITHIN', repeats: 'REPEATS', between: 'START … STOP' } as const

function countsOne(expression: ObservationExpression): boolean {
  if (expression.kind === 'observation') return true
  if (expression.kind === 'combined')
    return expression.operator === 'OR' && countsOne(expression.left) && countsOne(expression.right)
  return (
    !expression.qualifiers.some((one) => one.kind === 'repeats' && one.times > 1) && countsOne(expression.expression)
  )
}

function checkInterval({ start, stop, span }: Qualifier & { kind: 'between' }, diagnostics: PatternDiagnostics): void {
  if (timestampMs(start)! < timestampMs(stop)!) return
  const message = 'STOP is not after START; this matches nothing'
  diagnostics.add('invalid', 'STIX_EMPTY_INTERVAL', span, message, 'exchange or mend the timestamps')
}
