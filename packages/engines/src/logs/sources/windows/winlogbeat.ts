import type { Json, JsonObject } from '../../../event/index.ts'
import type { EventBuilder } from '../../builder.ts'
import type { ObjectParser } from '../../parser.ts'
import { concludeWindows, type EventKind, kindOf } from './kind.ts'
import { allWindowsMappings, windowsMapping } from './mapping.ts'

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const asString = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** Winlogbeat and Elastic Agent: `winlog.*` nested or dotted; 6.x had `event_data` and `log_name` at the top. */
export const winlogbeat: ObjectParser = {
  kind: 'object',
  id: 'windows-winlogbeat',
  mapping: windowsMapping(undefined, 0),
  mappings: allWindowsMappings,
  accepts: (record) =>
    (isObject(record.winlog) && (record.winlog.channel !== undefined || record.winlog.event_id !== undefined)) ||
    record['winlog.channel'] !== undefined ||
    (record.log_name !== undefined && record.event_id !== undefined),
  read(record, event) {
    const nested = record.winlog
    const winlog = isObject(nested)
      ? nested
      : record['winlog.channel'] === undefined
        ? record
        : dotted(record, 'winlog.')
    const kind = kindOf(
      asString(winlog.channel ?? winlog.log_name),
      asString(winlog.provider_name ?? winlog.source_name),
      Number(winlog.event_id ?? inner(record, 'event', 'code')),
    )
    putSystem(event, kind, record, winlog)
    putData(event, kind, winlog)
    concludeWindows(event, kind)
  },
}

function dotted(record: JsonObject, prefix: string): JsonObject {
  const found: JsonObject = Object.create(null)
  for (const key of Object.keys(record)) if (key.startsWith(prefix)) found[key.slice(prefix.length)] = record[key]!
  return found
}

const inner = (record: JsonObject, object: string, field: string): Json | undefined => {
  const nested = record[object]
  return isObject(nested) ? nested[field] : record[`${object}.${field}`]
}

function putSystem(event: EventBuilder, kind: EventKind, record: JsonObject, winlog: JsonObject): void {
  const m = kind.mapping
  const keywords = winlog.keywords
  event.put('EventID', kind.eventId, m)
  event.put('Channel', winlog.channel ?? winlog.log_name, m)
  event.put('Provider_Name', winlog.provider_name ?? winlog.source_name, m)
  event.put('Provider_Guid', winlog.provider_guid, m)
  event.put('Computer', winlog.computer_name ?? inner(record, 'host', 'name'), m)
  event.put('EventRecordID', winlog.record_id ?? winlog.record_number, m)
  event.put('Task', winlog.task, m)
  event.put('Opcode', winlog.opcode, m)
  event.put('Version', winlog.version, m)
  event.put('Keywords', Array.isArray(keywords) && keywords.length === 1 ? keywords[0] : keywords, m)
  event.put('Level', inner(record, 'log', 'level') ?? record.level, m)
  event.put('ActivityID', winlog.activity_id, m)
  event.put('Message', record.message, m)
  const process = winlog.process
  if (isObject(process)) {
    event.put('ExecutionProcessID', process.pid, m)
    if (isObject(process.thread)) event.put('ThreadID', process.thread.id, m)
  }
  const user = winlog.user
  if (isObject(user)) event.put('UserID', user.identifier, m)
  event.time(record['@timestamp']) || event.time(winlog.time_created)
  event.derive('log.level', inner(record, 'log', 'level') as string | undefined)
}

function putData(event: EventBuilder, kind: EventKind, winlog: JsonObject): void {
  for (const holder of ['event_data', 'user_data']) {
    const nested = winlog[holder]
    const data = isObject(nested) ? nested : dotted(winlog, `${holder}.`)
    const unnamed: Json[] = []
    for (const key of Object.keys(data)) {
      if (/^param\d{1,2}$/.test(key)) unnamed.push(data[key]!)
      if (key !== 'xml_name') event.put(key, data[key], kind.mapping)
    }
    if (unnamed.length > 0 && data.Data === undefined)
      event.name(
        'Data',
        unnamed.filter((v) => typeof v === 'string'),
      )
  }
}
