import type { StixObject, StixValue } from '../../../stix-pattern/index.ts'
import { canonicalJson } from '../../ids/canonical-json.ts'
import { resolveSelector } from '../../markings/selectors.ts'
import { TLP2_EXTENSION, tlpDefinition } from '../../markings/tlp.ts'
import { shown } from '../issue.ts'
import { isObject, type Walk } from '../walk.ts'

const DEFINITION_TYPES: readonly string[] = ['statement', 'tlp']

/** Granular markings of any object, and marking definitions. @source STIX 2.1 section 7.2 */
export function checkMarkings(walk: Walk): void {
  checkSelectors(walk)
  if (walk.definition.name !== 'marking-definition') return
  checkOwnMarkings(walk)
  checkDefinition(walk)
}

function checkSelectors({ object, issues, prefix }: Walk): void {
  for (const [i, marking] of listOf(object.granular_markings).entries()) {
    if (!isObject(marking)) continue
    for (const [j, selector] of listOf(marking.selectors).entries()) {
      if (typeof selector !== 'string') continue
      const resolved = resolveSelector(object, selector)
      if (resolved.found) continue
      const at = `${prefix}granular_markings[${i}].selectors[${j}]`
      issues.error(
        'STIX_BAD_SELECTOR',
        at,
        `${shown(selector)} points to nothing: there is no ${shown(resolved.missing)}`,
        'name what is there',
      )
    }
  }
}

function checkOwnMarkings({ object, issues, prefix }: Walk): void {
  const circular = (at: string): void =>
    issues.error('STIX_CIRCULAR_MARKING', prefix + at, 'a marking must not mark itself', 'take it out')
  for (const [i, ref] of listOf(object.object_marking_refs).entries())
    if (ref === object.id) circular(`object_marking_refs[${i}]`)
  for (const [i, marking] of listOf(object.granular_markings).entries())
    if (isObject(marking) && marking.marking_ref !== undefined && marking.marking_ref === object.id)
      circular(`granular_markings[${i}].marking_ref`)
}

function checkDefinition({ object, issues, prefix }: Walk): void {
  const { definition_type: type, definition, extensions } = object
  const bad = (path: string, message: string, remedy: string): void =>
    issues.error('STIX_BAD_MARKING', prefix + path, message, remedy)
  if (extensions === undefined && (type === undefined || definition === undefined))
    bad('', 'it defines nothing', 'give it definition_type and definition, or an extension')
  if (typeof type === 'string' && !DEFINITION_TYPES.includes(type)) {
    issues.warning(
      'marking-definition-type',
      `${prefix}definition_type`,
      `${shown(type)} is no kind of marking of the specification`,
      'use statement, tlp, or an extension',
    )
    if (extensions === undefined)
      issues.warning(
        'extensions-use',
        `${prefix}definition_type`,
        'a marking of one’s own should be an extension',
        'describe it in an extension definition, and name that in extensions',
      )
  }
  if (type === 'statement' && isObject(definition) && typeof definition.statement !== 'string')
    bad('definition.statement', 'a statement must be a text', 'write the statement')
  const isTlp = type === 'tlp' || (isObject(extensions) && Object.hasOwn(extensions, TLP2_EXTENSION))
  if (isTlp && !isStandardTlp(object))
    bad(
      '',
      'it is none of the TLP markings that there are',
      'refer to the published ones by their ids; make none of your own',
    )
}

/** Of version 2.0 the extension alone is fixed; who defined it may be told. */
function isStandardTlp(object: StixObject): boolean {
  const standard = typeof object.id === 'string' ? tlpDefinition(object.id) : undefined
  if (standard === undefined) return false
  const same = (name: string): boolean =>
    object[name] !== undefined && canonicalJson(object[name]!) === canonicalJson(standard[name]!)
  if (object.definition_type !== 'tlp') return ['spec_version', 'name', 'extensions'].every(same)
  return Object.keys(standard).every(same) && Object.keys(object).every((name) => Object.hasOwn(standard, name))
}

export const listOf = (value: StixValue | undefined): readonly StixValue[] => (Array.isArray(value) ? value : [])
