import type { Json, JsonObject } from '../../../event/index.ts'
import type { EventBuilder } from '../../builder.ts'
import type { ObjectParser } from '../../parser.ts'
import { concludeWindows, type EventKind, kindOf } from './kind.ts'
import { allWindowsMappings, windowsMapping } from './mapping.ts'

const asString = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** Flat names of NXLog, WEF collectors, Azure's tables and HEC senders → the names we use. */
const SYSTEM_NAMES: Readonly<Record<string, string>> = {
  SourceName: 'Provider_Name',
  ProviderName: 'Provider_Name',
  Provider: 'Provider_Name',
  EventSourceName: 'Provider_Name',
  ProviderGuid: 'Provider_Guid',
  ComputerName: 'Computer',
  MachineName: 'Computer',
  RecordNumber: 'EventRecordID',
  EventRecordId: 'EventRecordID',
  RecordId: 'EventRecordID',
  RecordID: 'EventRecordID',
  EventLevel: 'Level',
  EventCode: 'EventID',
  EventId: 'EventID',
  ExecutionThreadID: 'ThreadID',
}
/** What the shipper adds about itself. */
const SHIPPER_NAMES: ReadonlySet<string> = new Set([
  '@version',
  'SourceModuleName',
  'SourceModuleType',
  'port',
  'host',
  'tags',
  'type',
  'EventReceivedTime',
])
const TIME_NAMES = [
  'TimeCreated',
  '@timestamp',
  'EventTime',
  'TimeGenerated',
  'SystemTime',
  'UtcTime',
  '_time',
  'time',
  'EventReceivedTime',
] as const

const idOf = (record: JsonObject): Json | undefined => record.EventID ?? record.EventCode ?? record.EventId
const isNumeric = (value: Json | undefined): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^\d{1,5}$/.test(value))

/** One level of names with Windows' own field names. */
export const windowsFlat: ObjectParser = {
  kind: 'object',
  id: 'windows-flat',
  mapping: windowsMapping(undefined, 0),
  mappings: allWindowsMappings,
  accepts: (record) =>
    isNumeric(idOf(record)) &&
    (record.Channel !== undefined ||
      record.LogName !== undefined ||
      record.SourceName !== undefined ||
      record.ProviderName !== undefined ||
      record.Provider_Name !== undefined ||
      record.EventSourceName !== undefined ||
      (record.UtcTime !== undefined && record.ProcessGuid !== undefined)),
  read(record, event) {
    const data = eventDataOf(record.EventData)
    const kind = kindOf(channelOf(record), providerOf(record), Number(idOf(record)))
    putFields(event, kind, record)
    if (data !== undefined) event.putAll(data, kind.mapping)
    restoreEventType(event, record)
    takeTime(record, event)
    concludeWindows(event, kind)
  },
}

const HAS_ZONE = /(?:Z|[+-]\d\d:?\d\d)$/

/** Many shippers write local time without a zone; a time with a zone, or Sysmon's `UtcTime`, goes before it. */
function takeTime(record: JsonObject, event: EventBuilder): void {
  for (const name of TIME_NAMES) {
    const value = record[name]
    const isExact =
      name === 'UtcTime' || typeof value === 'number' || (typeof value === 'string' && HAS_ZONE.test(value))
    if (isExact && event.time(value)) return
  }
  for (const name of TIME_NAMES) if (event.time(record[name])) return
}

const providerOf = (record: JsonObject): string =>
  asString(
    record.SourceName ?? record.ProviderName ?? record.Provider_Name ?? record.EventSourceName ?? record.Provider,
  )

const channelOf = (record: JsonObject): string => {
  const channel = record.Channel ?? record.LogName
  if (typeof channel === 'string') return channel
  // Sysmon's own fields, sent without any wrapping.
  return record.UtcTime !== undefined && record.ProcessGuid !== undefined ? 'Microsoft-Windows-Sysmon/Operational' : ''
}

type Role = 'event id' | 'event data' | 'host name' | 'shipper' | { readonly systemName: string }

/** What a field is besides data of the event. */
const ROLES: ReadonlyMap<string, Role> = new Map<string, Role>([
  ...[...SHIPPER_NAMES].map((name): [string, Role] => [name, 'shipper']),
  ...Object.entries(SYSTEM_NAMES).map(([name, systemName]): [string, Role] => [name, { systemName }]),
  ['EventID', 'event id'],
  ['EventCode', 'event id'],
  ['EventId', 'event id'],
  ['EventData', 'event data'],
  ['Hostname', 'host name'],
])

function putFields(event: EventBuilder, kind: EventKind, record: JsonObject): void {
  const { mapping } = kind
  for (const key in record) {
    const value = record[key]
    const role = ROLES.get(key)
    if (role === undefined) event.put(key, value, mapping)
    else if (role === 'event id') event.put('EventID', kind.eventId, mapping)
    else if (role === 'shipper') event.name(key, typeof value === 'object' ? undefined : value)
    else if (role === 'host name') event.put(record.Computer === undefined ? 'Computer' : key, value, mapping)
    else if (role === 'event data') {
      if (typeof value !== 'string') event.put(key, value, mapping)
    } else event.put(role.systemName, value, mapping)
  }
}

/** NXLog puts `INFO` into `EventType` and keeps Sysmon's own under a (misspelt) second name, or only in the message. */
function restoreEventType(event: EventBuilder, record: JsonObject): void {
  const original = record.EventTypeOrignal ?? record.EventTypeOriginal
  if (typeof original === 'string') event.name('EventType', original)
  else if (record.EventType === 'INFO' && typeof record.Message === 'string') {
    const found = /^EventType: (\w{1,40})/m.exec(record.Message.slice(0, 2_000))
    if (found !== null) event.name('EventType', found[1])
  }
}

const DATA_ELEMENT = /<Data Name="([^"]{1,200})"\s*(?:\/>|>([^<]*)<\/Data>)/g
const MAX_DATA_CHARS = 262_144

/** Azure's tables keep the event's data as one text: JSON or XML. */
function eventDataOf(value: Json | undefined): JsonObject | undefined {
  if (typeof value !== 'string' || value.length > MAX_DATA_CHARS) return undefined
  if (value.startsWith('{')) {
    try {
      const parsed: unknown = JSON.parse(value)
      return typeof parsed === 'object' && parsed !== null ? (parsed as JsonObject) : undefined
    } catch {
      return undefined
    }
  }
  return value.startsWith('<') ? xmlData(value) : undefined
}

/** Named `<Data>` elements of an event's XML; other markup is not read. */
export function xmlData(xml: string): JsonObject {
  const data: JsonObject = Object.create(null)
  for (const match of xml.matchAll(DATA_ELEMENT)) data[match[1]!] = decodeEntities(match[2] ?? '')
  return data
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }
export const decodeEntities = (text: string): string =>
  !text.includes('&')
    ? text
    : text.replace(
        /&(?:(lt|gt|amp|quot|apos)|#x([0-9a-fA-F]{1,6})|#(\d{1,7}));/g,
        (whole, name: string, hex: string, decimal: string) => {
          if (name !== undefined) return ENTITIES[name]!
          const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
          return code <= 0x10ffff ? String.fromCodePoint(code) : whole
        },
      )
