import { definitionOf } from '../../stix/definitions/index.ts'
import { observableId } from '../../stix/ids/observable-id.ts'
import type { StixObject } from '../../stix-pattern/index.ts'
import { ruleLanguages } from './attribute-rules.ts'
import { defaultCategory } from './attribute-to-stix.ts'
import { domainRules } from './domain-rules.ts'
import {
  type AttributeDraft,
  categoryOf,
  type Draft,
  drop,
  type EventDraft,
  emptyAttribute,
  emptyObject,
  type ImportContext,
  type ObjectDraft,
  seenTimes,
  tagsOf,
} from './import-state.ts'
import { readLabels } from './labels.ts'
import { mispNamedUuid } from './observable-graph.ts'
import { askedValues } from './pattern-text.ts'
import { importExecutable } from './portable-executable.ts'
import {
  attributeOfObservable,
  attributeOfObservables,
  attributeOfPattern,
  bareProperties,
  type FoundAttribute,
  guessedAttribute,
} from './stix-to-attribute.ts'
import { objectOfDomain, objectOfObservables, objectOfPattern, type RelatedAttribute } from './stix-to-object.ts'
import { idOf, isObject, listOf, present, textOf, textsOf, typeOf, uuidOf } from './values.ts'

/** Observed data as an attribute or an object, together with the indicator that is based on it. */
export function importObserved(observed: StixObject, event: EventDraft, context: ImportContext): void {
  const indicator = context.indicatorByObserved.get(idOf(observed))
  const { misp } = readLabels(textsOf(observed.labels))
  const roots = textsOf(observed.object_refs).flatMap((id) => present(context.objects.get(id)))
  const [type, name] = [misp.get('type'), misp.get('name')]
  const attribute = type === undefined ? undefined : attributeOfObservables(type, roots, context.objects)
  const related = name === undefined ? undefined : objectOfObservables(name, roots, context.objects)
  const from = { main: observed, others: indicator ? [indicator] : [] }
  if (attribute)
    keep(event, { kind: 'attribute', attribute: attributeDraft(attribute, from, context, misp.get('category')) }, from)
  else if (related && name) {
    const object = objectDraft(name, misp.get('meta-category'), related, from, context)
    keep(event, { kind: 'object', object }, from)
    for (const file of roots) if (name === 'file' && typeOf(file) === 'file') importExecutable(file, object, event)
  } else {
    importObservables(observed, roots, event, context)
    if (indicator) importIndicator(indicator, event, context)
  }
}

interface From {
  readonly main: StixObject
  /** The indicator beside observed data. */
  readonly others: readonly StixObject[]
}

function keep(event: EventDraft, draft: Draft, { main, others }: From): void {
  if (draft.kind === 'attribute') event.attributes.push(draft.attribute)
  else event.objects.push(draft.object)
  for (const object of [main, ...others]) event.draftsById.set(idOf(object), draft)
}

function attributeDraft(
  found: FoundAttribute,
  { main, others }: From,
  context: ImportContext,
  category: string | undefined,
): AttributeDraft {
  const indicator = [main, ...others].find((object) => typeOf(object) === 'indicator')
  return {
    ...emptyAttribute(found.type, found.value),
    uuid: uuidOf(idOf(main)),
    category: category ?? (indicator && categoryOf(indicator)) ?? defaultCategory(found.type),
    to_ids: indicator !== undefined,
    ...seenTimes(main),
    comment: textOf(indicator?.description) ?? textOf(main.x_misp_comment) ?? textOf(main.description),
    data: found.data,
    Tag: tagsOf(main, context),
  }
}

function objectDraft(
  name: string,
  metaCategory: string | undefined,
  related: readonly RelatedAttribute[],
  from: From,
  context: ImportContext,
): ObjectDraft {
  const { main, others } = from
  const uuid = uuidOf(idOf(main))
  const asked = new Set(
    others.flatMap((one) => (askedValues(textOf(one.pattern) ?? '') ?? []).map(({ value }) => String(value))),
  )
  const isIndicator = typeOf(main) === 'indicator'
  const Tag = tagsOf(main, context)
  const times = seenTimes(main)
  return {
    ...emptyObject(name),
    uuid,
    'meta-category': metaCategory,
    ...times,
    comment:
      textOf(others[0]?.description) ??
      textOf(main.x_misp_comment) ??
      (isIndicator ? textOf(main.description) : undefined),
    Attribute: related.map((one, place) => ({
      ...emptyAttribute(one.type, one.value),
      uuid: mispNamedUuid(`${uuid} - ${one.relation} - ${place} - ${one.value}`),
      category: defaultCategory(one.type),
      timestamp: times.timestamp,
      object_relation: one.relation,
      data: one.data,
      to_ids:
        (isIndicator && !one.relation.startsWith('x')) ||
        asked.has(one.value) ||
        asked.has(one.value.replace(/^AS/, '')),
      Tag,
    })),
  }
}

/** Templates that observables are by themselves. */
const templates: Readonly<Record<string, string>> = {
  artifact: 'artifact',
  'autonomous-system': 'asn',
  directory: 'directory',
  'domain-name': 'domain-ip',
  'email-message': 'email',
  file: 'file',
  mutex: 'mutex',
  'network-traffic': 'network-connection',
  process: 'process',
  software: 'cpe-asset',
  url: 'url',
  'user-account': 'user-account',
  'windows-registry-key': 'registry-key',
  'x509-certificate': 'x509',
}

/** Observables of others: each is an attribute or an object of its own. */
function importObservables(
  observed: StixObject,
  roots: readonly StixObject[],
  event: EventDraft,
  context: ImportContext,
): void {
  const inside = new Set(roots.flatMap((root) => referredBy(root)))
  const free = roots.filter((root) => !inside.has(idOf(root)))
  // Connections that carry each other refer to each other: then all are told.
  const outside = free.length > 0 ? free : roots
  for (const root of outside) importObservable(root, event, context, { observed, isOnly: outside.length === 1 })
  if (roots.length === 0) drop(context, idOf(observed), '', 'observed data whose observables are not there')
}

/** An observable alone, or of observed data that says nothing of MISP. */
export function importObservable(
  object: StixObject,
  event: EventDraft,
  context: ImportContext,
  within?: { readonly observed: StixObject; readonly isOnly: boolean },
): void {
  const observed = within?.observed
  // An id that everybody gives says nothing of who saw it: what is seen alone is known by its observed data.
  const isEverybodys = within?.isOnly === true && observableId(object) === idOf(object)
  const uuid = uuidOf(idOf(isEverybodys ? within.observed : object))
  const isBare = Object.keys(object).every((property) => bareProperties.has(property))
  const attribute = isBare ? attributeOfObservable(object) : undefined
  const template = templates[typeOf(object)]
  const times = observed ? seenTimes(observed) : {}
  const comment = observed ? { comment: `Observed Data ID: ${idOf(observed)}` } : {}
  const Tag = [...tagsOf(object, context), ...(observed ? tagsOf(observed, context) : [])]
  const from = { main: object, others: observed ? [observed] : [] }
  const related = attribute || !template ? undefined : objectOfObservables(template, [object], context.objects)
  if (attribute) {
    const draft = attributeDraft(attribute, { main: object, others: [] }, context, externalCategories[attribute.type])
    keep(event, { kind: 'attribute', attribute: { ...draft, uuid, ...times, ...comment, Tag } }, from)
  } else if (template && related && related.length > 0) {
    const draft = objectDraft(template, undefined, related, { main: object, others: [] }, context)
    const made = { ...draft, uuid, ...times, ...comment }
    keep(event, { kind: 'object', object: made }, from)
    if (template === 'file') importExecutable(object, made, event)
  } else drop(context, idOf(object), '', `MISP has no attribute or object for this ${typeOf(object)}`)
}

const externalCategories: Readonly<Record<string, string>> = {
  email: 'Social network',
  'mac-address': 'Network activity',
}

/** What an observable refers to. */
export function referredBy(object: StixObject): string[] {
  const ids: string[] = []
  const open: unknown[] = Object.entries(object)
    .filter(([name]) => name !== 'id')
    .map(([, value]) => value)
  for (let steps = 0; open.length > 0 && steps < 100_000; steps++) {
    const value = open.pop()
    if (typeof value === 'string' && value.includes('--')) ids.push(value)
    else if (Array.isArray(value)) open.push(...value)
    else if (typeof value === 'object' && value !== null) open.push(...Object.values(value))
  }
  return ids
}

export function importIndicator(indicator: StixObject, event: EventDraft, context: ImportContext): void {
  const from = { main: indicator, others: [] }
  const { misp } = readLabels(textsOf(indicator.labels))
  const found = whatIsIndicated(indicator, misp)
  const draft: Draft =
    'template' in found
      ? { kind: 'object', object: objectDraft(found.template, misp.get('meta-category'), found.related, from, context) }
      : { kind: 'attribute', attribute: attributeDraft(found, from, context, misp.get('category') ?? found.category) }
  keep(event, draft, from)
}

type Indicated =
  | (FoundAttribute & { readonly category?: string | undefined })
  | { readonly template: string; readonly related: readonly RelatedAttribute[] }

/** What an indicator says it was made of, if its pattern can be that; else what its pattern looks like; else the pattern itself. */
function whatIsIndicated(indicator: StixObject, misp: ReadonlyMap<string, string>): Indicated {
  const pattern = textOf(indicator.pattern) ?? ''
  const language = textOf(indicator.pattern_type) ?? 'stix'
  const [type, name] = [misp.get('type'), misp.get('name')]
  const ofDomain = name && domainRules[name] ? objectOfDomain(name, indicator) : undefined
  if (name && ofDomain) return { template: name, related: ofDomain }
  if (language !== 'stix') return { type: Object.hasOwn(ruleLanguages, language) ? language : 'text', value: pattern }
  const asked = askedValues(pattern)
  const known = type && asked ? attributeOfPattern(type, asked) : undefined
  if (known) return known
  const related = name && asked ? objectOfPattern(name, asked) : undefined
  if (name && related) return { template: name, related }
  const guessed = asked && type === undefined && name === undefined ? guessedAttribute(asked) : undefined
  if (guessed) return { ...guessed, category: guessedCategories[guessed.type] }
  const template = asked && templates[asked[0]?.path.split(':')[0] ?? '']
  const object = template && asked ? objectOfPattern(template, asked) : undefined
  if (template && object && object.length > 0) return { template, related: object }
  return {
    template: 'stix2-pattern',
    related: [
      { relation: 'stix2-pattern', type: 'stix2-pattern', value: pattern },
      { relation: 'version', type: 'text', value: '2.1' },
      ...['name', 'description'].flatMap((property) => {
        const value = textOf(indicator[property])
        return value === undefined ? [] : [{ relation: property === 'name' ? 'name' : 'comment', type: 'text', value }]
      }),
    ],
  }
}

const guessedCategories: Readonly<Record<string, string>> = {
  'email-dst': 'Network activity',
  'mac-address': 'Network activity',
}

/** An object of the domain that was an attribute or an object of MISP. @returns whether it was */
export function importDomainObject(object: StixObject, event: EventDraft, context: ImportContext): boolean {
  const { misp } = readLabels(textsOf(object.labels))
  const [type, name] = [misp.get('type'), misp.get('name')]
  const from = { main: object, others: [] }
  const value = textOf(object.name)
  if (type !== undefined && value !== undefined) {
    const attribute = attributeDraft({ type, value }, from, context, misp.get('category'))
    keep(event, { kind: 'attribute', attribute: { ...attribute, comment: textOf(object.description) } }, from)
    return true
  }
  const template = name ?? (typeOf(object) === 'identity' ? 'identity' : undefined)
  const related = template === undefined ? undefined : objectOfDomain(template, object)
  if (template === undefined || related === undefined) return false
  keep(
    event,
    { kind: 'object', object: objectDraft(template, misp.get('meta-category'), related, from, context) },
    from,
  )
  return true
}

/** What was kept as it is. */
export function importKept(object: StixObject, event: EventDraft, context: ImportContext): void {
  const from = { main: object, others: [] }
  const { misp } = readLabels(textsOf(object.labels))
  if (typeOf(object) === 'x-misp-attribute') {
    const found = {
      type: textOf(object.x_misp_type) ?? misp.get('type') ?? 'text',
      value: String(object.x_misp_value ?? ''),
    }
    const attribute = attributeDraft(found, from, context, textOf(object.x_misp_category) ?? misp.get('category'))
    const times = { first_seen: textOf(object.x_misp_first_seen), last_seen: textOf(object.x_misp_last_seen) }
    const draft = { ...attribute, ...times, data: textOf(object.x_misp_data), to_ids: misp.get('to_ids') === 'True' }
    keep(event, { kind: 'attribute', attribute: draft }, from)
    return
  }
  const draft = objectDraft(
    textOf(object.x_misp_name) ?? misp.get('name') ?? 'object',
    textOf(object.x_misp_meta_category),
    [],
    from,
    context,
  )
  draft.Attribute = listOf(object.x_misp_attributes).flatMap((one, place) =>
    isObject(one) ? [keptAttribute(one, draft, place)] : [],
  )
  keep(event, { kind: 'object', object: draft }, from)
}

function keptAttribute(kept: StixObject, object: ObjectDraft, place: number): AttributeDraft {
  const type = textOf(kept.type) ?? 'text'
  const value = String(kept.value ?? '')
  return {
    ...emptyAttribute(type, value),
    uuid:
      textOf(kept.uuid) ??
      mispNamedUuid(`${object.uuid ?? ''} - ${textOf(kept.object_relation) ?? ''} - ${place} - ${value}`),
    category: textOf(kept.category) ?? defaultCategory(type),
    timestamp: object.timestamp,
    object_relation: textOf(kept.object_relation),
    to_ids: kept.to_ids === true,
    comment: textOf(kept.comment),
    data: textOf(kept.data),
    first_seen: textOf(kept.first_seen),
    last_seen: textOf(kept.last_seen),
  }
}

/** Whether a type is one of observables. */
export const isObservable = (type: string): boolean => definitionOf(type)?.category === 'observable'
