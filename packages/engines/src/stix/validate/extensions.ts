import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import { extensionOfDefinition } from '../definitions/common-properties.ts'
import type { StructDefinition } from '../definitions/property.ts'
import { parseStixId } from '../ids/identifier.ts'
import { shown } from './issue.ts'
import { judgeCustom } from './loose.ts'
import { NAME_REMEDY, PROPERTY_NAME } from './names.ts'
import { judgeProperties } from './structs.ts'
import { isObject, join, undefinedProperties, type Walk, wrongKind } from './walk.ts'

const OWN_KEY = /^[a-z](?:[a-z0-9]|-(?=[a-z0-9]))*-ext$/
export const EXTENSION_DEFINITION = 'extension-definition--'

/** Extensions of the specification by their definitions, those of others by their form. */
export function judgeExtensions(value: StixValue, path: string, walk: Walk): void {
  const { issues, prefix, definition } = walk
  if (!isObject(value)) {
    wrongKind(value, 'a dictionary of extensions', path, walk)
    return
  }
  if (Object.keys(value).length === 0)
    issues.error('STIX_EMPTY', prefix + path, 'it holds no extension', 'take the property out')
  for (const [key, extension] of Object.entries(value)) {
    const at = join(path, key)
    if (!isObject(extension)) wrongKind(extension, 'an extension (an object)', at, walk)
    else if (Object.hasOwn(definition.extensions, key))
      judgePredefined(extension, definition.extensions[key]!, at, walk)
    else if (key.startsWith(EXTENSION_DEFINITION)) judgeDefined(key, extension, at, walk)
    else judgeOwn(key, extension, at, walk)
  }
}

function judgePredefined(extension: StixObject, struct: StructDefinition, path: string, walk: Walk): void {
  judgeProperties(extension, struct, path, { ...walk, structPlace: 'embedded' })
  for (const name of undefinedProperties(extension, struct)) {
    walk.custom.push({ place: 'extension-property', name, path: join(path, name) })
    judgeName(name, join(path, name), walk)
    judgeCustom(name, extension[name]!, join(path, name), walk)
  }
}

function judgeDefined(key: string, extension: StixObject, path: string, walk: Walk): void {
  if (parseStixId(key) === undefined)
    walk.issues.error(
      'STIX_BAD_ID',
      walk.prefix + path,
      `${shown(key)} is no id`,
      'write the id of the extension definition',
    )
  judgeProperties(extension, extensionOfDefinition, path, walk)
  judgeNames(extension, path, walk)
}

/** A key of one's own, as STIX 2.0 had them. */
function judgeOwn(key: string, extension: StixObject, path: string, walk: Walk): void {
  const { issues, prefix, definition } = walk
  if (!OWN_KEY.test(key) || definition.name === 'marking-definition')
    issues.error(
      'STIX_BAD_EXTENSION',
      prefix + path,
      `${shown(key)} names no extension`,
      'use the id of an extension definition',
    )
  else walk.custom.push({ place: 'extension', name: key, path })
  if (Object.keys(extension).length === 0)
    issues.error('STIX_EMPTY', prefix + path, 'the extension is empty', 'take it out')
  judgeNames(extension, path, walk)
}

function judgeNames(extension: StixObject, path: string, walk: Walk): void {
  for (const [name, value] of Object.entries(extension)) {
    if (name === 'extension_type') continue
    judgeName(name, join(path, name), walk)
    judgeCustom(name, value, join(path, name), walk)
  }
}

function judgeName(name: string, path: string, { issues, prefix }: Walk): void {
  if (!PROPERTY_NAME.test(name) && name !== 'id')
    issues.error('STIX_BAD_NAME', prefix + path, `${shown(name)} is no name of a property`, NAME_REMEDY)
}

/** `extension_type` of all extensions of an object. */
export function extensionTypes({ extensions }: StixObject): readonly string[] {
  if (!isObject(extensions)) return []
  return Object.values(extensions).flatMap((one) =>
    isObject(one) && typeof one.extension_type === 'string' ? [one.extension_type] : [],
  )
}
