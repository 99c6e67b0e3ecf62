import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import type { MispAttribute, MispEvent } from '../event.ts'
import { writeMispEvent } from '../write-event.ts'
import { compareStix, type Difference } from './compare.ts'
import type { ConversionNote } from './conversion.ts'
import { mispToStix, type StixConversion } from './event-to-stix.ts'
import { type MispConversion, stixToMisp } from './stix-to-events.ts'
import { idOf, isObject } from './values.ts'

/** A difference between what came in and what would go out again, and why. */
export interface ReportedDifference extends Difference {
  readonly kind: 'dropped' | 'added' | 'changed'
  readonly reason: string
}

const kindOf = ({ before, after }: Difference): ReportedDifference['kind'] =>
  after === undefined ? 'dropped' : before === undefined ? 'added' : 'changed'

/**
 * STIX as events, with all that differs when they are written as STIX again. The report is measured and not foreseen: nothing that is lost is
 * missing from it.
 */
export function stixToMispReported(
  objects: readonly StixObject[],
): MispConversion & { readonly differences: readonly ReportedDifference[]; readonly exported: readonly StixObject[] } {
  const conversion = stixToMisp(objects)
  const notes = notesByAbout(conversion.notes)
  const exported = distinct(conversion.events.flatMap((event) => mispToStix(event).objects))
  const differences = compareStix(objects, exported).map((one) => ({
    ...one,
    kind: kindOf(one),
    reason: reasonOf(one, notes),
  }))
  return { ...conversion, exported, differences }
}

const distinct = (objects: readonly StixObject[]): StixObject[] => [
  ...new Map(objects.map((object) => [idOf(object), object])).values(),
]

function notesByAbout(notes: readonly ConversionNote[]): Map<string, ConversionNote[]> {
  const byAbout = new Map<string, ConversionNote[]>()
  for (const note of notes) {
    const others = byAbout.get(note.about)
    if (others) others.push(note)
    else byAbout.set(note.about, [note])
  }
  return byAbout
}

/** What MISP has no place for, by what it is about. */
const known: readonly (readonly [RegExp, RegExp, string])[] = [
  [
    /^relationship--/,
    /^$/,
    'MISP does not keep relationships of attributes; they are written anew, with ids made of their ends',
  ],
  [/^(?:grouping|report)--/, /^object_refs/, 'what the event is about, as written anew'],
  [/^observed-data--/, /^object_refs/, 'observables, as written anew'],
  [
    /^(?:observed-data|indicator)--/,
    /^$/,
    'an attribute is written as what it observes and, for detection, what it indicates',
  ],
  [/^indicator--/, /^pattern/, 'the pattern is written anew from the values that it asks for'],
  [/^marking-definition--/, /^$/, 'a tag stands for the marking'],
  [/^identity--/, /./, 'MISP knows of an organisation its name and UUID'],
  [/./, /^created_by_ref$/, 'an event has one maker'],
  [/./, /^object_marking_refs/, 'TLP is of version 2.0'],
  [/./, /^kill_chain_phases/, 'a category is no phase of a kill chain'],
]

function reasonOf({ about, path }: Difference, notes: ReadonlyMap<string, readonly ConversionNote[]>): string {
  const note = notes.get(about)?.find(({ property }) => property === '' || path.startsWith(property))
  if (note) return note.message
  return (
    known.find(([id, property]) => id.test(about) && property.test(path))?.[2] ??
    'MISP has no place for it, or another form'
  )
}

/** An event as STIX, with all that differs when it is read as an event again. */
export function mispToStixReported(
  event: MispEvent,
): StixConversion & { readonly differences: readonly ReportedDifference[]; readonly back: MispEvent | undefined } {
  const conversion = mispToStix(event)
  const [back] = stixToMisp(conversion.objects).events
  const notes = notesByAbout(conversion.notes)
  const differences = compareStix(recordsOf(event), back ? recordsOf(back) : []).map((one) => ({
    ...one,
    kind: kindOf(one),
    reason:
      notes.get(one.about.slice(one.about.indexOf(' ') + 1))?.[0]?.message ??
      'STIX has no place for it, or another form',
  }))
  return { ...conversion, back, differences }
}

/** The event, its objects and its attributes, each by itself; attributes of objects by what they are, for they have no id in STIX. */
function recordsOf(event: MispEvent): StixObject[] {
  const { Attribute: _, Object: __, RelatedEvent: ___, Org: ____, ...head } = writeMispEvent(event).Event
  const records = [record('event', event.uuid ?? '', head)]
  for (const attribute of event.Attribute)
    records.push(record('attribute', attributeName(attribute, event.uuid ?? ''), attribute))
  for (const object of event.Object) {
    const { Attribute: attributes, ...rest } = object
    records.push(record('object', object.uuid ?? object.name, rest))
    for (const attribute of attributes) {
      const name = `${object.uuid ?? object.name} - ${attribute.object_relation ?? attribute.type} - ${attribute.value}`
      records.push(record('attribute', name, { ...attribute, uuid: undefined }))
    }
  }
  return records
}

const attributeName = ({ uuid, type, value }: MispAttribute, event: string): string =>
  uuid ?? `${event} - ${type} - ${value}`

/** Numbers of MISP's own database, and what is not there, say nothing. */
const ofDatabase =
  /^(?:id|event_id|object_id|org_id|orgc_id|sharing_group_id|galaxy_id|tag_id|attribute_count|sid|disable_correlation)$/

function record(kind: string, name: string, value: Readonly<Record<string, unknown>>): StixObject {
  const { type, ...rest } = plain(value)
  return { ...rest, id: `${kind} ${name}`, ...(type === undefined ? {} : { of_type: type }) }
}

function plain(value: Readonly<Record<string, unknown>>): { [name: string]: StixValue } {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]): [string, StixValue][] => {
      if (ofDatabase.test(name) || one === undefined || one === null || one === '' || one === false) return []
      const made = plainValue(one)
      const isEmpty = (Array.isArray(made) && made.length === 0) || (isObject(made) && Object.keys(made).length === 0)
      return isEmpty ? [] : [[name, made]]
    }),
  )
}

function plainValue(value: unknown): StixValue {
  if (Array.isArray(value)) return value.map(plainValue)
  if (typeof value === 'object' && value !== null) return plain({ ...value })
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}
