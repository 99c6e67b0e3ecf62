import type { z } from 'zod'
import type { StixObject } from '../../stix-pattern/index.ts'
import type {
  MispAnalystData,
  MispAttribute,
  MispCluster,
  MispEventReport,
  MispGalaxy,
  MispReference,
  MispTag,
  mispObjectHead,
} from '../event.ts'
import type { ConversionNote } from './conversion.ts'
import { readLabels, tagOfMarking } from './labels.ts'
import type { ObjectsById } from './paths.ts'
import { isObject, listOf, mispTime, secondsOf, textOf, textsOf } from './values.ts'

export type AttributeDraft = MispAttribute
export type ObjectDraft = z.output<typeof mispObjectHead> & { Attribute: AttributeDraft[] }
export type Draft =
  | { readonly kind: 'attribute'; readonly attribute: AttributeDraft }
  | { readonly kind: 'object'; readonly object: ObjectDraft }

/** An event while it is made of STIX. */
export interface EventDraft {
  readonly attributes: AttributeDraft[]
  readonly objects: ObjectDraft[]
  readonly galaxies: MispGalaxy[]
  readonly reports: MispEventReport[]
  /** What notes and opinions are about: the event itself, and notes, by id. */
  readonly commentedById: Map<string, Commented>
  /** What became of an object, by its id. */
  readonly draftsById: Map<string, Draft>
  readonly galaxiesById: Map<string, MispGalaxy>
  /** Clusters that something of the event is linked with, and so are not the event's own. */
  readonly linkedGalaxies: Set<string>
}

/** Something that analysts wrote of. */
export interface Commented {
  readonly Note: MispAnalystData[]
  readonly Opinion: MispAnalystData[]
}

export interface ImportContext {
  readonly objects: ObjectsById
  /** The indicator that is based on observed data, by its id; and the other way round. */
  readonly indicatorByObserved: ReadonlyMap<string, StixObject>
  readonly observedByIndicator: ReadonlyMap<string, StixObject>
  /** Observables that observed data, or other observables, refer to. */
  readonly referred: ReadonlySet<string>
  /** Identities that made or saw something. */
  readonly organisations: ReadonlySet<string>
  readonly notes: ConversionNote[]
}

export const newEventDraft = (): EventDraft => ({
  attributes: [],
  objects: [],
  galaxies: [],
  reports: [],
  commentedById: new Map(),
  draftsById: new Map(),
  galaxiesById: new Map(),
  linkedGalaxies: new Set(),
})

export const drop = (context: ImportContext, about: string, property: string, message: string): void => {
  context.notes.push({ about, property, kind: 'dropped', message })
}

/** Labels that are tags, and markings, as tags. */
export function tagsOf(object: StixObject, context: ImportContext): MispTag[] {
  const { tags } = readLabels(textsOf(object.labels))
  const markings = textsOf(object.object_marking_refs).flatMap((id) => {
    const tag = tagOfMarking(id) ?? tagOfDefinition(context.objects.get(id))
    if (tag === undefined) drop(context, String(object.id), 'object_marking_refs', `${id} is no marking that is a tag`)
    return tag ?? []
  })
  return [...new Set([...tags, ...markings])].map((name) => ({ name, colour: undefined, relationship_type: undefined }))
}

function tagOfDefinition(marking: StixObject | undefined): string | undefined {
  const { definition, extensions, name } = marking ?? {}
  if (isObject(definition) && typeof definition.tlp === 'string') return `tlp:${definition.tlp}`
  if (isObject(definition) && typeof definition.statement === 'string') return definition.statement
  for (const extension of isObject(extensions) ? Object.values(extensions) : [])
    if (isObject(extension) && typeof extension.tlp_2_0 === 'string') return `tlp:${extension.tlp_2_0}`
  return textOf(name)?.toLowerCase()
}

/** Fields that attributes made of STIX begin with. */
export const emptyAttribute = (type: string, value: string): AttributeDraft => ({
  uuid: undefined,
  type,
  category: undefined,
  value,
  comment: undefined,
  to_ids: false,
  timestamp: undefined,
  first_seen: undefined,
  last_seen: undefined,
  deleted: undefined,
  disable_correlation: false,
  object_relation: undefined,
  data: undefined,
  Tag: [],
  Galaxy: [],
  Sighting: [],
  ShadowAttribute: [],
  Note: [],
  Opinion: [],
})

export const emptyObject = (name: string): ObjectDraft => ({
  uuid: undefined,
  name,
  'meta-category': undefined,
  description: undefined,
  template_uuid: undefined,
  template_version: undefined,
  comment: undefined,
  timestamp: undefined,
  first_seen: undefined,
  last_seen: undefined,
  deleted: undefined,
  ObjectReference: [],
  Note: [],
  Opinion: [],
  Attribute: [],
})

export const emptyReference = (target: string, type: string): MispReference => ({
  uuid: undefined,
  referenced_uuid: target,
  relationship_type: type,
  comment: undefined,
  timestamp: undefined,
})

/** When something was seen, where that is not just when it was written. */
export function seenTimes(from: StixObject): {
  timestamp: number | undefined
  first_seen: string | undefined
  last_seen: string | undefined
} {
  const timestamp = secondsOf(from.modified)
  const first = textOf(from.first_observed ?? from.valid_from)
  const last = textOf(from.last_observed ?? from.valid_until)
  const differs = (a: string | undefined, b: string | undefined) =>
    a !== undefined && (b === undefined || Date.parse(a) !== Date.parse(b))
  const isSpan = differs(last, first)
  return {
    timestamp,
    first_seen: first !== undefined && (isSpan || differs(first, textOf(from.modified))) ? mispTime(first) : undefined,
    last_seen: last !== undefined && isSpan ? mispTime(last) : undefined,
  }
}

/** The category that the phases of a kill chain carry. */
export function categoryOf(object: StixObject): string | undefined {
  for (const phase of listOf(object.kill_chain_phases))
    if (isObject(phase) && phase.kill_chain_name === 'misp-category') return textOf(phase.phase_name)
  return undefined
}

export const clusterOf = (galaxy: MispGalaxy): MispCluster => galaxy.GalaxyCluster[0]!
