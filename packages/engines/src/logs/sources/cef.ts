import type { LogSource } from '../../event/index.ts'
import type { EventBuilder } from '../builder.ts'
import { Mapping, type MappingRow } from '../mapping.ts'
import type { TextParser } from '../parser.ts'
import { asHostName, asIp, asLower, asNumber, asPort, asText, asTransport, baseName, urlPath } from '../transforms.ts'
import { putUrlParts } from './url-parts.ts'

const ROWS: readonly MappingRow[] = [
  ['deviceVendor', 'observer.vendor'],
  ['deviceProduct', 'observer.product'],
  ['deviceVersion', 'observer.version'],
  ['signatureId', 'event.code', asText],
  ['name', 'rule.name'],
  ['severity', 'event.severity', asNumber],
  ['src', 'source.ip', asIp],
  ['shost', 'source.domain', asHostName],
  ['spt', 'source.port', asPort],
  ['srcPort', 'source.port', asPort],
  ['smac', 'source.mac'],
  ['dst', 'destination.ip', asIp],
  ['dhost', 'destination.domain', asHostName],
  ['dpt', 'destination.port', asPort],
  ['dstPort', 'destination.port', asPort],
  ['dmac', 'destination.mac'],
  ['proto', 'network.transport', asTransport],
  ['app', 'network.protocol', asLower],
  ['act', 'event.action'],
  ['outcome', 'event.outcome', asLower],
  ['reason', 'event.reason'],
  ['suser', 'user.name'],
  ['usrName', 'user.name'],
  ['duser', 'user.target.name'],
  ['dvchost', 'host.name'],
  ['dvc', 'host.ip', asIp],
  ['request', 'url.original'],
  ['request', 'url.path', urlPath],
  ['requestMethod', 'http.request.method'],
  ['requestClientApplication', 'user_agent.original'],
  ['fname', 'file.name', baseName],
  ['filePath', 'file.path'],
  [
    'fileHash',
    'file.hash.md5',
    (v) => (typeof v === 'string' && /^[0-9a-fA-F]{32}$/.test(v) ? v.toLowerCase() : undefined),
  ],
  ['fsize', 'file.size', asNumber],
  ['in', 'destination.bytes', asNumber],
  ['out', 'source.bytes', asNumber],
  ['sproc', 'process.name'],
  ['msg', 'message'],
]
const ALIASES = {
  src: 'src_ip',
  spt: 'src_port',
  dst: 'dst_ip',
  dpt: 'dst_port',
  act: 'action',
  request: 'c-uri',
  requestMethod: 'cs-method',
  requestClientApplication: 'c-useragent',
} as const

/** Header fields end at a pipe; `\|` and `\\` stand for themselves. */
function splitHeader(text: string, count: number): { parts: string[]; rest: string } | undefined {
  const parts: string[] = []
  let part = ''
  for (let i = 0; i < text.length && i < 8_192; i++) {
    const char = text[i]!
    if (char === '\\' && (text[i + 1] === '|' || text[i + 1] === '\\')) part += text[++i]!
    else if (char === '|') {
      parts.push(part)
      part = ''
      if (parts.length === count) return { parts, rest: text.slice(i + 1) }
    } else part += char
  }
  return parts.length === count - 1 ? { parts: [...parts, part], rest: '' } : undefined
}

const KEY = /(?:^|\s)([A-Za-z][\w.[\]-]{0,100})=/g
const MAX_PAIRS = 1_000

/** `key=value key2=value with spaces`: a value goes on until the next ` key=`. */
function* extensionPairs(text: string): Iterable<readonly [string, string]> {
  let name: string | undefined
  let from = 0
  let count = 0
  for (const match of text.matchAll(KEY)) {
    // `\=` inside a value is no key.
    if (text[match.index + match[0].length - 2] === '\\') continue
    if (name !== undefined) yield [name, unescapeValue(text.slice(from, match.index))]
    name = match[1]!
    from = match.index + match[0].length
    if (++count > MAX_PAIRS) return
  }
  if (name !== undefined) yield [name, unescapeValue(text.slice(from).trimEnd())]
}
const unescapeValue = (value: string): string =>
  value.includes('\\')
    ? value.replace(/\\([\\=|]|n|r)/g, (_, c: string) => (c === 'n' ? '\n' : c === 'r' ? '\r' : c))
    : value

const FIREWALLS = /firewall|fortigate|pan-os|palo alto|check ?point|vpn-1|asa|sonicwall|netscreen|srx|utm/i
const ANTIVIRUS = /anti-?virus|endpoint|defender|malware|symantec|mcafee|sophos|trend ?micro|kaspersky|eset/i

function logSourcesOf(event: EventBuilder, vendor: string, product: string): LogSource[] {
  const sources: LogSource[] = [{ product: vendor.toLowerCase().replaceAll(' ', '') || 'cef' }]
  const name = `${vendor} ${product}`
  if (FIREWALLS.test(name)) sources.push({ category: 'firewall' })
  if (event.taxonomy.request !== undefined) sources.push({ category: 'proxy' })
  if (ANTIVIRUS.test(name)) sources.push({ category: 'antivirus' })
  return sources
}

/** ArcSight Common Event Format. */
export const cef: TextParser = {
  kind: 'text',
  id: 'cef',
  mapping: new Mapping({
    prefix: 'cef.',
    rows: ROWS,
    aliases: ALIASES,
    constants: { 'event.kind': 'event', 'event.module': 'cef', 'event.dataset': 'cef.log' },
  }),
  accepts: (text) => text.startsWith('CEF:'),
  read(text, event) {
    const header = splitHeader(text.slice(4), 7)
    if (header === undefined) return false
    const [version, vendor = '', product = '', deviceVersion, signatureId, name, severity] = header.parts
    event.name('cefVersion', version)
    event.put('deviceVendor', vendor)
    event.put('deviceProduct', product)
    event.put('deviceVersion', deviceVersion)
    event.put('signatureId', signatureId)
    event.put('name', name)
    event.put('severity', SEVERITY_WORDS[String(severity).toLowerCase()] ?? severity)
    for (const [key, value] of extensionPairs(header.rest)) event.put(key, value)
    for (const field of ['rt', 'end', 'start', 'deviceReceiptTime']) if (event.time(event.taxonomy[field])) break
    event.name('Signature', name)
    putUrlParts(event)
    event.logSources(logSourcesOf(event, vendor, product))
    return true
  },
}
const SEVERITY_WORDS: Readonly<Record<string, number>> = { unknown: 0, low: 3, medium: 6, high: 8, 'very-high': 10 }

const LEEF_ROWS: readonly MappingRow[] = [
  ...ROWS.filter(([from]) => !['spt', 'dpt', 'severity'].includes(from)),
  ['sev', 'event.severity', asNumber],
  ['cat', 'event.category', (v) => (typeof v === 'string' ? [v.toLowerCase()] : undefined)],
  ['policy', 'rule.ruleset'],
  ['url', 'url.original'],
  ['identHostName', 'host.name'],
]

/** IBM LEEF 1.0 (tab) and 2.0 (delimiter in the header). */
export const leef: TextParser = {
  kind: 'text',
  id: 'leef',
  mapping: new Mapping({
    prefix: 'leef.',
    rows: LEEF_ROWS,
    aliases: { src: 'src_ip', srcPort: 'src_port', dst: 'dst_ip', dstPort: 'dst_port', url: 'c-uri' },
    constants: { 'event.kind': 'event', 'event.module': 'leef', 'event.dataset': 'leef.log' },
  }),
  accepts: (text) => text.startsWith('LEEF:'),
  read(text, event) {
    const isSecond = text.startsWith('LEEF:2')
    const header = splitHeader(text.slice(5), isSecond ? 6 : 5)
    if (header === undefined) return false
    const [version, vendor = '', product = '', deviceVersion, signatureId, delimiter] = header.parts
    event.name('leefVersion', version)
    event.put('deviceVendor', vendor)
    event.put('deviceProduct', product)
    event.put('deviceVersion', deviceVersion)
    event.put('signatureId', signatureId)
    for (const pair of header.rest.split(delimiterOf(delimiter), MAX_PAIRS)) {
      const at = pair.indexOf('=')
      if (at > 0 && at <= 100) event.put(pair.slice(0, at).trim(), pair.slice(at + 1))
    }
    event.time(event.taxonomy.devTime)
    putUrlParts(event)
    event.logSources(logSourcesOf(event, vendor, product))
    return true
  },
}

function delimiterOf(text: string | undefined): string {
  if (text === undefined || text === '') return '\t'
  const hex = /^(?:0x|x)([0-9a-fA-F]{1,4})$/.exec(text)
  return hex === null ? text[0]! : String.fromCharCode(Number.parseInt(hex[1]!, 16))
}
