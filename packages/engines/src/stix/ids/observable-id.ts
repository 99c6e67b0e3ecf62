import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import { definitionOf } from '../definitions/index.ts'
import { canonicalJson } from './canonical-json.ts'
import { nameBasedUuid, uuidBytes } from './uuid.ts'

/** @source STIX 2.1 section 2.9 */
const OBSERVABLE_NAMESPACE = uuidBytes('00abedb4-aa42-466c-9c01-fed23315a9b7')

/** Of several hashes the first of these counts; without any, the first by name. @source STIX 2.1 section 2.9 */
const HASH_ORDER: readonly string[] = ['MD5', 'SHA-1', 'SHA-256', 'SHA-512']

/**
 * The id that everybody gives to this observable: of what it is, and not of who saw it.
 * @returns nothing when the specification wants a random id: for processes, for objects without any of the properties that count, and for types it
 * does not define
 */
export function observableId(object: StixObject): string | undefined {
  const { type } = object
  if (typeof type !== 'string') return undefined
  const name = observableName(object)
  return name === undefined ? undefined : `${type}--${nameBasedUuid(OBSERVABLE_NAMESPACE, name)}`
}

/** What the id is made of, in canonical form. */
export function observableName(object: StixObject): string | undefined {
  const definition = typeof object.type === 'string' ? definitionOf(object.type) : undefined
  const counted: Record<string, StixValue> = {}
  let isEmpty = true
  for (const property of definition?.idProperties ?? []) {
    const value = object[property]
    if (value === undefined || value === null) continue
    const used = property === 'hashes' ? oneHash(value) : value
    if (used === undefined) continue
    counted[property] = used
    isEmpty = false
  }
  return isEmpty ? undefined : canonicalJson(counted)
}

function oneHash(hashes: StixValue): StixValue | undefined {
  if (typeof hashes !== 'object' || hashes === null || Array.isArray(hashes)) return undefined
  const present = Object.keys(hashes)
  const name = HASH_ORDER.find((one) => Object.hasOwn(hashes, one)) ?? present.sort()[0]
  return name === undefined ? undefined : { [name]: (hashes as StixObject)[name]! }
}
