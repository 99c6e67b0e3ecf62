import type { MispAttribute, MispEvent, MispObject } from './event.ts'

type Fields = Readonly<Record<string, unknown>>

/** An event as MISP imports it: times as text, what is absent or empty left out, what nobody here knows as it came. */
export function writeMispEvent(event: MispEvent): { readonly Event: Fields } {
  const { Attribute, Object: objects, RelatedEvent, ...head } = event
  return {
    Event: {
      ...written(head, eventLevel),
      ...(RelatedEvent.length > 0
        ? { RelatedEvent: RelatedEvent.map((one) => ({ ...one, Event: defined(one.Event) })) }
        : {}),
      Attribute: Attribute.map((one: MispAttribute) => written(one, attributeLevel)),
      ...(objects.length > 0 ? { Object: objects.map(writtenObject) } : {}),
    },
  }
}

const writtenObject = ({ Attribute, ...object }: MispObject): Fields => ({
  ...written(object, objectLevel),
  Attribute: Attribute.map((one: MispAttribute) => written(one, attributeLevel)),
})

/** What reading made of the fields of a level: lists of levels of their own, lists of what is kept, organisations, times. */
interface Level {
  readonly lists?: Readonly<Record<string, Level>>
  readonly kept?: readonly string[]
  readonly organisations?: readonly string[]
  readonly times?: readonly string[]
}

const plain: Level = {}
const timed: Level = { times: ['timestamp'] }
const analysts = ['Note', 'Opinion']
const galaxy: Level = { lists: { GalaxyCluster: plain } }
const attributeLevel: Level = {
  lists: {
    Tag: plain,
    Galaxy: galaxy,
    Sighting: { organisations: ['Organisation'], times: ['date_sighting'] },
    ShadowAttribute: timed,
  },
  kept: analysts,
  times: ['timestamp'],
}
const objectLevel: Level = { lists: { ObjectReference: timed }, kept: analysts, times: ['timestamp'] }
const eventLevel: Level = {
  lists: { Tag: plain, Galaxy: galaxy, EventReport: timed, ShadowAttribute: timed },
  kept: analysts,
  organisations: ['Org', 'Orgc'],
  times: ['timestamp', 'publish_timestamp'],
}

function written(fields: Fields, level: Level): Fields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]): [string, unknown][] => {
      if (value === undefined) return []
      if (level.times?.includes(name)) return [[name, String(value)]]
      if (level.organisations?.includes(name) && isFields(value)) return [[name, defined(value)]]
      const inside = level.lists && Object.hasOwn(level.lists, name) ? level.lists[name] : undefined
      const isKept = level.kept?.includes(name)
      if (!Array.isArray(value) || !(inside || isKept)) return [[name, value]]
      const items = value.map((item: unknown) =>
        isFields(item) ? (inside ? written(item, inside) : defined(item)) : item,
      )
      return items.length === 0 ? [] : [[name, items]]
    }),
  )
}

const defined = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
