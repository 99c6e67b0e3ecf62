import { comparisonsOf, leavesOf } from '../../../stix-pattern/ast.ts'
import { checkStixPattern, type PatternVersion, parseStixPattern } from '../../../stix-pattern/index.ts'
import { categoryOf, definitionOf } from '../../definitions/index.ts'
import { shown } from '../issue.ts'
import { isTypeName } from '../names.ts'
import type { ValidationOptions } from '../options.ts'
import type { Walk } from '../walk.ts'

const PROPERTY = /^[a-z0-9_]{3,250}$/
/** Patterns of lists are long; beyond this nobody wrote one. */
const MAX_PATTERN_LENGTH = 1_000_000

/** The pattern of an indicator: its grammar, and the objects and properties it names. @source STIX 2.1 section 9 */
export function checkPattern({ object, definition, issues, prefix }: Walk, options: ValidationOptions): void {
  const { pattern, pattern_type: type } = object
  if (definition.name !== 'indicator' || type !== 'stix' || typeof pattern !== 'string') return
  const at = `${prefix}pattern`
  if (pattern.length > MAX_PATTERN_LENGTH) {
    issues.error('STIX_TOO_LARGE', at, `it is longer than ${MAX_PATTERN_LENGTH} characters`, 'split the indicator')
    return
  }
  const version = versionOf(object.pattern_version ?? object.spec_version)
  const { valid, diagnostics } = checkStixPattern(pattern, version)
  for (const { level, code, line, column, message, remedy } of diagnostics)
    if (level !== 'warning') issues.error('STIX_BAD_PATTERN', at, `${code} ${line}:${column} ${message}`, remedy)
  const parsed = valid ? parseStixPattern(pattern, version).pattern : undefined
  if (parsed === undefined) return
  const seen = new Set<string>()
  for (const comparisons of comparisonsOf(parsed.expression))
    for (const { path } of leavesOf(comparisons)) {
      const first = path.steps[0]
      const name = first?.kind === 'key' ? first.name : ''
      if (seen.has(`${path.type}:${name}`)) continue
      seen.add(`${path.type}:${name}`)
      checkNames(path.type, name, at, { issues, options })
    }
}

const versionOf = (value: unknown): PatternVersion => (value === '2.0' ? '2.0' : '2.1')

function checkNames(
  type: string,
  property: string,
  at: string,
  { issues, options }: Pick<Walk, 'issues'> & { readonly options: ValidationOptions },
): void {
  const isKnown = categoryOf(type) === 'observable'
  if (!isKnown) {
    if (!isTypeName(type)) {
      issues.error(
        'STIX_BAD_PATTERN',
        at,
        `${shown(type)} is no name of a type`,
        'use a-z, 0-9 and hyphens; 3 to 250 of them',
      )
      return
    }
    if (!/^x-.+-.+$/.test(type))
      issues.warning(
        'custom-prefix',
        at,
        `the type ${shown(type)} should begin with x- and its source`,
        `write x-example-com-${type}`,
      )
    if (!/^x-.+$/.test(type))
      issues.warning('custom-prefix-lax', at, `the type ${shown(type)} should begin with x-`, `write x-${type}`)
    if (options.strictTypes)
      issues.warning('strict-types', at, `${shown(type)} is no observable of the specification`, 'use one of its types')
  }
  if (isKnown && Object.hasOwn(definitionOf(type)!.properties, property)) return
  if (property !== 'id' && !PROPERTY.test(property)) {
    issues.error(
      'STIX_BAD_PATTERN',
      at,
      `${shown(property)} is no name of a property`,
      'use a-z, 0-9 and underscores; 3 to 250 of them',
    )
    return
  }
  if (!isKnown) return
  if (!/^x_.+_.+$/.test(property))
    issues.warning(
      'custom-prefix',
      at,
      `the property ${shown(property)} should begin with x_ and its source`,
      `write x_example_com_${property}`,
    )
  if (!/^x_.+$/.test(property))
    issues.warning(
      'custom-prefix-lax',
      at,
      `the property ${shown(property)} should begin with x_`,
      `write x_${property}`,
    )
  if (options.strictProperties)
    issues.warning('strict-properties', at, `${shown(property)} is no property of ${type}`, 'use one of its properties')
}
