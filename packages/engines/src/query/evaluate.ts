import ipaddr from 'ipaddr.js'
import type { Fields, FieldValue } from '../event/index.ts'
import type { QueryNode, ValueTest } from './ast.ts'
import { matchesPattern, type PatternUnit, patternUnits } from './pattern.ts'
import { compileRegex } from './values.ts'

/** What a search looks at. */
export interface Searchable {
  readonly ecs: Fields
  readonly raw: string
}

/** Whether an event answers a query: the meaning that every event store must agree with. Text ignores case, a list matches
 *  when any of its elements does, numbers compare as numbers even when one side is written as text. */
export function evaluate(node: QueryNode, event: Searchable): boolean {
  switch (node.kind) {
    case 'all':
      return true
    case 'and':
      return node.nodes.every((n) => evaluate(n, event))
    case 'or':
      return node.nodes.some((n) => evaluate(n, event))
    case 'not':
      return !evaluate(node.node, event)
    case 'text':
      return containsText(node.text, event.raw)
    case 'field':
      return anyValue(event.ecs[node.field], valueMatcher(node.test))
  }
}

type Matcher = (value: string | number | boolean) => boolean

function anyValue(value: FieldValue | undefined, matches: Matcher): boolean {
  if (value === undefined || value === null) return false
  return typeof value === 'object' ? value.some((item) => anyValue(item, matches)) : matches(value)
}

function valueMatcher(test: ValueTest): Matcher {
  switch (test.kind) {
    case 'exists':
      return () => true
    case 'equals':
      return equals(test.value)
    case 'wildcard': {
      const units = lowerUnits(test.pattern)
      return (value) => matchesPattern(units, String(value).toLowerCase())
    }
    case 'regex': {
      const compiled = compileRegex(test.pattern)
      return 'error' in compiled ? () => false : (value) => compiled.matcher.matcher(String(value)).find()
    }
    case 'cidr':
      return inNetwork(test.network)
    case 'range':
      return inRange(test)
  }
}

const lowerUnits = (pattern: string): PatternUnit[] => patternUnits(pattern.toLowerCase())

const numberOf = (value: string | number | boolean): number | undefined => {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !/^\s*-?\d/.test(value)) return undefined
  const n = Number(value)
  return Number.isFinite(n) ? n : undefined
}

function equals(wanted: string | number | boolean): Matcher {
  if (typeof wanted === 'number') return (value) => numberOf(value) === wanted
  const text = String(wanted).toLowerCase()
  return (value) => String(value).toLowerCase() === text
}

function inRange(range: Extract<ValueTest, { kind: 'range' }>): Matcher {
  const { gt, gte, lt, lte } = range
  return (value) =>
    (gt === undefined || compare(value, gt, (c) => c > 0)) &&
    (gte === undefined || compare(value, gte, (c) => c >= 0)) &&
    (lt === undefined || compare(value, lt, (c) => c < 0)) &&
    (lte === undefined || compare(value, lte, (c) => c <= 0))
}

/** A number against a bound that is one, else text against text; what cannot be compared is outside of every range. */
function compare(
  value: string | number | boolean,
  bound: number | string,
  accept: (order: number) => boolean,
): boolean {
  if (typeof bound === 'number') {
    const n = numberOf(value)
    return n !== undefined && accept(n - bound)
  }
  const a = String(value).toLowerCase()
  const b = bound.toLowerCase()
  return accept(a < b ? -1 : a > b ? 1 : 0)
}

function inNetwork(network: string): Matcher {
  if (!ipaddr.isValidCIDR(network)) return () => false
  const [base, bits] = ipaddr.parseCIDR(network)
  return (value) => {
    if (typeof value !== 'string' || !ipaddr.isValid(value)) return false
    const address = ipaddr.process(value)
    return address.kind() === base.kind() && address.match(base, bits)
  }
}

function containsText(pattern: string, raw: string): boolean {
  const units = lowerUnits(pattern)
  const haystack = raw.toLowerCase()
  if (!units.some((u) => u.isWildcard)) return haystack.includes(units.map((u) => u.char).join(''))
  const any: PatternUnit = { char: '*', isWildcard: true }
  return matchesPattern([any, ...units, any], haystack)
}
