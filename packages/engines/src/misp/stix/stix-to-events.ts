import { boundProblem } from '../../stix/bounds.ts'
import { isVersion2_0, upgradeObject } from '../../stix/upgrade/upgrade.ts'
import type { StixObject } from '../../stix-pattern/index.ts'
import type { MispEvent, MispGalaxy } from '../event.ts'
import type { ConversionNote } from './conversion.ts'
import { importNote, importOpinion, importRelationship, importSighting, linksOf } from './import-links.ts'
import {
  importDomainObject,
  importIndicator,
  importKept,
  importObservable,
  importObserved,
  isObservable,
  referredBy,
} from './import-parts.ts'
import { drop, type EventDraft, emptyAttribute, type ImportContext, newEventDraft, tagsOf } from './import-state.ts'
import { mispNamedUuid } from './observable-graph.ts'
import { stixToGalaxy } from './stix-to-cluster.ts'
import { idOf, present, secondsOf, textOf, textsOf, typeOf, uuidOf } from './values.ts'

export interface MispConversion {
  readonly events: readonly MispEvent[]
  /** What MISP could not say. */
  readonly notes: readonly ConversionNote[]
}

/**
 * STIX 2.1 as events: one for each report and grouping, or one of all when there is none. What the converter of MISP wrote becomes what it was made
 * of; of others, observables and indicators become attributes and objects, threats become galaxies.
 * @source MISP/misp-stix, documentation/mapping
 */
export function stixToMisp(objects: readonly StixObject[]): MispConversion {
  const context = contextOf(objects)
  const containers = [...context.objects.values()].filter(isContainer)
  const taken = new Set(containers.flatMap((container) => textsOf(container.object_refs)))
  const left = [...context.objects.values()].filter((object) => !taken.has(idOf(object)) && !isContainer(object))
  if (containers.length === 0) return { events: [eventOf(undefined, left, context)], notes: context.notes }
  const events = containers.map((container, place) => {
    const own = textsOf(container.object_refs).flatMap((id) => {
      const object = context.objects.get(id)
      if (!object) drop(context, idOf(container), 'object_refs', `${id} is not there`)
      return present(object && !isContainer(object) ? object : undefined)
    })
    return eventOf(container, place === 0 ? [...own, ...left] : own, context)
  })
  return { events, notes: context.notes }
}

const isContainer = (object: StixObject): boolean => typeOf(object) === 'report' || typeOf(object) === 'grouping'

/** What is of STIX 2.0 is brought to 2.1. */
function* upgraded(objects: readonly StixObject[]): Generator<StixObject> {
  for (const object of objects) {
    if (!isVersion2_0(object)) yield object
    else {
      // Labels of the converter are no kinds of anything, which is what others become.
      const labels = textsOf(object.labels)
      const own = labels.filter((label) => label.startsWith('misp:'))
      const others = labels.filter((label) => !label.startsWith('misp:'))
      const { labels: _, ...bare } = object
      const { object: made, observables } = upgradeObject(others.length > 0 ? { ...bare, labels: others } : bare)
      yield own.length > 0 ? { ...made, labels: [...own, ...textsOf(made.labels)] } : made
      yield* observables
    }
  }
}

function contextOf(objects: readonly StixObject[]): ImportContext {
  const byId = new Map<string, StixObject>()
  const notes: ConversionNote[] = []
  const bearable = objects.filter((object) => {
    const problem = boundProblem(object)
    if (problem) notes.push({ about: idOf(object), property: '', kind: 'dropped', message: problem })
    return problem === undefined
  })
  for (const object of upgraded(bearable))
    if (idOf(object) !== '' && !byId.has(idOf(object))) byId.set(idOf(object), object)
  const indicatorByObserved = new Map<string, StixObject>()
  const observedByIndicator = new Map<string, StixObject>()
  const referred = new Set<string>()
  const organisations = new Set<string>()
  for (const object of byId.values()) {
    for (const id of [object.created_by_ref, object.x_misp_author_ref, ...textsOf(object.where_sighted_refs)])
      if (typeof id === 'string') organisations.add(id)
    if (object.relationship_type === 'based-on') {
      const [indicator, observed] = [
        byId.get(textOf(object.source_ref) ?? ''),
        byId.get(textOf(object.target_ref) ?? ''),
      ]
      if (
        indicator &&
        observed &&
        !indicatorByObserved.has(idOf(observed)) &&
        !observedByIndicator.has(idOf(indicator))
      ) {
        indicatorByObserved.set(idOf(observed), indicator)
        observedByIndicator.set(idOf(indicator), observed)
      }
    }
    const type = typeOf(object)
    if (type === 'observed-data') for (const id of textsOf(object.object_refs)) referred.add(id)
    else if (isObservable(type)) for (const id of referredBy(object)) referred.add(id)
  }
  return { objects: byId, indicatorByObserved, observedByIndicator, referred, organisations, notes }
}

function eventOf(container: StixObject | undefined, objects: readonly StixObject[], context: ImportContext): MispEvent {
  const event = newEventDraft()
  const commented = { Note: [], Opinion: [] }
  if (container) event.commentedById.set(idOf(container), commented)
  const mine = new Set(objects.map(idOf))
  const later: StixObject[] = []
  for (const object of objects) if (!importOne(object, mine, event, context)) later.push(object)
  for (const object of later) importLater(object, event, context)
  const by = textOf((container ?? objects.find(({ created_by_ref: ref }) => ref !== undefined))?.created_by_ref)
  const maker = by === undefined ? undefined : context.objects.get(by)
  const org = maker && { name: textOf(maker.name) ?? idOf(maker), uuid: uuidOf(idOf(maker)) }
  for (const url of container ? linksOf(container) : [])
    event.attributes.push({ ...emptyAttribute('link', url), category: 'External analysis' })
  return {
    ...headOf(container, objects, context),
    Org: undefined,
    Orgc: org,
    Attribute: event.attributes,
    Object: event.objects,
    Galaxy: ownGalaxies(event),
    EventReport: event.reports,
    RelatedEvent: [],
    ShadowAttribute: [],
    ...commented,
  }
}

/** Those that nothing of the event is linked with; of one galaxy, all clusters together. */
function ownGalaxies(event: EventDraft): MispGalaxy[] {
  const byType = new Map<string, MispGalaxy>()
  for (const [id, galaxy] of event.galaxiesById) {
    if (event.linkedGalaxies.has(id)) continue
    const there = byType.get(String(galaxy.type))
    if (there) there.GalaxyCluster.push(...galaxy.GalaxyCluster)
    else byType.set(String(galaxy.type), { ...galaxy, GalaxyCluster: [...galaxy.GalaxyCluster] })
  }
  return [...byType.values()]
}

function headOf(container: StixObject | undefined, objects: readonly StixObject[], context: ImportContext) {
  const kept = (field: string) => textOf(container?.[`x_misp_${field}`])
  const created = textOf(container?.created)
  const published = container !== undefined && typeOf(container) === 'report'
  const description = textOf(container?.description)
  if (description) drop(context, idOf(container!), 'description', 'an event has a name alone')
  return {
    uuid: container ? uuidOf(idOf(container)) : mispNamedUuid(objects.map(idOf).sort().join(' - ')),
    info: textOf(container?.name) ?? 'STIX 2.1',
    date: kept('date') ?? created?.slice(0, 10),
    timestamp: secondsOf(container?.modified),
    publish_timestamp: published ? secondsOf(container.published) : undefined,
    published,
    threat_level_id: kept('threat_level_id'),
    analysis: kept('analysis'),
    distribution: kept('distribution'),
    extends_uuid: kept('extends_uuid'),
    Tag: container ? tagsOf(container, context) : [],
  }
}

/** @returns whether it is done; what speaks of others waits until they are there */
function importOne(object: StixObject, mine: ReadonlySet<string>, event: EventDraft, context: ImportContext): boolean {
  const type = typeOf(object)
  switch (type) {
    case 'relationship':
    case 'sighting':
    case 'note':
    case 'opinion':
      return false
    case 'observed-data':
      importObserved(object, event, context)
      return true
    case 'indicator': {
      const observed = context.observedByIndicator.get(idOf(object))
      if (!observed || !mine.has(idOf(observed))) importIndicator(object, event, context)
      return true
    }
    case 'x-misp-attribute':
    case 'x-misp-object':
      importKept(object, event, context)
      return true
    case 'marking-definition':
      return true
  }
  if (isObservable(type)) {
    if (!context.referred.has(idOf(object))) importObservable(object, event, context)
    return true
  }
  if (type === 'identity' && isOrganisation(object, context)) return true
  const galaxy = isLabelled(object) ? undefined : stixToGalaxy(object)
  if (galaxy) event.galaxiesById.set(idOf(object), galaxy)
  else if (!importDomainObject(object, event, context))
    drop(context, idOf(object), '', `MISP has nothing for a ${type}`)
  return true
}

const isLabelled = (object: StixObject): boolean =>
  textsOf(object.labels).some((label) => /^misp:(?:name|type)="/.test(label))

/** Who made objects, or saw something: no part of the event. */
const isOrganisation = (identity: StixObject, { organisations }: ImportContext): boolean =>
  organisations.has(idOf(identity)) && !textsOf(identity.labels).some((label) => label.startsWith('misp:'))

function importLater(object: StixObject, event: EventDraft, context: ImportContext): void {
  switch (typeOf(object)) {
    case 'relationship':
      importRelationship(object, event, context)
      return
    case 'note':
      importNote(object, event, context)
      return
    default:
      if (!importSighting(object, event, context)) importOpinion(object, event, context)
  }
}
