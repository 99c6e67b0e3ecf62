import type { Json, JsonObject } from '../../../event/index.ts'
import type { EventBuilder } from '../../builder.ts'
import type { ObjectParser } from '../../parser.ts'
import { concludeWindows, type EventKind, kindOf } from './kind.ts'
import { allWindowsMappings, windowsMapping } from './mapping.ts'
import { hexOfKeywords, isHexField, toHex } from './numbers.ts'

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The attributes of an element: `#attributes` or `@…` inside it, `X_attributes` beside it, or the element itself. */
function attribute(parent: JsonObject, element: string, name: string): Json | undefined {
  const value = parent[element]
  if (isObject(value)) {
    const inner = value['#attributes'] ?? value['@attributes'] ?? value.$
    if (isObject(inner) && inner[name] !== undefined) return inner[name]
    return value[`@${name}`] ?? value[name]
  }
  const beside = parent[`${element}_attributes`]
  return isObject(beside) ? beside[name] : undefined
}

/** The text of an element, be it plain, `#text`, or winevtx's `Value`. */
function text(value: Json | undefined): Json | undefined {
  if (!isObject(value)) return value
  return value['#text'] ?? value.Value ?? value._
}

const asString = (value: Json | undefined): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''

/** A record as EVTX readers give it: `{"Event":{"System":…,"EventData":…}}`, with attributes in any of the usual spellings. */
export const windowsEvtxJson: ObjectParser = {
  kind: 'object',
  id: 'windows-evtx-json',
  mapping: windowsMapping(undefined, 0),
  mappings: allWindowsMappings,
  accepts: (record) => isObject(record.Event) && isObject(record.Event.System),
  read(record, event) {
    const root = record.Event
    if (isObject(root)) readEvent(root, event)
  },
}

export function readEvent(root: JsonObject, event: EventBuilder): void {
  const system = isObject(root.System) ? root.System : {}
  const rawId = system.EventID
  const eventId = Number(text(rawId))
  const channel = asString(text(system.Channel))
  const provider = asString(attribute(system, 'Provider', 'Name'))
  const kind = kindOf(channel, provider, eventId)
  // winevtx gives typed values: hexadecimal ones as plain numbers.
  const typed = isObject(rawId) && rawId.Value !== undefined
  putSystem(event, kind, system, { channel, provider, typed })
  if (isObject(root.EventData)) putData(event, kind, root.EventData, { typed })
  if (isObject(root.UserData)) putUserData(event, kind, root.UserData, { typed })
  if (isObject(root.RenderingInfo)) event.put('Message', text(root.RenderingInfo.Message), kind.mapping)
  concludeWindows(event, kind)
}

function putSystem(
  event: EventBuilder,
  kind: EventKind,
  system: JsonObject,
  known: { channel: string; provider: string; typed: boolean },
): void {
  const m = kind.mapping
  event.put('EventID', kind.eventId, m)
  event.put('Channel', known.channel, m)
  event.put('Provider_Name', known.provider, m)
  event.put('Provider_Guid', attribute(system, 'Provider', 'Guid'), m)
  event.put('Computer', text(system.Computer), m)
  event.put('EventRecordID', text(system.EventRecordID), m)
  event.put('Level', text(system.Level), m)
  event.put('Task', text(system.Task), m)
  event.put('Opcode', text(system.Opcode), m)
  event.put('Version', text(system.Version), m)
  const keywords = text(system.Keywords)
  event.put('Keywords', known.typed ? hexOfKeywords(keywords) : keywords, m)
  event.put('ExecutionProcessID', attribute(system, 'Execution', 'ProcessID'), m)
  event.put('ThreadID', attribute(system, 'Execution', 'ThreadID'), m)
  event.put('UserID', attribute(system, 'Security', 'UserID') ?? attribute(system, 'Security', 'UserId'), m)
  event.put('ActivityID', attribute(system, 'Correlation', 'ActivityID'), m)
  event.time(attribute(system, 'TimeCreated', 'SystemTime') ?? text(system.TimeCreated))
}

const isMarkup = (key: string): boolean =>
  key === '#attributes' || key.startsWith('@') || key.startsWith('xmlns') || key.endsWith('_attributes')

function putData(event: EventBuilder, kind: EventKind, data: JsonObject, options: { typed: boolean }): void {
  for (const key of Object.keys(data)) {
    if (isMarkup(key)) continue
    const value = data[key]
    if (key === 'Data') putUnnamed(event, kind, value)
    else
      event.put(
        key,
        options.typed && typeof value === 'number' && isHexField(kind, key) ? toHex(value) : (text(value) ?? null),
        kind.mapping,
      )
  }
}

/** Data without names: one list; or named elements that the reader left as a list of `{@Name, #text}`. */
function putUnnamed(event: EventBuilder, kind: EventKind, value: Json | undefined): void {
  const list = Array.isArray(value) ? value : [value ?? null]
  const unnamed: Json[] = []
  for (const item of list) {
    const name = isObject(item)
      ? (item['@Name'] ?? item.Name ?? (isObject(item['#attributes']) ? item['#attributes'].Name : undefined))
      : undefined
    if (typeof name === 'string') event.put(name, text(item) ?? null, kind.mapping)
    else {
      const inner = text(item)
      if (Array.isArray(inner)) unnamed.push(...inner)
      else if (inner !== undefined && inner !== null) unnamed.push(inner)
    }
  }
  if (unnamed.length === 0) return
  event.put('Data', unnamed.length === 1 ? unnamed[0] : unnamed, kind.mapping)
  for (let i = 0; i < Math.min(unnamed.length, 40); i++)
    event.name(`param${i + 1}`, typeof unnamed[i] === 'object' ? undefined : (unnamed[i] as string))
}

/** `UserData` has one element of the provider's own making; its children are the fields. */
function putUserData(event: EventBuilder, kind: EventKind, data: JsonObject, options: { typed: boolean }): void {
  for (const key of Object.keys(data)) {
    const inner = data[key]
    if (isMarkup(key)) continue
    if (isObject(inner)) putUserFields(event, kind, inner, options)
    else event.put(key, inner, kind.mapping)
  }
}

function putUserFields(event: EventBuilder, kind: EventKind, fields: JsonObject, options: { typed: boolean }): void {
  for (const key of Object.keys(fields)) {
    if (isMarkup(key)) continue
    const value = fields[key]
    if (options.typed && typeof value === 'number' && isHexField(kind, key)) event.put(key, toHex(value), kind.mapping)
    else event.put(key, isObject(value) && value['#text'] !== undefined ? text(value) : value, kind.mapping)
  }
}
