import { categoryOf } from '../../definitions/index.ts'
import { commonRelationships, relationshipTable } from '../../definitions/relationships.ts'
import { typeOfId } from '../../ids/identifier.ts'
import { countryCodes } from '../../registries/countries.ts'
import { alternatives, shown } from '../issue.ts'
import { PROPERTY_NAME } from '../names.ts'
import { isObject, type Walk } from '../walk.ts'
import { listOf } from './markings.ts'

/** What holds for some types of objects alone. */
export function checkDomain(walk: Walk): void {
  checkExternalReferences(walk)
  checkKillChains(walk)
  checksByType.get(walk.definition.name)?.(walk)
}

const checksByType: ReadonlyMap<string, (walk: Walk) => void> = new Map(
  Object.entries({
    'extension-definition': checkExtensionDefinition,
    indicator: checkIndicator,
    'language-content': checkLanguageContent,
    location: checkLocation,
    'malware-analysis': checkMalwareAnalysis,
    'observed-data': checkObservedData,
    relationship: checkRelationship,
  }),
)

function checkExternalReferences({ object, issues, prefix }: Walk): void {
  for (const [i, reference] of listOf(object.external_references).entries())
    if (isObject(reference) && reference.url !== undefined && reference.hashes === undefined)
      issues.warning(
        'extref-hashes',
        `${prefix}external_references[${i}]`,
        'it has a URL and no hash of what is there',
        'give it a SHA-256',
      )
}

function checkKillChains({ object, issues, prefix }: Walk): void {
  for (const [i, phase] of listOf(object.kill_chain_phases).entries()) {
    if (!isObject(phase)) continue
    for (const name of ['kill_chain_name', 'phase_name']) {
      const value = phase[name]
      if (typeof value !== 'string' || (value === value.toLowerCase() && !/[_ ]/.test(value))) continue
      const at = `${prefix}kill_chain_phases[${i}].${name}`
      issues.warning(
        'kill-chain-names',
        at,
        `${shown(value)} should be lower case, with hyphens between words`,
        `write ${value.toLowerCase().replace(/[_ ]/g, '-')}`,
      )
    }
  }
}

function checkIndicator({ object, issues, prefix }: Walk): void {
  const missing = ['name', 'description'].filter((name) => object[name] === undefined)
  if (missing.length > 0)
    issues.warning(
      'indicator-properties',
      prefix,
      `an indicator should have ${missing.join(' and ')}`,
      `give it ${missing.join(' and ')}`,
    )
}

function checkLocation({ object: { country }, issues, prefix }: Walk): void {
  if (typeof country === 'string' && !countryCodes().has(country.toUpperCase()))
    issues.warning(
      'countries',
      `${prefix}country`,
      `${shown(country)} is no code of a country`,
      'write one of ISO 3166-1: DE, US',
    )
}

function checkMalwareAnalysis({ object: { product }, issues, prefix }: Walk): void {
  if (typeof product === 'string' && !/^[a-z0-9-]+$/.test(product))
    issues.warning(
      'malware-analysis-product',
      `${prefix}product`,
      `${shown(product)} should be lower case, with hyphens between words`,
      'write it so; anonymized when it must not be told',
    )
}

function checkObservedData({ object: { object_refs: refs }, issues, prefix }: Walk): void {
  const list = listOf(refs)
  if (list.length > 0 && list.every((ref) => typeof ref === 'string' && categoryOf(typeOfId(ref)) === 'relationship'))
    issues.error(
      'STIX_WRONG_REFERENCE',
      `${prefix}object_refs`,
      'none of them is an observable',
      'refer to at least one observable',
    )
}

function checkRelationship({ object, issues, prefix }: Walk): void {
  const { relationship_type: type, source_ref: sourceRef, target_ref: targetRef } = object
  if (typeof type !== 'string' || typeof sourceRef !== 'string' || typeof targetRef !== 'string') return
  if (commonRelationships.includes(type)) return
  const [source, target] = [typeOfId(sourceRef), typeOfId(targetRef)]
  // Those that cannot be joined at all were named as errors.
  if (![source, target].every((one) => ['domain', 'observable', undefined].includes(categoryOf(one)))) return
  const byType = Object.hasOwn(relationshipTable, source) ? relationshipTable[source]! : {}
  if (Object.hasOwn(byType, type) && byType[type]!.includes(target)) return
  const suggested = Object.keys(byType).filter((one) => byType[one]!.includes(target))
  issues.warning(
    'relationship-types',
    `${prefix}relationship_type`,
    `"${source} ${type} ${target}" is allowed, but not in the table of the specification`.replace(
      type,
      type.slice(0, 60),
    ),
    `use ${alternatives([...suggested, ...commonRelationships])}`,
  )
}

function checkExtensionDefinition({ object, issues, prefix }: Walk): void {
  const { extension_types: types, extension_properties: properties, description } = object
  const isTopLevel = listOf(types).includes('toplevel-property-extension')
  if (properties !== undefined && !isTopLevel)
    issues.error(
      'STIX_PROPERTIES',
      `${prefix}extension_properties`,
      'only a toplevel-property-extension may have it',
      'take it out, or add that type',
    )
  if (properties === undefined && isTopLevel)
    issues.warning(
      'extension-properties',
      prefix,
      'a toplevel-property-extension should name its properties',
      'give it extension_properties',
    )
  if (description === undefined)
    issues.warning('extension-description', prefix, 'an extension should be described', 'give it a description')
}

function checkLanguageContent({ object: { contents }, issues, prefix }: Walk): void {
  if (!isObject(contents)) return
  for (const [lang, translated] of Object.entries(contents)) {
    if (!isObject(translated)) continue
    for (const name of Object.keys(translated))
      if (!PROPERTY_NAME.test(name))
        issues.error(
          'STIX_BAD_NAME',
          `${prefix}contents.${lang}.${name}`,
          `${shown(name)} is no name of a property`,
          'name a property of the object',
        )
  }
}
