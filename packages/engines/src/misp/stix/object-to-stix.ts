import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import type { MispAttribute, MispObject } from '../event.ts'
import {
  head,
  isValidStix,
  observedAndIndicator,
  type Properties,
  type StixContext,
  seenFrom,
  tagged,
} from './conversion.ts'
import { customProperty } from './custom-property.ts'
import { type DomainRule, domainRules, templateLanguages } from './domain-rules.ts'
import { mispLabel } from './labels.ts'
import type { ObjectRule, RelationRule } from './object-rule.ts'
import { objectRules } from './object-rules.ts'
import { addressType, mispNamedUuid, ObservableGraph } from './observable-graph.ts'
import { comparison, conjunction } from './pattern-text.ts'
import { writeExecutable } from './portable-executable.ts'
import { idOf, toStixValue } from './values.ts'

/** An object as STIX: what it observes and indicates, an object of the domain, or kept whole. */
export function objectToStix(object: MispObject, context: StixContext): StixObject[] {
  const uuid =
    object.uuid ?? mispNamedUuid(`${object.name} - ${object.Attribute.map(({ value }) => value).join(' - ')}`)
  const metaCategory = object['meta-category'] ?? objectRules[object.name]?.metaCategory ?? 'misc'
  const clusters = object.Attribute.flatMap(({ Galaxy }) => Galaxy.flatMap(({ GalaxyCluster }) => GalaxyCluster))
  const own = [mispLabel('name', object.name), mispLabel('meta-category', metaCategory)]
  const tags = tagged(
    own,
    object.Attribute.flatMap(({ Tag }) => Tag),
    clusters,
  )
  for (const attribute of object.Attribute) if (attribute.uuid) context.idsByUuid.set(attribute.uuid, '')
  const made = observables(object, { uuid, metaCategory, tags }, context) ??
    domainObject(object, { uuid, metaCategory, tags }, context) ?? [
      keptWhole(object, { uuid, metaCategory, tags }, context),
    ]
  const id = context.idsByUuid.get(uuid) ?? String(made[0]!.id)
  context.idsByUuid.set(uuid, id)
  for (const attribute of object.Attribute) if (attribute.uuid) context.idsByUuid.set(attribute.uuid, id)
  return made
}

interface Of {
  readonly uuid: string
  readonly metaCategory: string
  readonly tags: ReturnType<typeof tagged>
}

function observables(object: MispObject, of: Of, context: StixContext): StixObject[] | undefined {
  const rule = objectRules[object.name]
  if (!rule) return undefined
  const graph = new ObservableGraph(rule.root, of.uuid)
  for (const { path, value } of rule.constants ?? []) graph.set(path, value)
  const compared: string[] = []
  const custom = new Map<string, StixValue[]>()
  const counts = new Map<string, number>()
  let isStandard = false
  for (const attribute of object.Attribute) {
    const row = rowFor(rule, attribute)
    const isPayload = row?.path === 'artifact:payload_bin' && attribute.data !== undefined
    const value = row && toStixValue(row.as, isPayload ? attribute.data! : attribute.value)
    if (isPayload) custom.set('x_misp_filename', [attribute.value])
    if (withContent(attribute, graph, object.name)) isStandard = true
    else if (row && value !== undefined && graph.set(elementPath(row.path, counts), value)) {
      if (object.name === 'email' && row.relation === 'attachment')
        graph.set(
          `email-message:body_multipart[${(counts.get(row.path) ?? 1) - 1}].content_disposition`,
          `attachment; filename='${attribute.value}'`,
        )
      isStandard = true
      if (attribute.to_ids) compared.push(...comparisonsFor(row, attribute, value))
    } else {
      const property = customProperty(attribute.object_relation ?? attribute.type)
      const others = custom.get(property)
      if (others) others.push(customValue(attribute))
      else custom.set(property, [customValue(attribute)])
    }
  }
  if (!isStandard) return undefined
  const executable = context.executables.get(of.uuid)
  if (executable) compared.push(...writeExecutable(executable, graph))
  complete(object.name, graph)
  for (const [property, values] of custom)
    graph.set(`${rule.root}:${property}`, values.length === 1 ? values[0]! : values)
  const finished = graph.finish()
  const isObservable = isWhole(finished[0]!) && isValidStix(finished)
  // What is too little to be observed may still be looked for, when nothing of it is lost by that.
  const isLookedFor = custom.size === 0 && !executable && object.Attribute.every(({ to_ids: toIds }) => toIds)
  if (!isObservable && !isLookedFor) return undefined
  const made = isObservable ? finished : []
  for (const { uuid } of executable ? [executable.pe, ...executable.sections] : []) {
    if (!uuid) continue
    context.absorbed.add(uuid)
    context.idsByUuid.set(uuid, idOf(finished[0]!))
  }
  const constants = (rule.constants ?? []).filter(({ isCompared }) => isCompared)
  const pattern =
    compared.length > 0
      ? conjunction([...constants.map(({ path, value }) => comparison(path, value)), ...compared])
      : undefined
  const objects = observedAndIndicator(
    { ...object, uuid: of.uuid, category: of.metaCategory, tags: of.tags },
    { observables: made, pattern },
    context,
  )
  return isObservable || (objects.length > 0 && isValidStix(objects)) ? objects : undefined
}

/** The path with the place of the element that comes next: names belong to addresses in their order. */
function elementPath(path: string, counts: Map<string, number>): string {
  if (!path.includes('[*].')) return path
  const place = counts.get(path) ?? 0
  counts.set(path, place + 1)
  return path.replace('[*]', `[${place}]`)
}

function rowFor(rule: ObjectRule, { object_relation: relation, type }: MispAttribute): RelationRule | undefined {
  return rule.relations.find((row) => row.relation === (relation ?? type))
}

function comparisonsFor(row: RelationRule, { value: text }: MispAttribute, value: StixValue): string[] {
  const path = row.path.replace(/\[\d+\]/g, '[*]')
  return [...(row.withTypeOf ? [comparison(`${row.withTypeOf}.type`, addressType(text))] : []), comparison(path, value)]
}

const customValue = ({ value, data }: MispAttribute): StixValue => (data ? { value, data } : value)

/** Samples and pictures are the content of their file. */
function withContent(attribute: MispAttribute, graph: ObservableGraph, template: string): boolean {
  const { object_relation: relation, value, data } = attribute
  if (template === 'image' && relation === 'attachment' && data) {
    graph.set('file:content_ref.payload_bin', data)
    graph.set('file:content_ref.x_misp_filename', value)
    return true
  }
  if (relation !== 'malware-sample' || !data) return false
  const [name = '', md5 = ''] = value.split('|')
  if (!graph.set('file:content_ref.payload_bin', data)) return false
  graph.set('file:content_ref.mime_type', 'application/zip')
  if (md5) graph.set('file:content_ref.hashes.MD5', md5)
  graph.set('file:content_ref.encryption_algorithm', 'mime-type-indicated')
  graph.set('file:content_ref.decryption_key', 'infected')
  graph.set('file:content_ref.x_misp_filename', name)
  return true
}

/** What STIX wants to be there. */
function complete(template: string, graph: ObservableGraph): void {
  if (template === 'email') graph.set('email-message:is_multipart', graph.has('body_multipart'))
  if (['ip-port', 'network-connection', 'network-socket', 'netflow'].includes(template) && !graph.has('protocols'))
    graph.set('network-traffic:protocols[*]', 'tcp')
}

/** Of each type of observable, the properties of which one must be there. @source STIX 2.1 section 6 */
const needed: Readonly<Record<string, readonly string[]>> = {
  'autonomous-system': ['number'],
  directory: ['path'],
  'domain-name': ['value'],
  file: ['name', 'hashes'],
  mutex: ['name'],
  'network-traffic': ['src_ref', 'dst_ref'],
  software: ['name'],
  url: ['value'],
  artifact: ['payload_bin', 'url'],
  'user-account': ['user_id', 'account_login', 'credential', 'display_name', 'account_type'],
}
const isWhole = (object: StixObject): boolean => {
  const properties = needed[String(object.type)]
  return properties === undefined || properties.some((property) => object[property] !== undefined)
}

function domainObject(object: MispObject, of: Of, context: StixContext): StixObject[] | undefined {
  const rule = domainRules[object.name]
  if (!rule) return undefined
  const properties = domainProperties(object, rule)
  const id = `${rule.stixType}--${of.uuid}`
  if (rule.stixType === 'indicator') {
    properties.pattern_type = templateLanguages[object.name]!
    properties.valid_from = seenFrom(object, context).first
    properties.kill_chain_phases = [{ kill_chain_name: 'misp-category', phase_name: of.metaCategory }]
    if (object.name === 'stix2-pattern') properties.pattern_version = '2.1'
  }
  const made = { ...head(rule.stixType, id, object, context), ...properties, ...of.tags }
  if (!isValidStix([made])) return undefined
  context.idsByUuid.set(of.uuid, id)
  return [made]
}

function domainProperties(object: MispObject, rule: DomainRule): Properties {
  const properties: Properties = { ...rule.constants }
  const references: StixObject[] = []
  const contacts = new Map<string, string[]>()
  const names: string[] = []
  const lists = new Map<string, StixValue[]>()
  const put = (property: string, value: StixValue, { isList } = { isList: false }) => {
    const list = lists.get(property)
    if (list) list.push(value)
    else lists.set(property, [value])
    if (isList || list) properties[property] = lists.get(property)!
    else properties[property] = value
  }
  for (const attribute of object.Attribute) {
    const relation = attribute.object_relation ?? attribute.type
    const row = rule.rows.find((one) => one.relation === relation)
    const value = row && toStixValue(row.as, attribute.value)
    if (rule.nameOf?.includes(relation)) names.push(attribute.value)
    else if (rule.contacts?.includes(relation)) appended(contacts, relation, attribute.value)
    else if (row?.source === 'url') references.push({ source_name: 'url', url: attribute.value })
    else if (row?.source)
      references.push({ source_name: row.source, external_id: withPrefix(row.prefix ?? '', attribute.value) })
    else if (row && value !== undefined && (row.isList || properties[row.property] === undefined))
      put(row.property, value, { isList: row.isList ?? false })
    else put(customProperty(relation), customValue(attribute))
  }
  if (names.length > 0 && properties.name === undefined) properties.name = names.join(' ')
  if (contacts.size > 0)
    properties.contact_information = [...contacts]
      .map(([relation, values]) => `${relation}: ${values.join('; ')}`)
      .join(' / ')
  if (object.name === 'vulnerability' && typeof properties.name === 'string' && /^CVE-/i.test(properties.name))
    references.unshift({ source_name: 'cve', external_id: properties.name })
  if (references.length > 0) properties.external_references = references
  return properties
}

function appended(lists: Map<string, string[]>, name: string, value: string): void {
  const list = lists.get(name)
  if (list) list.push(value)
  else lists.set(name, [value])
}

const withPrefix = (prefix: string, value: string): string => (value.startsWith(prefix) ? value : `${prefix}${value}`)

const keptFields = [
  'type',
  'object_relation',
  'value',
  'category',
  'to_ids',
  'uuid',
  'comment',
  'data',
  'first_seen',
  'last_seen',
] as const

/** An object that STIX has no words for, with its attributes as they are. */
function keptWhole(object: MispObject, of: Of, context: StixContext): StixObject {
  const id = `x-misp-object--${of.uuid}`
  context.idsByUuid.set(of.uuid, id)
  return {
    ...head('x-misp-object', id, object, context),
    ...of.tags,
    ...(object.Attribute.length > 0 ? { x_misp_attributes: object.Attribute.map(keptAttribute) } : {}),
    ...(object.comment ? { x_misp_comment: object.comment } : {}),
    x_misp_meta_category: of.metaCategory,
    x_misp_name: object.name,
  }
}

const keptAttribute = (attribute: MispAttribute): StixObject =>
  Object.fromEntries(
    keptFields.flatMap((field) => {
      const value = attribute[field]
      return value === undefined || value === '' || value === false ? [] : [[field, value]]
    }),
  )
