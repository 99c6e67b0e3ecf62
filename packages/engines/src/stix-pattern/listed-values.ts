import { type CanonicalIndicator, canonicalIndicator } from '../indicator-index/index.ts'
import type { ComparisonExpression, ObjectPath, ObservationExpression, ParsedPattern } from './ast.ts'

type ListedType = CanonicalIndicator['type']

/** What a value at a path is in an index of indicators. */
const typeByPath: ReadonlyMap<string, ListedType> = new Map<string, ListedType>([
  ['ipv4-addr:value', 'ipv4'],
  ['ipv6-addr:value', 'ipv6'],
  ['domain-name:value', 'domain'],
  ['url:value', 'url'],
  ['email-addr:value', 'email'],
  ['file:name', 'file-name'],
  ['file:hashes.md5', 'md5'],
  ['file:hashes.sha-1', 'sha1'],
  ['file:hashes.sha-256', 'sha256'],
  ['windows-registry-key:key', 'registry-key'],
  ['network-traffic:extensions.http-request-ext.request_header.user-agent', 'user-agent'],
])

/** More are held against events as a pattern. */
const maxValues = 1_000

/**
 * The values of a pattern that does nothing but list them (one observation, or several with OR between, each of equalities with OR between),
 * as an index of indicators keeps them; nothing for every other pattern. The index finds what the pattern does, and subdomains of domains too.
 */
export function listedValuesOf({ expression }: ParsedPattern): readonly CanonicalIndicator[] | undefined {
  const values = new Map<string, CanonicalIndicator>()
  const isListing = eachObservation(expression, (comparisons) =>
    eachAlternative(comparisons, (one) => {
      const listed = valuesOf(one)
      for (const value of listed ?? []) values.set(`${value.type} ${value.value}`, value)
      return listed !== undefined && values.size <= maxValues
    }),
  )
  return isListing ? [...values.values()] : undefined
}

function eachObservation(
  expression: ObservationExpression,
  take: (comparisons: ComparisonExpression) => boolean,
): boolean {
  const waiting = [expression]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === 'qualified') return false
    if (next.kind === 'observation') {
      if (!take(next.expression)) return false
    } else if (next.operator === 'OR') waiting.push(next.right, next.left)
    else return false
  }
  return true
}

function eachAlternative(expression: ComparisonExpression, take: (one: ComparisonExpression) => boolean): boolean {
  const waiting = [expression]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    if (next.kind === 'or') waiting.push(...[...next.operands].reverse())
    else if (!take(next)) return false
  return true
}

function valuesOf(one: ComparisonExpression): readonly CanonicalIndicator[] | undefined {
  if (one.kind === 'and' || one.kind === 'or' || one.negated) return undefined
  const type = typeByPath.get(spellingOf(one.path))
  if (type === undefined) return undefined
  if (one.kind === 'network')
    return one.operator === 'ISSUBSET' && (type === 'ipv4' || type === 'ipv6') ? read('cidr', [one.value]) : undefined
  if (one.kind === 'equality' && one.operator === '=') return ofConstants(type, [one.constant])
  return one.kind === 'in' ? ofConstants(type, one.constants) : undefined
}

const ofConstants = (
  type: ListedType,
  constants: readonly { readonly kind: string; readonly value?: unknown }[],
): readonly CanonicalIndicator[] | undefined => {
  const texts = constants.map(({ kind, value }) => (kind === 'string' && typeof value === 'string' ? value : undefined))
  return texts.every((text) => text !== undefined) ? read(type, texts) : undefined
}

function read(type: ListedType, texts: readonly string[]): readonly CanonicalIndicator[] | undefined {
  const values: CanonicalIndicator[] = []
  for (const text of texts) {
    const value = canonicalIndicator(type, text)
    // A value that the index spells as another type (an address that is a network) says more than the pattern does.
    if ('problem' in value || (type !== 'cidr' && value.type !== type)) return undefined
    values.push(value)
  }
  return values
}

/** `file:hashes.sha-256`; paths into lists have none. */
const spellingOf = ({ type, steps }: ObjectPath): string =>
  `${type}:${steps.map((step) => (step.kind === 'key' ? step.name.toLowerCase() : '[]')).join('.')}`
