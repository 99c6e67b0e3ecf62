import type { StixValue } from '../../stix-pattern/index.ts'
import type { PropertyKind } from '../definitions/property.ts'
import { enums, vocabularies } from '../definitions/vocabularies.ts'
import type { CheckName } from './check-names.ts'
import { judgeExtensions } from './extensions.ts'
import { judgeHashes } from './hashes.ts'
import { alternatives, shown } from './issue.ts'
import { judgeLoose } from './loose.ts'
import { judgeObservables } from './observables-map.ts'
import { judgeIdentifier } from './references.ts'
import { judgeStruct } from './structs.ts'
import { textForms } from './text-forms.ts'
import { judgeTimestamp } from './timestamps.ts'
import { isObject, join, type Walk, wrongKind } from './walk.ts'

/** Judges a value by what its property may hold. */
export function judgeValue(value: StixValue, kind: PropertyKind, path: string, walk: Walk): void {
  if (walk.issues.isFull) return
  switch (kind.kind) {
    case 'text':
      judgeText(value, kind, path, walk)
      break
    case 'enum':
      judgeEnum(value, enums[kind.values], path, walk)
      break
    case 'integer':
    case 'float':
      judgeNumber(value, kind, path, walk)
      break
    case 'boolean':
      if (typeof value !== 'boolean') wrongKind(value, 'true or false', path, walk)
      break
    case 'any':
      break
    case 'null':
      if (value !== null) wrongKind(value, 'null', path, walk)
      break
    case 'timestamp':
      judgeTimestamp(value, kind, path, walk)
      break
    case 'identifier':
      judgeIdentifier(value, kind, path, walk)
      break
    case 'list':
      judgeList(value, kind, path, walk)
      break
    case 'dictionary':
      judgeDictionary(value, kind, path, walk)
      break
    case 'hashes':
      judgeHashes(value, kind, path, walk)
      break
    case 'struct':
      if (isObject(value)) judgeStruct(value, kind.struct, path, walk)
      else wrongKind(value, `${article(kind.struct.name)} (an object)`, path, walk)
      break
    case 'either':
      judgeValue(value, fits(value, kind.second) ? kind.second : kind.first, path, walk)
      break
    case 'extensions':
      judgeExtensions(value, path, walk)
      break
    case 'observables':
      judgeObservables(value, path, walk)
      break
    case 'objects':
      // Each is judged on its own, so that no bundle need be held as a whole.
      judgeList(value, { kind: 'list', of: { kind: 'any' } }, path, walk)
  }
}

const article = (noun: string): string => `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`

function fits(value: StixValue, kind: PropertyKind): boolean {
  if (kind.kind === 'list') return Array.isArray(value)
  return kind.kind === 'integer' ? typeof value === 'number' : typeof value === 'string'
}

function judgeText(value: StixValue, kind: Extract<PropertyKind, { kind: 'text' }>, path: string, walk: Walk): void {
  if (typeof value !== 'string') {
    wrongKind(value, 'a text', path, walk)
    return
  }
  const { issues, prefix } = walk
  if (kind.only !== undefined && value !== kind.only)
    issues.error('STIX_NOT_LISTED', prefix + path, `${shown(value)} must be ${kind.only}`, `write ${kind.only}`)
  if (kind.form !== undefined) {
    const { holds, what, remedy } = textForms[kind.form]
    const code =
      kind.form === 'selector'
        ? 'STIX_BAD_SELECTOR'
        : what === 'a language tag'
          ? 'STIX_BAD_LANGUAGE'
          : 'STIX_BAD_VALUE'
    if (!holds(value)) issues.error(code, prefix + path, `${shown(value)} is not ${what}`, remedy)
  }
  if (kind.vocabulary !== undefined) judgeVocabulary(value, kind.vocabulary, path, walk)
}

/** Vocabulary → the check that asks for its values. */
export const checkOfVocabulary: Readonly<Record<keyof typeof vocabularies, CheckName>> = {
  'account-type-ov': 'account-type',
  'attack-motivation-ov': 'attack-motivation',
  'attack-resource-level-ov': 'attack-resource-level',
  'grouping-context-ov': 'grouping-context',
  'hash-algorithm-ov': 'hash-algo',
  'identity-class-ov': 'identity-class',
  'implementation-language-ov': 'implementation-languages',
  'indicator-type-ov': 'indicator-types',
  'industry-sector-ov': 'industry-sector',
  'infrastructure-type-ov': 'infrastructure-types',
  'malware-capabilities-ov': 'malware-capabilities',
  'malware-result-ov': 'malware-result',
  'malware-type-ov': 'malware-types',
  'pattern-type-ov': 'indicator-pattern-types',
  'processor-architecture-ov': 'processor-architecture',
  'region-ov': 'region',
  'report-type-ov': 'report-types',
  'threat-actor-role-ov': 'threat-actor-role',
  'threat-actor-sophistication-ov': 'threat-actor-sophistication',
  'threat-actor-type-ov': 'threat-actor-types',
  'tool-type-ov': 'tool-types',
  'windows-pebinary-type-ov': 'windows-pebinary-type',
}

function judgeVocabulary(
  value: string,
  vocabulary: keyof typeof vocabularies,
  path: string,
  { issues, prefix }: Walk,
): void {
  const values: readonly string[] = vocabularies[vocabulary]
  if (values.includes(value)) return
  const message = `${shown(value)} is allowed, but not in ${vocabulary}`
  issues.warning(checkOfVocabulary[vocabulary], prefix + path, message, `use ${alternatives(values)}`)
  if (value === '' || value !== value.toLowerCase() || /[_ ]/.test(value))
    issues.warning(
      'open-vocab-format',
      prefix + path,
      `${shown(value)} should be lower case, with hyphens between words`,
      `write ${value.toLowerCase().replace(/[_ ]/g, '-')}`,
    )
}

function judgeEnum(value: StixValue, values: readonly string[], path: string, walk: Walk): void {
  if (typeof value !== 'string') {
    wrongKind(value, 'a text', path, walk)
    return
  }
  if (values.includes(value)) return
  walk.issues.error(
    'STIX_NOT_LISTED',
    walk.prefix + path,
    `${shown(value)} is not in its list`,
    `use ${alternatives(values)}`,
  )
}

function judgeNumber(
  value: StixValue,
  kind: Extract<PropertyKind, { kind: 'integer' | 'float' }>,
  path: string,
  walk: Walk,
): void {
  const isWhole = kind.kind === 'integer'
  if (typeof value !== 'number' || (isWhole && !Number.isInteger(value))) {
    wrongKind(value, isWhole ? 'a whole number' : 'a number', path, walk)
    return
  }
  const { min = -Infinity, max = Infinity } = kind
  if (value >= min && value <= max) return
  const range = max === Infinity ? `${min} or more` : min === -Infinity ? `${max} or less` : `${min} to ${max}`
  walk.issues.error('STIX_OUT_OF_RANGE', walk.prefix + path, `${value} must be ${range}`, `write ${range}`)
}

function judgeList(value: StixValue, kind: Extract<PropertyKind, { kind: 'list' }>, path: string, walk: Walk): void {
  if (!Array.isArray(value)) {
    wrongKind(value, 'a list', path, walk)
    return
  }
  const { issues, prefix } = walk
  if (value.length === 0) issues.error('STIX_EMPTY', prefix + path, 'a list must not be empty', 'take the property out')
  if (value.length > 0 && value.length < (kind.min ?? 0))
    issues.error(
      'STIX_EMPTY',
      prefix + path,
      `a list here must have ${kind.min} values`,
      'write the value without a list',
    )
  for (const [i, one] of value.entries()) judgeValue(one, kind.of, `${path}[${i}]`, walk)
}

const DICTIONARY_KEY = /^[a-zA-Z0-9_-]{1,250}$/

function judgeDictionary(
  value: StixValue,
  kind: Extract<PropertyKind, { kind: 'dictionary' }>,
  path: string,
  walk: Walk,
): void {
  if (!isObject(value)) {
    wrongKind(value, 'a dictionary', path, walk)
    return
  }
  const { issues, prefix } = walk
  const entries = Object.entries(value)
  if (entries.length === 0 && kind.keys !== 'any')
    issues.error('STIX_EMPTY', prefix + path, 'a dictionary must not be empty', 'take the property out')
  for (const [key, one] of entries) {
    const problem = keyProblem(key, kind)
    if (problem !== undefined)
      issues.error(problem.code, prefix + join(path, key), `${shown(key)} is no key here`, problem.remedy)
    if (kind.of !== undefined) judgeValue(one, kind.of, join(path, key), walk)
    else if (kind.keys !== 'any') judgeLoose(one, join(path, key), walk)
  }
}

function keyProblem(key: string, { keys }: Extract<PropertyKind, { kind: 'dictionary' }>) {
  if (keys === 'any') return undefined
  if (keys === 'language' && !textForms.language.holds(key))
    return { code: 'STIX_BAD_LANGUAGE' as const, remedy: textForms.language.remedy }
  if (keys === 'exif' && !/^[A-Z][a-zA-Z0-9_-]+$/.test(key))
    return { code: 'STIX_BAD_NAME' as const, remedy: 'write the name of the EXIF tag, such as Make' }
  if (keys === 'socket-option' && !/^(?:SO|ICMP|ICMP6|IP|IPV6|MCAST|TCP|IRLMP)(?:_[A-Z0-9]+)+$/.test(key))
    return { code: 'STIX_BAD_NAME' as const, remedy: 'write the name of the option, such as SO_REUSEADDR' }
  if (DICTIONARY_KEY.test(key)) return undefined
  return { code: 'STIX_BAD_NAME' as const, remedy: 'use a-z, A-Z, 0-9, hyphen and underscore, 250 of them at most' }
}
