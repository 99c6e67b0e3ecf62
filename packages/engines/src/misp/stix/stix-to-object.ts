import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import { type DomainRule, domainRules } from './domain-rules.ts'
import type { ObjectRule, RelationRule } from './object-rule.ts'
import { objectRules } from './object-rules.ts'
import { type ObjectsById, parsePath, valuesAt } from './paths.ts'
import { type AskedValue, samePath } from './pattern-text.ts'
import { isObject, listOf, textOf, toMispValue, typeOf } from './values.ts'

/** An attribute within an object. */
export interface RelatedAttribute {
  readonly relation: string
  readonly type: string
  readonly value: string
  readonly data?: string
}

const customName = /^x_misp_(.+)$/

/** The attributes that observables of a template hold. */
export function objectOfObservables(
  template: string,
  roots: readonly StixObject[],
  objects: ObjectsById,
): RelatedAttribute[] | undefined {
  const rule = objectRules[template]
  const root = rule && roots.find((one) => typeOf(one) === rule.root)
  if (!rule || !root) return undefined
  const found: RelatedAttribute[] = []
  const taken = new Set<string>()
  for (const row of rule.relations) {
    if (taken.has(row.path)) continue
    const values = valuesAt(everyStep(row.path), root, objects)
    if (values.length > 0) taken.add(row.path)
    for (const value of values) found.push(...relatedOf(row, value))
  }
  found.push(...contentOf(root, objects), ...customOf(root))
  return found
}

/** Elements that are counted in a table stand for all of them. */
const everyStep = (path: string) => parsePath(path).steps.map((step) => (typeof step === 'number' ? '*' : step))

function relatedOf({ relation, type, as }: RelationRule, value: StixValue): RelatedAttribute[] {
  const text = toMispValue(as, value)
  return text === undefined ? [] : [{ relation, type, value: text }]
}

function contentOf(root: StixObject, objects: ObjectsById): RelatedAttribute[] {
  const [content] = valuesAt(['content_ref'], root, objects)
  const artifact = textOf(content) ? objects.get(textOf(content)!) : undefined
  const data = artifact && textOf(artifact.payload_bin)
  if (!artifact || !data) return []
  const name = textOf(artifact.x_misp_filename) ?? textOf(root.name) ?? 'content'
  const isSample = artifact.encryption_algorithm === 'mime-type-indicated' && artifact.decryption_key === 'infected'
  const [md5] = valuesAt(['hashes', 'MD5'], artifact, objects)
  if (isSample)
    return [{ relation: 'malware-sample', type: 'malware-sample', value: `${name}|${textOf(md5) ?? ''}`, data }]
  return [{ relation: 'attachment', type: 'attachment', value: name, data }]
}

/** What the mapping had no property for stands under its relation's name. */
export function customOf(object: StixObject): RelatedAttribute[] {
  return Object.entries(object).flatMap(([property, value]) => {
    const name = customName.exec(property)?.[1]
    if (name === undefined || name === 'comment') return []
    const relation = name.replaceAll('_', '-')
    return (Array.isArray(value) ? value : [value]).flatMap((one): RelatedAttribute[] => {
      if (isObject(one) && typeof one.value === 'string') {
        const data = textOf(one.data)
        return [{ relation, type: data ? 'attachment' : 'text', value: one.value, ...(data ? { data } : {}) }]
      }
      const text = toMispValue(undefined, one)
      return text === undefined ? [] : [{ relation, type: 'text', value: text }]
    })
  })
}

/** The attributes that a pattern of a template asks for; undefined when it asks for something that the template does not have. */
export function objectOfPattern(template: string, asked: readonly AskedValue[]): RelatedAttribute[] | undefined {
  const rule = objectRules[template]
  if (!rule) return undefined
  const rows = new Map(rule.relations.toReversed().map((row) => [samePath(row.path), row]))
  const found: RelatedAttribute[] = []
  const content = new Map<string, StixValue>()
  const contents = new Map<string, string>()
  for (const { path, value } of asked) {
    const row = rows.get(samePath(path))
    const [, custom, part] = /[:.]x_misp_([^.]+?)(?:\.(value|data))?$/.exec(path.replace(/'/g, '')) ?? []
    const inContent = /^file:content_ref\.(?:hashes\.)?(.+)$/.exec(path)?.[1]
    if (row) found.push(...relatedOf(row, value))
    else if (inContent) content.set(inContent, value)
    else if (custom && part === 'data') contents.set(custom, String(value))
    else if (custom)
      found.push({ relation: custom.replaceAll('_', '-'), type: part ? 'attachment' : 'text', value: String(value) })
    else if (!isImplied(path, rule)) return undefined
  }
  for (const [relation, inside] of contents) {
    const at = found.findIndex((one) => one.relation === relation.replaceAll('_', '-'))
    const there = found[at]
    if (there) found[at] = { ...there, data: inside }
    else found.push({ relation: relation.replaceAll('_', '-'), type: 'attachment', value: relation, data: inside })
  }
  const data = textOf(content.get('payload_bin'))
  const name = textOf(content.get('x_misp_filename')) ?? 'content'
  if (data && content.get('decryption_key') === 'infected')
    found.push({
      relation: 'malware-sample',
      type: 'malware-sample',
      value: `${name}|${textOf(content.get('MD5')) ?? ''}`,
      data,
    })
  else if (data) found.push({ relation: 'attachment', type: 'attachment', value: name, data })
  return found
}

const isImplied = (path: string, rule: ObjectRule): boolean =>
  path.endsWith('_ref.type') || (rule.constants ?? []).some((one) => samePath(one.path) === samePath(path))

/** The attributes that an object of STIX's domain holds, by its template. */
export function objectOfDomain(template: string, object: StixObject): RelatedAttribute[] | undefined {
  const rule = domainRules[template]
  if (!rule) return undefined
  const found: RelatedAttribute[] = []
  for (const row of rule.rows) {
    if (row.source || found.some(({ relation }) => relation === row.relation)) continue
    const isTaken = rule.rows.some(
      (other) => other !== row && other.property === row.property && rule.rows.indexOf(other) < rule.rows.indexOf(row),
    )
    const value = isTaken ? undefined : object[row.property]
    for (const one of Array.isArray(value) ? value : value === undefined ? [] : [value]) {
      const text = toMispValue(row.as, one)
      if (text !== undefined) found.push({ relation: row.relation, type: row.type, value: text })
    }
  }
  found.push(...namesOf(rule, object), ...contactsOf(rule, object), ...referencesOf(rule, object), ...customOf(object))
  return found
}

/** Two relations share the name: the last word is the second's. */
function namesOf({ nameOf }: DomainRule, object: StixObject): RelatedAttribute[] {
  const name = textOf(object.name)
  if (!nameOf || name === undefined) return []
  const at = name.lastIndexOf(' ')
  const [first, last] = at < 0 ? [name, ''] : [name.slice(0, at), name.slice(at + 1)]
  return [
    { relation: nameOf[0]!, type: nameOf[0]!, value: first },
    ...(last === '' ? [] : [{ relation: nameOf[1]!, type: nameOf[1]!, value: last }]),
  ]
}

function contactsOf({ contacts }: DomainRule, object: StixObject): RelatedAttribute[] {
  const text = textOf(object.contact_information)
  if (!contacts || text === undefined) return []
  return text.split(' / ').flatMap((part) => {
    const colon = part.indexOf(': ')
    const relation = part.slice(0, colon)
    if (colon < 0 || !contacts.includes(relation))
      return [{ relation: 'contact_information', type: 'text', value: part }]
    return part
      .slice(colon + 2)
      .split('; ')
      .map((value) => ({ relation, type: contactTypes[relation] ?? 'text', value }))
  })
}

const contactTypes: Readonly<Record<string, string>> = {
  'phone-number': 'phone-number',
  'email-address': 'email',
  'e-mail': 'email-src',
  website: 'link',
  link: 'link',
}

function referencesOf(rule: DomainRule, object: StixObject): RelatedAttribute[] {
  return listOf(object.external_references).flatMap((reference) => {
    if (!isObject(reference)) return []
    const row = rule.rows.find(({ source }) => source !== undefined && source === reference.source_name)
    const value = textOf(row?.source === 'url' ? reference.url : reference.external_id)
    if (!row || value === undefined) return []
    const bare = row.prefix && value.startsWith(row.prefix) ? value.slice(row.prefix.length) : value
    return [{ relation: row.relation, type: row.type, value: bare }]
  })
}
