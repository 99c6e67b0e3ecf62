import type { JsonObject } from '../../../event/index.ts'
import type { TextParser } from '../../parser.ts'
import { readEvent } from './evtx.ts'
import { decodeEntities, xmlData } from './flat.ts'
import { allWindowsMappings, windowsMapping } from './mapping.ts'

const START = /^\s{0,8}(?:<\?xml[^>]{0,100}\?>\s{0,8})?<Event[ >]/
const SYSTEM_TEXT =
  /<(EventID|Version|Level|Task|Opcode|Keywords|EventRecordID|Channel|Computer)(?: [^>]{0,200})?>([^<]{0,1024})<\//g
const MAX_CHARS = 1_048_576

/** Windows' event XML as one text; Sysmon for Linux writes the same into syslog. Attributes and text of the elements that
 *  matter are read; there are no entities beyond the five of XML, and nothing is fetched. */
export const windowsEventXml: TextParser = {
  kind: 'text',
  id: 'windows-event-xml',
  mapping: windowsMapping(undefined, 0),
  mappings: allWindowsMappings,
  accepts: (text) => text.length <= MAX_CHARS && START.test(text.slice(0, 200)) && text.includes('<System>'),
  read(text, event) {
    const end = text.indexOf('</System>')
    if (end < 0) return false
    const head = text.slice(0, end)
    const system: JsonObject = Object.create(null)
    for (const m of head.matchAll(SYSTEM_TEXT)) system[m[1]!] = decodeEntities(m[2]!)
    system.Provider = { Name: attribute(head, 'Provider', 'Name'), Guid: attribute(head, 'Provider', 'Guid') }
    system.TimeCreated = { SystemTime: attribute(head, 'TimeCreated', 'SystemTime') }
    system.Execution = {
      ProcessID: attribute(head, 'Execution', 'ProcessID'),
      ThreadID: attribute(head, 'Execution', 'ThreadID'),
    }
    system.Security = { UserID: attribute(head, 'Security', 'User[Ii][Dd]') }
    const body = text.slice(end)
    const data = xmlData(body)
    const unnamed = [...body.matchAll(/<Data>([^<]*)<\/Data>/g)].slice(0, 200).map((m) => decodeEntities(m[1]!))
    if (unnamed.length > 0) data.Data = unnamed
    readEvent({ System: system, EventData: data }, event)
    return true
  },
}

function attribute(xml: string, element: string, name: string): string {
  const m = new RegExp(`<${element} [^>]{0,400}?\\b${name}=(?:"([^"]{0,300})"|'([^']{0,300})')`).exec(xml)
  return m === null ? '' : decodeEntities(m[1] ?? m[2] ?? '')
}
