import type { QueryNode, ValueTest } from './ast.ts'
import { patternUnits } from './pattern.ts'
import { scalarOfWord } from './values.ts'

/** The text of a query; reading it again gives the same query. */
export function printQuery(node: QueryNode): string {
  switch (node.kind) {
    case 'all':
      return '*'
    case 'and':
      return node.nodes.map((n) => operand(n, n.kind === 'and' || n.kind === 'or')).join(' and ')
    case 'or':
      return node.nodes.map((n) => operand(n, n.kind === 'or')).join(' or ')
    case 'not':
      return `not ${operand(node.node, node.node.kind === 'and' || node.node.kind === 'or')}`
    case 'field':
      return printField(node.field, node.test)
    case 'text':
      return printText(node.text)
  }
}

const operand = (node: QueryNode, needsParens: boolean): string =>
  needsParens ? `(${printQuery(node)})` : printQuery(node)

const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`

/** Words that would be read as an operator. */
const isKeyword = (text: string): boolean => /^(?:and|or|not)$/i.test(text)
const SAFE_FIELD = /^[A-Za-z_@][\w.@-]*$/

export const printFieldName = (field: string): string =>
  SAFE_FIELD.test(field) && !isKeyword(field) ? field : quote(field)

function printField(name: string, test: ValueTest): string {
  const field = printFieldName(name)
  switch (test.kind) {
    case 'equals':
      return `${field}:${printScalar(test.value)}`
    case 'wildcard':
      return `${field}:${printPattern(test.pattern)}`
    case 'cidr':
      return `${field}:${test.network}`
    case 'regex':
      return `${field}:/${escapeSlashes(test.pattern)}/`
    case 'exists':
      return `${field}:*`
    case 'range':
      return printRange(field, test)
  }
}

const SAFE_VALUE = /^[\p{L}\p{N}_.@$%&+,;~#^`'|-]+$/u

/** A value as our language writes it: bare where it reads back as the same, quoted otherwise. */
export function printScalar(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value)
  const isBare = SAFE_VALUE.test(value) && !isKeyword(value) && scalarOfWord(value) === value
  return isBare ? value : quote(value)
}

function printRange(field: string, range: Extract<ValueTest, { kind: 'range' }>): string {
  const from = range.gte ?? range.gt
  const to = range.lte ?? range.lt
  // A quoted name needs its colon to be read as a name.
  const name = field.startsWith('"') ? `${field}:` : `${field} `
  if (from !== undefined && to === undefined)
    return `${name}${range.gte === undefined ? '>' : '>='} ${printBound(from)}`
  if (to !== undefined && from === undefined) return `${name}${range.lte === undefined ? '<' : '<='} ${printBound(to)}`
  const open = range.gt === undefined ? '[' : '{'
  const close = range.lt === undefined ? ']' : '}'
  return `${field}:${open}${from === undefined ? '*' : printBound(from)} to ${to === undefined ? '*' : printBound(to)}${close}`
}
const printBound = (bound: string | number): string => (typeof bound === 'number' ? String(bound) : quote(bound))

const SPECIAL = /[\s()":<>=!/[\]{}*?\\]/

function printPattern(pattern: string): string {
  return patternUnits(pattern)
    .map((u) => (!u.isWildcard && SPECIAL.test(u.char) ? `\\${u.char}` : u.char))
    .join('')
}

function printText(text: string): string {
  const units = patternUnits(text)
  if (units.some((u) => u.isWildcard)) return printPattern(text)
  const literal = units.map((u) => u.char).join('')
  return SAFE_VALUE.test(literal) && !isKeyword(literal) ? literal : quote(literal)
}

function escapeSlashes(pattern: string): string {
  let text = ''
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!
    if (char === '\\' && i + 1 < pattern.length) text += char + pattern[++i]!
    else text += char === '/' ? '\\/' : char
  }
  return text
}
