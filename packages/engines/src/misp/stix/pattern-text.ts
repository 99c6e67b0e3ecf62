import { comparisonsOf, leavesOf } from '../../stix-pattern/ast.ts'
import type { StixValue } from '../../stix-pattern/index.ts'
import { parseStixPattern } from '../../stix-pattern/parse.ts'
import { printPath } from '../../stix-pattern/print.ts'

const quote = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`

/** `path = value`, the value as what it is: a number never equals a string. @source STIX 2.1 section 9.6.1 */
export const comparison = (path: string, value: StixValue): string =>
  `${path.replace(/'([A-Za-z_]\w*)'/g, '$1')} = ${typeof value === 'string' ? quote(value) : String(value)}`

export const conjunction = (comparisons: readonly string[]): string => `[${comparisons.join(' AND ')}]`

/** A comparison of a pattern that asks for one value. */
export interface AskedValue {
  /** As printed, e.g. `file:hashes.'SHA-256'`. */
  readonly path: string
  readonly value: StixValue
}

/**
 * The values that a pattern asks for, when all must be there; undefined when it says more: alternatives, several observations, other
 * operators.
 */
export function askedValues(pattern: string): AskedValue[] | undefined {
  const { pattern: parsed } = parseStixPattern(pattern, '2.1')
  if (parsed?.expression.kind !== 'observation') return undefined
  const asked: AskedValue[] = []
  for (const expression of comparisonsOf(parsed.expression)) {
    if (expression.kind === 'or') return undefined
    for (const leaf of leavesOf(expression)) {
      if (leaf.kind !== 'equality' || leaf.operator !== '=' || leaf.negated) return undefined
      const { constant } = leaf
      if (constant.kind === 'hex' || constant.kind === 'binary') return undefined
      asked.push({ path: printPath(leaf.path), value: constant.kind === 'timestamp' ? constant.text : constant.value })
    }
    if (holdsAlternatives(expression)) return undefined
  }
  return asked
}

type Expression = Parameters<typeof leavesOf>[0]
const holdsAlternatives = (expression: Expression): boolean =>
  expression.kind === 'or' || (expression.kind === 'and' && expression.operands.some(holdsAlternatives))

/** Paths of the same property, however lists and quotes are written. */
export const samePath = (path: string): string =>
  path
    .replace(/\[(?:\d+|\*)\]/g, '')
    .replace(/'([^']*)'/g, '$1')
    .toLowerCase()
    .replace(/[-_]/g, '')
