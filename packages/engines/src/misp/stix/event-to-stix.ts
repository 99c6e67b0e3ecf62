import type { StixObject } from '../../stix-pattern/index.ts'
import type { MispAttribute, MispEvent, MispGalaxy, MispObject, MispOrg, MispSighting } from '../event.ts'
import { analystDataToStix } from './analyst-data.ts'
import { attributeToStix } from './attribute-to-stix.ts'
import { clusterToStix } from './cluster-to-stix.ts'
import { type ConversionNote, head, type Properties, relationship, type StixContext, tagged } from './conversion.ts'
import { objectToStix } from './object-to-stix.ts'
import { mispNamedUuid } from './observable-graph.ts'
import { executablesByFile } from './portable-executable.ts'
import { idOf, plainTime, versionTime } from './values.ts'

export interface StixConversion {
  /** Each id once; what others refer to is there, but for markings of TLP. */
  readonly objects: readonly StixObject[]
  readonly notes: readonly ConversionNote[]
}

/**
 * An event as STIX 2.1: a report (published) or a grouping, and all that it is about. Observables have the ids that everybody gives them; the rest
 * have the UUIDs that MISP gave, so that converting again makes the same objects.
 * @source MISP/misp-stix, documentation/mapping
 */
export function mispToStix(event: MispEvent): StixConversion {
  const isEmpty = event.Attribute.length + event.Object.length + event.Galaxy.length === 0
  const maker = event.Orgc ?? event.Org ?? (isEmpty ? nobody : undefined)
  const identities = new Map<string, StixObject>()
  const timestampSeconds = event.timestamp ?? 0
  const createdByRef = maker && organisation(maker, timestampSeconds, identities)
  const context: StixContext = {
    createdByRef,
    timestampSeconds,
    notes: [],
    clusters: new Map(),
    idsByUuid: new Map(),
    executables: executablesByFile(event.Object),
    absorbed: new Set(),
  }
  const parts: StixObject[] = []
  const links: StixObject[] = []
  for (const attribute of event.Attribute) {
    const made = attributeToStix(attribute, context)
    parts.push(...made, ...sightingsOf(attribute, subjectOf(made), identities, context))
    links.push(...galaxyLinks(attribute.Galaxy, subjectOf(made), attribute, context))
  }
  // Files before what says that they are programs, which becomes part of them.
  const isFile = (object: MispObject) => context.executables.has(object.uuid ?? '')
  for (const object of [...event.Object.filter(isFile), ...event.Object.filter((one) => !isFile(one))]) {
    if (context.absorbed.has(object.uuid ?? '')) continue
    const made = objectToStix(object, context)
    parts.push(...made)
    for (const attribute of object.Attribute) {
      parts.push(...sightingsOf(attribute, subjectOf(made), identities, context))
      links.push(...galaxyLinks(attribute.Galaxy, subjectOf(made), attribute, context))
    }
  }
  links.push(...referencesOf(event, context))
  for (const galaxy of event.Galaxy) for (const cluster of galaxy.GalaxyCluster) clusterToStix(cluster, galaxy, context)
  const containerId = `${event.published ? 'report' : 'grouping'}--${event.uuid ?? mispNamedUuid(event.info)}`
  if (event.uuid) context.idsByUuid.set(event.uuid, containerId)
  const analyst = analystDataToStix(event, context)
  if (event.ShadowAttribute.length > 0)
    context.notes.push({
      about: event.uuid ?? '',
      property: 'ShadowAttribute',
      kind: 'dropped',
      message: `${event.ShadowAttribute.length} proposals: STIX has none`,
    })
  const within = unique([...parts, ...context.clusters.values(), ...links, ...analyst.within])
  const container = containerOf(event, containerId, within, context)
  return { objects: unique([...identities.values(), container, ...within, ...analyst.about]), notes: context.notes }
}

/** A report must be about something: one of nothing is about who made it. */
const nobody: MispOrg = { name: 'Unknown organisation', uuid: undefined }

function unique(objects: readonly StixObject[]): StixObject[] {
  const byId = new Map<string, StixObject>()
  for (const object of objects) if (!byId.has(idOf(object))) byId.set(idOf(object), object)
  return [...byId.values()]
}

/** What relationships of an attribute or object begin at: its indicator, if it has one. */
function subjectOf(made: readonly StixObject[]): string {
  const main = made.find(({ type }) => type === 'indicator') ?? made[0]!
  return idOf(main)
}

function organisation(org: MispOrg, timestampSeconds: number, identities: Map<string, StixObject>): string {
  const id = `identity--${org.uuid ?? mispNamedUuid(org.name)}`
  const time = versionTime(timestampSeconds)
  if (!identities.has(id))
    identities.set(id, {
      type: 'identity',
      spec_version: '2.1',
      id,
      created: time,
      modified: time,
      name: org.name,
      identity_class: 'organization',
    })
  return id
}

/** Threats are indicated by what is found by a pattern, and related to what was just seen. */
function galaxyLinks(
  galaxies: readonly MispGalaxy[],
  source: string,
  { timestamp }: MispAttribute,
  context: StixContext,
): StixObject[] {
  return galaxies.flatMap((galaxy) =>
    galaxy.GalaxyCluster.map((cluster) => {
      const target = clusterToStix(cluster, galaxy, context)
      return relationship({ source, type: linkType(source, target), target, timestamp }, context)
    }),
  )
}

const indicated = /^(?:attack-pattern|campaign|intrusion-set|malware|threat-actor|tool)--/
const linkType = (source: string, target: string): string =>
  source.startsWith('indicator--') && indicated.test(target) ? 'indicates' : 'related-to'

function sightingsOf(
  attribute: MispAttribute,
  target: string,
  identities: Map<string, StixObject>,
  context: StixContext,
): StixObject[] {
  return attribute.Sighting.map((sighting, n) => sightingToStix(sighting, n, target, identities, context))
}

function sightingToStix(
  sighting: MispSighting,
  place: number,
  target: string,
  identities: Map<string, StixObject>,
  context: StixContext,
): StixObject {
  const uuid = sighting.uuid ?? mispNamedUuid(`${target} - sighting - ${place} - ${sighting.date_sighting ?? ''}`)
  const by = sighting.Organisation && organisation(sighting.Organisation, context.timestampSeconds, identities)
  const of = { timestamp: sighting.date_sighting }
  const source: Properties = sighting.source ? { x_misp_source: sighting.source } : {}
  if (sighting.type === '0') {
    const seen = plainTime(sighting.date_sighting ?? context.timestampSeconds)
    return {
      ...head('sighting', `sighting--${uuid}`, of, context),
      first_seen: seen,
      last_seen: seen,
      count: 1,
      sighting_of_ref: target,
      ...(by ? { where_sighted_refs: [by] } : {}),
      ...source,
    }
  }
  return {
    ...head('opinion', `opinion--${uuid}`, of, context),
    explanation: sighting.type === '1' ? 'False positive Sighting' : 'Expiration Sighting',
    ...(sighting.Organisation ? { authors: [sighting.Organisation.name] } : {}),
    opinion: sighting.type === '1' ? 'strongly-disagree' : 'disagree',
    object_refs: [target],
    ...(by ? { x_misp_author_ref: by } : {}),
    ...source,
  }
}

function referencesOf(event: MispEvent, context: StixContext): StixObject[] {
  const links: StixObject[] = []
  for (const object of event.Object)
    for (const { uuid, referenced_uuid: target, relationship_type: type, timestamp } of object.ObjectReference) {
      const source = object.uuid && context.idsByUuid.get(object.uuid)
      const found = target && context.idsByUuid.get(target)
      const isInside = context.absorbed.has(target ?? '') && (object.name === 'file' || object.name === 'pe')
      if (isInside) continue
      if (source && found && found !== source) {
        const link = relationship({ source, type: type ?? 'related-to', target: found, timestamp }, context)
        links.push(uuid ? { ...link, id: `relationship--${uuid}` } : link)
      } else
        context.notes.push({
          about: object.uuid ?? '',
          property: 'ObjectReference',
          kind: 'dropped',
          message: `what ${target ?? '(nothing)'} is, is not in the event, or is part of the object itself`,
        })
    }
  return links
}

/** Fields of events that a report has no property for. */
const keptFields = ['date', 'threat_level_id', 'analysis', 'distribution', 'extends_uuid'] as const

function containerOf(event: MispEvent, id: string, within: readonly StixObject[], context: StixContext): StixObject {
  const clusters = event.Galaxy.flatMap(({ GalaxyCluster }) => GalaxyCluster)
  const kept: Properties = {}
  for (const field of keptFields) {
    const value = event[field]
    const isImplied = field === 'date' && value === versionTime(event.timestamp ?? 0).slice(0, 10)
    if (value !== undefined && value !== '' && !isImplied) kept[`x_misp_${field}`] = value
  }
  const empty = context.createdByRef ? [context.createdByRef] : []
  const refs = within.length > 0 ? within.map(idOf) : empty
  return {
    ...head(event.published ? 'report' : 'grouping', id, event, context),
    name: event.info === '' ? '(no name)' : event.info,
    ...(event.published
      ? { published: plainTime(event.publish_timestamp || (event.timestamp ?? 0)), report_types: ['threat-report'] }
      : { context: 'suspicious-activity' }),
    object_refs: refs,
    ...tagged(['Threat-Report'], event.Tag, clusters),
    ...kept,
  }
}
