import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import type { AttributeRule, ValueRule } from './attribute-rules.ts'
import { attributeRules } from './attribute-rules.ts'
import { type ObjectsById, parsePath, valuesAt } from './paths.ts'
import { type AskedValue, samePath } from './pattern-text.ts'
import { isObject, textOf, toMispValue, typeOf } from './values.ts'

/** What an attribute is made of, before it gets its id and times. */
export interface FoundAttribute {
  readonly type: string
  readonly value: string
  readonly data?: string
}

/** The value of an attribute of a known type, in observables; undefined when they do not hold it. */
export function attributeOfObservables(
  type: string,
  roots: readonly StixObject[],
  objects: ObjectsById,
): FoundAttribute | undefined {
  const rule = attributeRules[type]
  if (!rule) return undefined
  const parts: string[] = []
  for (const value of rule.values) {
    const found = firstIn(value, rule, roots, objects)
    const text = found === undefined ? undefined : toMispValue(value.as, found)
    if (text === undefined) return undefined
    parts.push(text)
  }
  const data = contentOf(roots, objects)
  return { type, value: parts.join('|'), ...(data && holdsContent(type) ? { data } : {}) }
}

const holdsContent = (type: string): boolean => type === 'attachment' || type === 'malware-sample'

function firstIn(
  { path, inPattern }: ValueRule,
  rule: AttributeRule,
  roots: readonly StixObject[],
  objects: ObjectsById,
): StixValue | undefined {
  for (const one of [path, ...(inPattern ? [inPattern] : [])]) {
    const { type, steps } = parsePath(one)
    for (const root of roots) {
      if (typeOf(root) !== type) continue
      const [value] = valuesAt(steps, root, objects)
      if (value !== undefined) return value
    }
  }
  return rule.values.length === 1 ? valueByName(path, roots) : undefined
}

/** Header fields and hashes are written in more than one way: `Reply-To`, `reply_to`. */
function valueByName(path: string, roots: readonly StixObject[]): StixValue | undefined {
  const { type, steps } = parsePath(path)
  const [holder, name] = steps
  if (typeof holder !== 'string' || typeof name !== 'string' || steps.length !== 2) return undefined
  for (const root of roots) {
    const inside = typeOf(root) === type ? root[holder] : undefined
    if (!isObject(inside)) continue
    const found = Object.entries(inside).find(([key]) => samePath(key) === samePath(name))
    if (found) return found[1]
  }
  return undefined
}

function contentOf(roots: readonly StixObject[], objects: ObjectsById): string | undefined {
  for (const root of roots)
    if (typeOf(root) === 'file') {
      const [content] = valuesAt(['content_ref', 'payload_bin'], root, objects)
      if (content !== undefined) return textOf(content)
    }
  return undefined
}

/** The value of an attribute of a known type, by what its pattern asks for; undefined when it asks for something else too. */
export function attributeOfPattern(type: string, asked: readonly AskedValue[]): FoundAttribute | undefined {
  const rule = attributeRules[type]
  if (!rule) return undefined
  const left = new Set(asked)
  const parts: string[] = []
  for (const value of rule.values) {
    const wanted = new Set([samePath(value.path), samePath(value.inPattern ?? value.path)])
    const found = asked.find((one) => left.has(one) && wanted.has(samePath(one.path)))
    const text = found && toMispValue(value.as, found.value)
    if (!found || text === undefined) return undefined
    left.delete(found)
    parts.push(text)
    if (value.withTypeOf) drop(left, `${value.withTypeOf}.type`)
  }
  for (const { path } of rule.constants ?? []) drop(left, path)
  const content = [...left].find(({ path }) => path === 'file:content_ref.payload_bin')
  if (holdsContent(type)) for (const one of left) if (one.path.startsWith('file:content_ref.')) left.delete(one)
  if (left.size > 0) return undefined
  const data = content && holdsContent(type) ? textOf(content.value) : undefined
  return { type, value: parts.join('|'), ...(data ? { data } : {}) }
}

function drop(left: Set<AskedValue>, path: string): void {
  for (const one of left) if (samePath(one.path) === samePath(path)) left.delete(one)
}

/** Types to try for a pattern that does not say what it was made of, the most telling first. */
const guessedTypes: readonly string[] = [
  'domain|ip',
  'hostname|port',
  'ip-dst|port',
  'ip-src|port',
  'ip-dst',
  'ip-src',
  'domain',
  'url',
  'email',
  'email-src',
  'email-dst',
  'email-subject',
  'email-message-id',
  'email-body',
  'email-attachment',
  'email-reply-to',
  'email-x-mailer',
  'malware-sample',
  ...Object.keys(attributeRules).filter((type) => type.startsWith('filename|') && !type.includes('/')),
  ...Object.keys(attributeRules).filter((type) => !type.includes('|') && !type.includes('/')),
]

/** Addresses by themselves are those that somebody connects to. @source MISP/misp-stix, external STIX 2.1 to MISP */
const bareAddresses = new Set(['ipv4-addr:value', 'ipv6-addr:value'])

export function guessedAttribute(asked: readonly AskedValue[]): FoundAttribute | undefined {
  const [only] = asked
  if (only && asked.length === 1 && bareAddresses.has(only.path) && typeof only.value === 'string')
    return { type: 'ip-dst', value: only.value }
  const rest = asked.filter(({ path }) => path !== 'email-addr:display_name')
  const [address] = rest
  if (address && rest.length === 1 && address.path === 'email-addr:value' && typeof address.value === 'string')
    return { type: 'email-dst', value: address.value }
  const hasContent = asked.some(({ path }) => path === 'file:content_ref.payload_bin')
  for (const type of guessedTypes) {
    if (holdsContent(type) && !hasContent) continue
    const found = attributeOfPattern(type, asked)
    if (found) return found
  }
  return undefined
}

/** The attribute that one observable is by itself. */
export function attributeOfObservable(object: StixObject): FoundAttribute | undefined {
  const type = bareTypes[typeOf(object)]
  const property = object.value ?? object.name ?? object.number ?? object.key
  if (type === undefined || property === undefined) return undefined
  const value = toMispValue(type === 'AS' ? 'as-number' : undefined, property)
  return value === undefined ? undefined : { type, value }
}

const bareTypes: Readonly<Record<string, string>> = {
  'autonomous-system': 'AS',
  'domain-name': 'domain',
  'email-addr': 'email',
  'ipv4-addr': 'ip-dst',
  'ipv6-addr': 'ip-dst',
  'mac-addr': 'mac-address',
  mutex: 'mutex',
  url: 'url',
}

/** Properties of which an attribute tells nothing when it is made of the bare observable. */
export const bareProperties = new Set(['type', 'spec_version', 'id', 'value', 'name', 'number', 'key'])
