import type { StixObject } from '../../stix-pattern/index.ts'
import type { MispGalaxy, MispSighting } from '../event.ts'
import {
  type Commented,
  clusterOf,
  type Draft,
  drop,
  type EventDraft,
  emptyAttribute,
  emptyObject,
  emptyReference,
  type ImportContext,
} from './import-state.ts'
import { readLabels } from './labels.ts'
import { mispNamedUuid } from './observable-graph.ts'
import { customOf } from './stix-to-object.ts'
import { idOf, isObject, listOf, secondsOf, textOf, textsOf, uuidOf } from './values.ts'

const galaxyList = (draft: Draft): MispGalaxy[] | undefined =>
  draft.kind === 'attribute' ? draft.attribute.Galaxy : draft.object.Attribute[0]?.Galaxy

/** A relationship as a galaxy of an attribute, or as a reference of an object. */
export function importRelationship(link: StixObject, event: EventDraft, context: ImportContext): void {
  const [source, target, type] = [
    textOf(link.source_ref) ?? '',
    textOf(link.target_ref) ?? '',
    textOf(link.relationship_type) ?? 'related-to',
  ]
  const from = event.draftsById.get(source)
  const galaxy = event.galaxiesById.get(target)
  const to = event.draftsById.get(target)
  // What an attribute indicates is based on what it observes: both are the attribute.
  if (from !== undefined && from === to) return
  const galaxies = from && galaxyList(from)
  if (galaxies && galaxy) {
    galaxies.push(galaxy)
    event.linkedGalaxies.add(target)
  } else if (from?.kind === 'object' && (to || galaxy)) {
    const named = to ? (to.kind === 'object' ? to.object.uuid : to.attribute.uuid) : galaxy && clusterOf(galaxy).uuid
    from.object.ObjectReference.push({
      ...emptyReference(named ?? uuidOf(target), type),
      uuid: uuidOf(idOf(link)),
      timestamp: secondsOf(link.modified),
    })
  } else drop(context, idOf(link), '', `MISP cannot say that ${source} is ${type} ${target}`)
}

/** Sightings, and opinions that are sightings of a false positive. @returns whether it was one */
export function importSighting(object: StixObject, event: EventDraft, context: ImportContext): boolean {
  const isOpinion = object.type === 'opinion'
  const explanation = textOf(object.explanation) ?? ''
  if (isOpinion && !/ Sighting$/.test(explanation)) return false
  const target = isOpinion ? textsOf(object.object_refs)[0] : textOf(object.sighting_of_ref)
  const draft = target === undefined ? undefined : event.draftsById.get(target)
  const attribute = draft?.kind === 'attribute' ? draft.attribute : draft?.object.Attribute[0]
  if (!attribute) {
    drop(context, idOf(object), '', `a sighting of ${target ?? 'nothing'}, which is no attribute`)
    return true
  }
  const by = isOpinion ? textOf(object.x_misp_author_ref) : textsOf(object.where_sighted_refs)[0]
  const identity = by === undefined ? undefined : context.objects.get(by)
  const name = textOf(identity?.name) ?? textsOf(object.authors)[0]
  const sighting: MispSighting = {
    uuid: uuidOf(idOf(object)),
    type: !isOpinion ? '0' : explanation.startsWith('Expiration') ? '2' : '1',
    date_sighting: secondsOf(isOpinion ? object.modified : (object.last_seen ?? object.first_seen ?? object.modified)),
    source: textOf(object.x_misp_source),
    Organisation: name === undefined ? undefined : { name, uuid: by && uuidOf(by) },
  }
  attribute.Sighting.push(sighting)
  if (typeof object.count === 'number' && object.count > 1)
    drop(context, idOf(object), 'count', `seen ${object.count} times: MISP has one sighting for each`)
  return true
}

/** Notes: reports of the event, notes of analysts, or annotations. */
export function importNote(note: StixObject, event: EventDraft, context: ImportContext): void {
  const { misp } = readLabels(textsOf(note.labels))
  const uuid = uuidOf(idOf(note))
  const targets = textsOf(note.object_refs)
  if (misp.get('name') === 'annotation') {
    importAnnotation(note, event)
    return
  }
  const commented = misp.get('context-layer') === 'Analyst Note' ? commentedOf(targets, event) : undefined
  const own: Commented = { Note: [], Opinion: [] }
  event.commentedById.set(idOf(note), own)
  if (commented) {
    const language = textOf(note.lang)
    commented.Note.push({
      ...analystFields(note),
      note: textOf(note.content) ?? '',
      ...(language ? { language } : {}),
      ...own,
    })
    return
  }
  event.reports.push({
    uuid,
    name: textOf(note.abstract) ?? 'Note',
    content: textOf(note.content) ?? '',
    timestamp: secondsOf(note.modified),
    deleted: undefined,
    ...own,
  })
  if (misp.get('context-layer') !== undefined || misp.get('data-layer') === undefined)
    drop(context, idOf(note), 'object_refs', 'a report of an event does not say what it is about, but by its text')
}

export function importOpinion(opinion: StixObject, event: EventDraft, context: ImportContext): void {
  const commented = commentedOf(textsOf(opinion.object_refs), event)
  if (!commented) {
    drop(context, idOf(opinion), '', 'an opinion on what is no attribute or object')
    return
  }
  const comment = textOf(opinion.explanation)
  const own: Commented = { Note: [], Opinion: [] }
  event.commentedById.set(idOf(opinion), own)
  commented.Opinion.push({
    ...own,
    ...analystFields(opinion),
    opinion: String(opinion.x_misp_opinion ?? scores[textOf(opinion.opinion) ?? ''] ?? 50),
    ...(comment ? { comment } : {}),
  })
}

/** The middle of what each word means. */
const scores: Readonly<Record<string, number>> = {
  'strongly-disagree': 10,
  disagree: 30,
  neutral: 50,
  agree: 70,
  'strongly-agree': 90,
}

const analystTime = (value: unknown): string =>
  String(value ?? '').replace(/^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2}).*$/, '$1 $2')
const analystFields = (object: StixObject) => ({
  uuid: uuidOf(idOf(object)),
  authors: textsOf(object.authors).join(', '),
  created: analystTime(object.created),
  modified: analystTime(object.modified),
})

/** What an analyst wrote of: an attribute or object, the event, a report of it, or what another analyst wrote. */
function commentedOf(targets: readonly string[], event: EventDraft): Commented | undefined {
  for (const id of targets) {
    const draft = event.draftsById.get(id)
    if (draft) return draft.kind === 'attribute' ? draft.attribute : draft.object
    const other = event.commentedById.get(id)
    if (other) return other
  }
  return undefined
}

function importAnnotation(note: StixObject, event: EventDraft): void {
  const uuid = uuidOf(idOf(note))
  const values = [{ relation: 'text', type: 'text', value: textOf(note.content) ?? '' }, ...customOf(note)]
  const object = {
    ...emptyObject('annotation'),
    uuid,
    'meta-category': 'misc',
    timestamp: secondsOf(note.modified),
    Attribute: values.map((one, place) => ({
      ...emptyAttribute(one.type, one.value),
      uuid: mispNamedUuid(`${uuid} - ${one.relation} - ${place} - ${one.value}`),
      object_relation: one.relation,
      data: 'data' in one ? one.data : undefined,
    })),
  }
  for (const target of textsOf(note.object_refs)) {
    const draft = event.draftsById.get(target)
    const named = draft?.kind === 'object' ? draft.object.uuid : draft?.attribute.uuid
    object.ObjectReference.push(emptyReference(named ?? uuidOf(target), 'annotates'))
  }
  event.objects.push(object)
  event.draftsById.set(idOf(note), { kind: 'object', object })
}

/** References outside that a report has. */
export const linksOf = (object: StixObject): string[] =>
  listOf(object.external_references).flatMap((one) => (isObject(one) ? (textOf(one.url) ?? []) : []))
