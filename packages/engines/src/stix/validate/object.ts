import type { StixObject } from '../../stix-pattern/index.ts'
import { coreObject, observable } from '../definitions/common-properties.ts'
import { definitionOf } from '../definitions/index.ts'
import type { StixDefinition } from '../definitions/property.ts'
import { checkCustom } from './checks/custom.ts'
import { checkDomain } from './checks/domain.ts'
import { checkIdVersion } from './checks/id-version.ts'
import { checkMarkings } from './checks/markings.ts'
import { checkObservable } from './checks/observable.ts'
import { checkPattern } from './checks/pattern.ts'
import { extensionTypes } from './extensions.ts'
import { type IssueList, shown } from './issue.ts'
import { judgeCustom } from './loose.ts'
import { isTypeName, NAME_REMEDY, PROPERTY_NAME } from './names.ts'
import type { ValidationOptions } from './options.ts'
import { judgeProperties } from './structs.ts'
import { judgeValue } from './values.ts'
import { has, type Judges, undefinedProperties, type Walk } from './walk.ts'

/** Kept for versions to come. @source STIX 2.1 section 11 */
const RESERVED_TYPES: readonly string[] = ['action']
const RESERVED_PROPERTIES: readonly string[] = ['severity', 'action', 'username', 'phone_numbers']

/** Judges one object by the specification; of a bundle, what is not in its objects. */
export function judgeObject(object: StixObject, issues: IssueList, options: ValidationOptions): void {
  const type = object.type as string
  judgeTypeName(type, 'type', issues)
  const definition = definitionOf(type) ?? customDefinition(type, object)
  judgeByDefinition({ object, definition, issues, prefix: '', custom: [], judge }, options)
}

/** An observable within observed data, whose references are keys of the same dictionary. */
function judgeObservable(object: StixObject, siblings: StixObject, prefix: string, { issues }: Walk): void {
  const type = object.type as string
  judgeTypeName(type, `${prefix}type`, issues)
  const known = definitionOf(type)
  const definition = known?.category === 'observable' ? known : observable(type, {})
  judgeByDefinition({ object, definition, issues, prefix, custom: [], siblings, judge }, {})
}

const judge: Judges = { value: judgeValue, observable: judgeObservable }

function judgeByDefinition(start: Walk, options: ValidationOptions): void {
  const { object, definition, issues, prefix } = start
  const walk: Walk = definition.category === 'observable' ? { ...start, structPlace: 'embedded' } : start
  judgeProperties(object, definition, '', walk)
  for (const name of undefinedProperties(object, definition)) judgeUndefined(name, walk)
  for (const name of definition.deprecated)
    if (has(object, name))
      issues.warning('deprecated-properties', prefix + name, `${name} is deprecated`, 'use what replaced it')
  checkIdVersion(walk)
  checkMarkings(walk)
  checkDomain(walk)
  checkPattern(walk, options)
  if (definition.category === 'observable') checkObservable(walk)
  checkCustom(walk, options)
}

function judgeTypeName(type: string, path: string, issues: IssueList): void {
  if (RESERVED_TYPES.includes(type)) issues.error('STIX_RESERVED', path, `the type ${type} is reserved`, 'use another')
  else if (!isTypeName(type))
    issues.error(
      'STIX_BAD_TYPE',
      path,
      `${shown(type)} is no name of a type`,
      'begin with a letter; use a-z, 0-9 and single hyphens; 3 to 250 of them',
    )
}

function judgeUndefined(name: string, walk: Walk): void {
  const { object, issues, prefix } = walk
  const at = prefix + name
  if (RESERVED_PROPERTIES.includes(name)) {
    issues.error('STIX_RESERVED', at, `the property ${name} is reserved`, 'use another name')
    return
  }
  if (!PROPERTY_NAME.test(name))
    issues.error('STIX_BAD_NAME', at, `${shown(name)} is no name of a property`, NAME_REMEDY)
  judgeCustom(name, object[name]!, name, walk)
  walk.custom.push({ place: 'property', name, path: name })
}

/** What all objects of a kind have in common: of a type that the specification does not define, no more is known. */
function customDefinition(type: string, object: StixObject): StixDefinition {
  return isCustomObservable(object) ? observable(type, {}) : coreObject('domain', type, {})
}

function isCustomObservable(object: StixObject): boolean {
  const uses = extensionTypes(object)
  if (uses.includes('new-sco')) return true
  if (uses.includes('new-sdo') || uses.includes('new-sro')) return false
  return !has(object, 'created') && !has(object, 'modified')
}
