import type { StixObject } from '../../stix-pattern/index.ts'
import type { MispAttribute } from '../event.ts'
import { type AttributeRule, attributeRules, ruleLanguages } from './attribute-rules.ts'
import {
  type ConversionNote,
  head,
  isValidStix,
  observedAndIndicator,
  type Properties,
  type StixContext,
  tagged,
} from './conversion.ts'
import { mispLabel } from './labels.ts'
import { addressType, mispNamedUuid, ObservableGraph } from './observable-graph.ts'
import { comparison, conjunction } from './pattern-text.ts'
import { toStixValue } from './values.ts'

/** The category that attributes of a type have when nobody says. */
export const defaultCategory = (type: string): string =>
  attributeRules[type]?.category ?? ruleLanguages[type] ?? otherCategories[type] ?? 'Other'
const otherCategories: Readonly<Record<string, string>> = {
  'campaign-name': 'Attribution',
  vulnerability: 'External analysis',
  btc: 'Financial fraud',
  iban: 'Financial fraud',
}

/** An attribute as STIX: what it observes, what it indicates, or an object of its own. */
export function attributeToStix(attribute: MispAttribute, context: StixContext): StixObject[] {
  const uuid = attribute.uuid ?? mispNamedUuid(`${attribute.type} - ${attribute.value}`)
  const category = attribute.category ?? defaultCategory(attribute.type)
  const clusters = attribute.Galaxy.flatMap(({ GalaxyCluster }) => GalaxyCluster)
  const tags = tagged([mispLabel('type', attribute.type), mispLabel('category', category)], attribute.Tag, clusters)
  const of = { ...attribute, uuid, category, tags }
  tellUnspoken(attribute, uuid, context.notes)
  const named = namedObject(attribute, uuid, context)
  if (named) return [{ ...named, ...tags, ...vulnerabilityReference(attribute) }]
  if (Object.hasOwn(ruleLanguages, attribute.type))
    return observedAndIndicator(of, { observables: [], pattern: attribute.value, language: attribute.type }, context)
  const found = observed(attribute, uuid, attributeRules[attribute.type])
  const made = found && isValidStix(found.observables) ? found : undefined
  const wanted = made && { ...made, pattern: attribute.to_ids ? made.pattern : undefined }
  if (wanted && (wanted.observables.length > 0 || wanted.pattern !== undefined))
    return observedAndIndicator(of, wanted, context)
  return [customAttribute(attribute, { uuid, category, tags }, context)]
}

function namedObject(attribute: MispAttribute, uuid: string, context: StixContext): StixObject | undefined {
  const type = { 'campaign-name': 'campaign', vulnerability: 'vulnerability' }[attribute.type]
  if (type === undefined) return undefined
  context.idsByUuid.set(uuid, `${type}--${uuid}`)
  return {
    ...head(type, `${type}--${uuid}`, attribute, context),
    name: attribute.value,
    ...(attribute.comment ? { description: attribute.comment } : {}),
  }
}

const vulnerabilityReference = ({ type, value }: MispAttribute): Properties =>
  type === 'vulnerability' && /^CVE-/i.test(value)
    ? { external_references: [{ source_name: 'cve', external_id: value }] }
    : {}

interface Made {
  readonly observables: readonly StixObject[]
  readonly pattern: string
}

/** Undefined when there is no rule for it, or a value is none of its form. */
function observed(attribute: MispAttribute, uuid: string, rule: AttributeRule | undefined): Made | undefined {
  if (rule === undefined) return undefined
  const parts = rule.values.length === 1 ? [attribute.value] : splitValue(attribute.value, rule.values.length)
  if (parts.length !== rule.values.length) return undefined
  const graph = new ObservableGraph(rule.root ?? rule.values[0]!.path.split(':')[0]!, uuid)
  const comparisons: string[] = []
  for (const { path, value, isCompared } of rule.constants ?? []) {
    graph.set(path, value)
    if (isCompared) comparisons.push(comparison(path, value))
  }
  for (const [n, { path, inPattern, as, withTypeOf }] of rule.values.entries()) {
    const text = parts[n]!
    const value = toStixValue(as, text)
    if (value === undefined) return undefined
    graph.set(path, value)
    if (withTypeOf) comparisons.push(comparison(`${withTypeOf}.type`, addressType(text)))
    comparisons.push(comparison(inPattern ?? path, value))
  }
  const more = withContent(attribute, graph)
  if (attribute.type === 'email-attachment')
    graph.set('email-message:body_multipart[0].content_disposition', `attachment; filename='${attribute.value}'`)
  return {
    observables: rule.patternOnly ? [] : graph.finish(),
    pattern: conjunction(
      attribute.type === 'malware-sample'
        ? [...more.filter(isPayload), ...comparisons, ...more.filter((one) => !isPayload(one))]
        : [...comparisons, ...more],
    ),
  }
}

const isPayload = (compared: string): boolean => compared.startsWith('file:content_ref.payload_bin')

/** The first parts as they are; the last holds whatever more there is, as keys of the registry hold `|` in their data. */
function splitValue(value: string, count: number): string[] {
  const parts = value.split('|')
  return parts.length <= count ? parts : [...parts.slice(0, count - 1), parts.slice(count - 1).join('|')]
}

/** How MISP keeps samples: in an archive with a password that everybody knows. */
const sampleArchive = [
  ['mime_type', 'application/zip'],
  ['encryption_algorithm', 'mime-type-indicated'],
  ['decryption_key', 'infected'],
] as const

/** Longer content is observed, and not compared: patterns have a length that readers bear. */
const maxComparedContent = 10_000

/** The content of a file, and what is compared of it. */
function withContent({ type, data }: MispAttribute, graph: ObservableGraph): string[] {
  if (!data || (type !== 'attachment' && type !== 'malware-sample')) return []
  const facts = [['payload_bin', data] as const, ...(type === 'malware-sample' ? sampleArchive : [])]
  return facts.flatMap(([name, value]) => {
    graph.set(`file:content_ref.${name}`, value)
    return value.length > maxComparedContent ? [] : [comparison(`file:content_ref.${name}`, value)]
  })
}

/** An attribute that STIX has no words for, kept as it is. */
function customAttribute(
  attribute: MispAttribute,
  of: { uuid: string; category: string; tags: ReturnType<typeof tagged> },
  context: StixContext,
): StixObject {
  const id = `x-misp-attribute--${of.uuid}`
  context.idsByUuid.set(of.uuid, id)
  const toIds = attribute.to_ids ? [mispLabel('to_ids', 'True')] : []
  const labels = Array.isArray(of.tags.labels) ? of.tags.labels : []
  return {
    ...head('x-misp-attribute', id, attribute, context),
    ...of.tags,
    labels: [...labels.slice(0, 2), ...toIds, ...labels.slice(2)],
    x_misp_category: of.category,
    ...(attribute.comment ? { x_misp_comment: attribute.comment } : {}),
    ...(attribute.data ? { x_misp_data: attribute.data } : {}),
    ...(attribute.first_seen ? { x_misp_first_seen: attribute.first_seen } : {}),
    ...(attribute.last_seen ? { x_misp_last_seen: attribute.last_seen } : {}),
    x_misp_type: attribute.type,
    x_misp_value: attribute.value,
  }
}

function tellUnspoken(attribute: MispAttribute, uuid: string, notes: ConversionNote[]): void {
  const drop = (property: string, message: string) => notes.push({ about: uuid, property, kind: 'dropped', message })
  if (attribute.deleted) drop('deleted', 'STIX knows no deleted attribute: it is converted as if it were there')
  if (attribute.ShadowAttribute.length > 0)
    drop('ShadowAttribute', `${attribute.ShadowAttribute.length} proposals: STIX has none`)
}
