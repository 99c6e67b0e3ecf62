import type { LogSource } from '../../event/index.ts'
import { Mapping, type MappingRow } from '../mapping.ts'
import type { TextParser } from '../parser.ts'
import { parseCtimeMs, parseIsoMs } from '../time.ts'
import { asIp, asNumber, asText } from '../transforms.ts'

const ROWS: readonly MappingRow[] = [
  ['level', 'log.level', asText],
  ['pid', 'process.pid', asNumber],
  ['thread', 'process.thread.name', asText],
  ['logger', 'log.logger', asText],
  ['client', 'source.ip', (v) => (typeof v === 'string' ? asIp(v.replace(/:\d{1,5}$/, '')) : undefined)],
  ['server', 'url.domain', asText],
  ['message', 'message', asText],
]

const APACHE =
  /^\[([A-Z][a-z]{2} [A-Z][a-z]{2} [\d ]\d \d\d:\d\d:\d\d(?:\.\d{1,6})? \d{4})\] \[(?:([\w-]{1,40}):)?([a-z\d]{1,10})\] (?:\[pid (\d{1,10})(?::tid (\d{1,20}))?\] )?(?:\[client ([^\]]{1,64})\] )?([\s\S]*)$/

export const apacheError: TextParser = {
  kind: 'text',
  id: 'apache-error',
  mapping: new Mapping({
    prefix: 'apache.error.',
    rows: ROWS,
    constants: { 'event.kind': 'event', 'event.module': 'apache', 'event.dataset': 'apache.error' },
  }),
  accepts: (text) => text.charCodeAt(0) === 91 && APACHE.test(text),
  read(text, event) {
    const m = APACHE.exec(text)
    if (m === null) return false
    event.time(parseCtimeMs(m[1]!))
    event.put('module', m[2])
    event.put('level', m[3])
    event.put('pid', m[4])
    event.put('tid', m[5])
    event.put('client', m[6])
    event.put('message', m[7])
    event.logSources([{ category: 'webserver', service: 'apache' }])
    return true
  },
}

const NGINX = /^(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d) \[([a-z]{3,8})\] (\d{1,10})#(\d{1,10}): (?:\*(\d{1,20}) )?([\s\S]*)$/

export const nginxError: TextParser = {
  kind: 'text',
  id: 'nginx-error',
  mapping: new Mapping({
    prefix: 'nginx.error.',
    rows: ROWS,
    constants: { 'event.kind': 'event', 'event.module': 'nginx', 'event.dataset': 'nginx.error' },
  }),
  accepts: (text) => NGINX.test(text),
  read(text, event) {
    const m = NGINX.exec(text)
    if (m === null) return false
    event.time(parseIsoMs(m[1]!))
    event.put('level', m[2])
    event.put('pid', m[3])
    event.put('connection', m[5])
    event.put('message', m[6])
    for (const pair of m[6]!
      .slice(0, 8_192)
      .matchAll(/, (client|server|request|upstream|host|referrer): (?:"([^"]{0,4096})"|([^,\s]{1,255}))/g))
      event.put(pair[1]!, pair[2] ?? pair[3])
    event.logSources([{ category: 'webserver', service: 'nginx' }])
    return true
  },
}

const LEVEL = 'TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|FATAL|CRITICAL|Info|Warning|Error'
const APPLICATION = new RegExp(
  `^(?:\\S{1,120} )?\\[?(\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d)?)\\]?,?\\s+(?:-\\s+)?(?:(\\d{1,10})\\s+)?(?:\\[([^\\]]{1,120})\\]\\s+)?\\[?(${LEVEL})\\]?:?\\s+(?:\\[([^\\]]{1,300})\\][ -]*)?(?:([A-Za-z_$][\\w$.-]{1,200})(?::? |\\s+))?([\\s\\S]*)$`,
)

const FRAMEWORKS: readonly (readonly [RegExp, LogSource])[] = [
  [/^org\.springframework\b/, { product: 'spring', category: 'application' }],
  [/^(?:java|javax|org|com|net|io)\./, { product: 'jvm', category: 'application' }],
  [/^django\b/, { product: 'django', category: 'application' }],
]

/** What programs write with the usual logging libraries: time, level, thread, logger, message. */
export const applicationLog: TextParser = {
  kind: 'text',
  id: 'application-log',
  mapping: new Mapping({
    prefix: 'application.',
    rows: ROWS,
    constants: { 'event.kind': 'event', 'event.dataset': 'application.log' },
  }),
  accepts: (text) => APPLICATION.test(text.slice(0, 1_024)),
  read(text, event) {
    const m = APPLICATION.exec(text)
    if (m === null || !event.time(parseIsoMs(m[1]!))) return false
    event.put('pid', m[2])
    event.put('level', m[4]!.toLowerCase())
    event.put('thread', m[3] ?? m[5])
    event.put('logger', m[6])
    event.put('message', m[7])
    const logger = m[6] ?? ''
    const framework = FRAMEWORKS.find(([name]) => name.test(logger))
    event.logSources(framework === undefined ? [{ category: 'application' }] : [framework[1]])
    return true
  },
}
