import { validateStix } from '../../stix/validate/validate.ts'
import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import type { MispCluster, MispTag } from '../event.ts'
import { splitTags } from './labels.ts'
import { mispNamedUuid } from './observable-graph.ts'
import type { PortableExecutable } from './portable-executable.ts'
import { plainTime, stixTime, versionTime } from './values.ts'

/** Something that a conversion left out or wrote otherwise. */
export interface ConversionNote {
  /** The id or UUID of what it is about. */
  readonly about: string
  /** Property within, e.g. `external_references[1]`; empty: as a whole. */
  readonly property: string
  readonly kind: 'dropped' | 'changed'
  readonly message: string
}

/** Whether observables may be written: none has a value that is none of its kind. */
export const isValidStix = (objects: readonly StixObject[]): boolean =>
  objects.every((object) => validateStix(object).valid)

export type Properties = { [name: string]: StixValue }

/** What all objects of an event share. */
export interface StixContext {
  /** Who made the event. */
  readonly createdByRef: string | undefined
  /** Of what has no time of its own, in seconds since 1970. */
  readonly timestampSeconds: number
  readonly notes: ConversionNote[]
  /** Clusters that were met, each once, with the id that it has in STIX. */
  readonly clusters: Map<string, StixObject>
  /** Ids of objects, by the UUID of what they were made of: what relationships lead to. */
  readonly idsByUuid: Map<string, string>
  /** What files are programs, by the file's UUID. */
  readonly executables: ReadonlyMap<string, PortableExecutable>
  /** UUIDs of objects that became part of another's. */
  readonly absorbed: Set<string>
}

export interface Versioned {
  readonly timestamp?: number | undefined
  readonly first_seen?: string | undefined
  readonly last_seen?: string | undefined
}

/** What every object of the domain begins with. */
export function head(type: string, id: string, of: Versioned, context: StixContext): Properties {
  const time = versionTime(of.timestamp ?? context.timestampSeconds)
  return {
    type,
    spec_version: '2.1',
    id,
    ...(context.createdByRef ? { created_by_ref: context.createdByRef } : {}),
    created: time,
    modified: time,
  }
}

/** From when until when something was seen: once, at its timestamp, unless it says otherwise. */
export function seenFrom(of: Versioned, context: StixContext): { first: string; last: string } {
  const plain = plainTime(of.timestamp ?? context.timestampSeconds)
  const first = (of.first_seen && stixTime(of.first_seen)) ?? plain
  const last = (of.last_seen && stixTime(of.last_seen)) ?? first
  return { first, last: Date.parse(last) < Date.parse(first) ? first : last }
}

/** Labels and markings that tags become. */
export function tagged(
  own: readonly string[],
  tags: readonly MispTag[],
  clusters: readonly MispCluster[],
): { labels?: StixValue; object_marking_refs?: StixValue } {
  const clusterTags = new Set(clusters.flatMap(({ tag_name: name }) => (name ? [name] : [])))
  for (const { type, value } of clusters) if (type) clusterTags.add(`misp-galaxy:${type}="${value}"`)
  const { labels, markings } = splitTags(tags, { clusterTags })
  const all = [...new Set([...own, ...labels])]
  return {
    ...(all.length > 0 ? { labels: all } : {}),
    ...(markings.length > 0 ? { object_marking_refs: markings } : {}),
  }
}

/** A relationship whose id is made of its ends, so that converting again makes the same. */
export function relationship(
  of: {
    readonly source: string
    readonly type: string
    readonly target: string
    readonly timestamp?: number | undefined
  },
  context: StixContext,
): StixObject {
  const time = versionTime(of.timestamp ?? context.timestampSeconds)
  return {
    type: 'relationship',
    spec_version: '2.1',
    id: `relationship--${mispNamedUuid(`${of.source} - ${of.type} - ${of.target}`)}`,
    created: time,
    modified: time,
    relationship_type: of.type,
    source_ref: of.source,
    target_ref: of.target,
  }
}

/** What was observed, and the pattern that finds it again, for an attribute or an object. */
export function observedAndIndicator(
  of: Versioned & {
    readonly uuid: string
    readonly comment?: string | undefined
    readonly category: string
    readonly tags: { labels?: StixValue; object_marking_refs?: StixValue }
  },
  made: {
    readonly observables: readonly StixObject[]
    readonly pattern: string | undefined
    readonly language?: string
  },
  context: StixContext,
): StixObject[] {
  const objects: StixObject[] = []
  const { first, last } = seenFrom(of, context)
  const observedId = `observed-data--${of.uuid}`
  const indicatorId = `indicator--${of.uuid}`
  if (made.observables.length > 0)
    objects.push(
      {
        ...head('observed-data', observedId, of, context),
        first_observed: first,
        last_observed: last,
        number_observed: 1,
        object_refs: made.observables.map(({ id }) => id!),
        ...of.tags,
        ...(of.comment && made.pattern === undefined ? { x_misp_comment: of.comment } : {}),
      },
      ...made.observables,
    )
  if (made.pattern !== undefined) {
    objects.push({
      ...head('indicator', indicatorId, of, context),
      ...(of.comment ? { description: of.comment } : {}),
      pattern: made.pattern,
      pattern_type: made.language ?? 'stix',
      ...(made.language === undefined ? { pattern_version: '2.1' } : {}),
      valid_from: first,
      kill_chain_phases: [{ kill_chain_name: 'misp-category', phase_name: of.category }],
      ...of.tags,
    })
    if (made.observables.length > 0)
      objects.push(
        relationship({ source: indicatorId, type: 'based-on', target: observedId, timestamp: of.timestamp }, context),
      )
  }
  context.idsByUuid.set(of.uuid, made.pattern === undefined ? observedId : indicatorId)
  return objects
}
