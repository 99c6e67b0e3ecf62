import {
  type Comparison,
  type ComparisonExpression,
  checkStixPattern,
  type ObjectPath,
  type ObservationExpression,
  parseStixPattern,
  printStixPattern,
} from '../../stix-pattern/index.ts'
import { renamedInObservables } from './observable.ts'

export interface UpgradedPattern {
  readonly pattern: string
  readonly version: '2.0' | '2.1'
  /** Names that 2.1 has otherwise: `file:created` → `file:ctime`. */
  readonly renamed: ReadonlyMap<string, string>
}

/** Nothing that 2.1 knows means the same. */
const withoutSuccessor = (name: string): boolean => name.startsWith('x_')

/** A pattern of 2.0 in the language of 2.1; left as it is, and named 2.0, when it uses what 2.1 does not have. */
export function upgradePattern(text: string): UpgradedPattern {
  const renamed = new Map<string, string>()
  const parsed = parseStixPattern(text, '2.0').pattern
  if (parsed === undefined)
    return { pattern: text, version: checkStixPattern(text, '2.1').valid ? '2.1' : '2.0', renamed }
  const lost = { any: false }
  const expression = inObservation(parsed.expression, (path) => {
    const first = path.steps[0]
    const to = first?.kind === 'key' ? renamedName(path.type, first.name) : undefined
    if (first?.kind !== 'key' || to === undefined) return path
    if (withoutSuccessor(to)) {
      lost.any = true
      return path
    }
    renamed.set(`${path.type}:${first.name}`, `${path.type}:${to}`)
    return { ...path, steps: [{ ...first, name: to }, ...path.steps.slice(1)] }
  })
  if (lost.any) return { pattern: text, version: '2.0', renamed: new Map() }
  if (renamed.size === 0 && checkStixPattern(text, '2.1').valid) return { pattern: text, version: '2.1', renamed }
  const pattern = printStixPattern({ ...parsed, expression, version: '2.1' })
  return checkStixPattern(pattern, '2.1').valid
    ? { pattern, version: '2.1', renamed }
    : { pattern: text, version: '2.0', renamed: new Map() }
}

function renamedName(type: string, name: string): string | undefined {
  const names = Object.hasOwn(renamedInObservables, type) ? renamedInObservables[type]! : {}
  return Object.hasOwn(names, name) ? names[name] : undefined
}

type RenamePath = (path: ObjectPath) => ObjectPath

function inObservation(expression: ObservationExpression, rename: RenamePath): ObservationExpression {
  switch (expression.kind) {
    case 'observation':
      return { ...expression, expression: inComparisons(expression.expression, rename) }
    case 'combined':
      return {
        ...expression,
        left: inObservation(expression.left, rename),
        right: inObservation(expression.right, rename),
      }
    case 'qualified':
      return { ...expression, expression: inObservation(expression.expression, rename) }
  }
}

function inComparisons(expression: ComparisonExpression, rename: RenamePath): ComparisonExpression {
  if (expression.kind === 'and' || expression.kind === 'or')
    return { ...expression, operands: expression.operands.map((one) => inComparisons(one, rename)) }
  const comparison: Comparison = { ...expression, path: rename(expression.path) }
  return comparison
}
