import type { MispAttribute, MispEvent, MispObject } from './event.ts'

/** An event as MISP imports it: times as text, what is absent or empty left out. */
export function writeMispEvent(event: MispEvent): { readonly Event: Readonly<Record<string, unknown>> } {
  return {
    Event: {
      ...written(event),
      Attribute: event.Attribute.map(written),
      ...(event.Object.length > 0 ? { Object: event.Object.map(writtenObject) } : {}),
    },
  }
}

const writtenObject = (object: MispObject): Record<string, unknown> => ({
  ...written(object),
  Attribute: object.Attribute.map(written),
})

/** Lists that reading fills in where they are absent. */
const ownLists = new Set([
  'EventReport',
  'Galaxy',
  'Note',
  'ObjectReference',
  'Opinion',
  'RelatedEvent',
  'ShadowAttribute',
  'Sighting',
  'Tag',
])
const times = new Set(['timestamp', 'publish_timestamp', 'date_sighting'])

/** Of one level; what lies deeper goes the same way. */
function written(
  value: MispEvent | MispObject | MispAttribute | Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([field, one]): [string, unknown][] => {
      if (one === undefined || (ownLists.has(field) && Array.isArray(one) && one.length === 0)) return []
      if (times.has(field) && typeof one === 'number') return [[field, String(one)]]
      if (field === 'meta') return [[field, one]]
      if (Array.isArray(one)) return [[field, one.map((item) => (isRecord(item) ? written(item) : item))]]
      return [[field, isRecord(one) ? written(one) : one]]
    }),
  )
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
