import type { EventBuilder } from '../builder.ts'
import { Mapping } from '../mapping.ts'
import type { TextParser } from '../parser.ts'
import { asHostName, asIp, asNumber, asText, urlHost, urlPath, urlQuery } from '../transforms.ts'
import { putUrlParts } from './url-parts.ts'

const QUOTED = '"((?:[^"\\\\]|\\\\.){0,16384})"'
const LINE = new RegExp(
  `^(?:(\\S{1,255}?)(?::\\d{1,5})? )?(\\S{1,255}) (\\S{1,255}) (.{1,255}?) \\[(\\d{1,2}/[A-Z][a-z]{2}/\\d{4}:[^\\]]{8,24})\\] ${QUOTED} (\\d{3}|-) (\\d{1,20}|-)(?: ${QUOTED}(?: ${QUOTED})?)?`,
)
const REQUEST = /^([A-Z_-]{1,32}|[\w-]{1,32}) (\S{1,16384})(?: (HTTP\/[\d.]{1,5}))?$/

/** Apache and nginx access logs: common and combined, with or without the virtual host in front. */
export const webAccess: TextParser = {
  kind: 'text',
  id: 'web-access',
  mapping: new Mapping({
    prefix: 'web.',
    rows: [
      ['c-ip', 'source.ip', asIp],
      ['c-ip', 'source.domain', asHostName],
      ['cs-username', 'user.name'],
      ['cs-method', 'http.request.method'],
      ['cs-uri', 'url.original'],
      ['cs-uri', 'url.path', urlPath],
      ['cs-uri', 'url.query', urlQuery],
      ['cs-host', 'url.domain', asHostName],
      ['cs-version', 'http.version', (v) => (typeof v === 'string' ? v.replace('HTTP/', '') : undefined)],
      ['sc-status', 'http.response.status_code', asNumber],
      ['sc-bytes', 'http.response.body.bytes', asNumber],
      ['cs-referer', 'http.request.referrer'],
      ['cs-user-agent', 'user_agent.original'],
    ],
    aliases: { 'cs-uri': 'c-uri', 'cs-user-agent': 'c-useragent', 'cs-uri-query': 'c-uri-query' },
    constants: {
      'event.kind': 'event',
      'event.category': ['web'],
      'event.type': ['access'],
      'event.dataset': 'web.access',
    },
    computed: { 'event.outcome': ['sc-status'] },
  }),
  accepts: (text) => text.includes('] "') && /\[\d{1,2}\/[A-Z][a-z]{2}\/\d{4}:/.test(text.slice(0, 1_024)),
  read(text, event) {
    const m = LINE.exec(text)
    if (m === null) return false
    event.put('cs-host', m[1])
    event.put('c-ip', m[2])
    event.put('cs-username', m[4] === '-' ? undefined : m[4])
    putRequest(event, m[6]!)
    event.put('sc-status', m[7] === '-' ? undefined : Number(m[7]))
    event.put('sc-bytes', m[8] === '-' ? undefined : Number(m[8]))
    event.put('cs-referer', m[9] === '-' ? undefined : m[9])
    event.put('cs-user-agent', m[10] === '-' ? undefined : m[10])
    event.time(m[5])
    if (m[7] !== '-') event.derive('event.outcome', Number(m[7]) < 400 ? 'success' : 'failure')
    event.logSources([{ category: 'webserver' }])
    return true
  },
}

function putRequest(event: EventBuilder, request: string): void {
  const m = REQUEST.exec(request)
  if (m === null) {
    // Scanners send anything: keep it where rules look.
    event.put('cs-uri', request)
    return
  }
  event.put('cs-method', m[1])
  event.put('cs-uri', m[2])
  event.put('cs-version', m[3])
  event.name('cs-uri-stem', asText(urlPath(m[2]!) ?? null))
  const query = urlQuery(m[2]!)
  event.name('cs-uri-query', query ?? (m[2]!.includes('?') ? '' : undefined))
  if (query !== undefined) event.name('c-uri-query', query)
}

const SQUID =
  /^(\d{9,11}\.\d{3})\s+(-?\d{1,10}) (\S{1,255}) ([A-Z_]{3,40})\/(\d{3}) (\d{1,20}) ([A-Z_]{1,32}|NONE|-) (\S{1,16384}) (\S{1,255}) ([A-Z_]{1,40})\/(\S{1,255}) (\S{1,255})/

/** Squid's native access log. */
export const squid: TextParser = {
  kind: 'text',
  id: 'squid',
  mapping: new Mapping({
    prefix: 'squid.',
    rows: [
      ['c-ip', 'source.ip', asIp],
      ['cs-username', 'user.name'],
      ['cs-method', 'http.request.method'],
      ['c-uri', 'url.original'],
      [
        'c-uri',
        'url.domain',
        (v) => urlHost(v) ?? (typeof v === 'string' ? /^([^/:\s]{1,255}):\d{1,5}$/.exec(v)?.[1] : undefined),
      ],
      ['c-uri', 'url.path', (v) => (typeof v === 'string' && v.includes('://') ? urlPath(v) : undefined)],
      ['c-uri', 'url.query', urlQuery],
      ['sc-status', 'http.response.status_code', asNumber],
      ['sc-bytes', 'http.response.bytes', asNumber],
      ['s-action', 'event.action'],
      ['r-ip', 'destination.ip', asIp],
      ['content-type', 'http.response.mime_type'],
    ],
    aliases: { 'c-uri': 'cs-uri' },
    constants: {
      'event.kind': 'event',
      'event.category': ['web', 'network'],
      'event.type': ['access'],
      'event.module': 'squid',
      'event.dataset': 'squid.access',
    },
    computed: { 'event.outcome': ['sc-status'], 'event.duration': ['time-taken'] },
  }),
  accepts: (text) => SQUID.test(text),
  read(text, event) {
    const m = SQUID.exec(text)
    if (m === null) return false
    event.time(Number(m[1]))
    event.name('time-taken', Number(m[2]))
    event.derive('event.duration', Number(m[2]) * 1e6)
    event.put('c-ip', m[3])
    event.put('s-action', m[4])
    event.put('sc-status', Number(m[5]))
    event.put('sc-bytes', Number(m[6]))
    event.put('cs-method', m[7])
    event.put('c-uri', m[8])
    event.put('cs-username', m[9] === '-' ? undefined : m[9])
    event.put('hierarchy', m[10])
    event.put('r-ip', m[11] === '-' ? undefined : m[11])
    event.put('content-type', m[12] === '-' ? undefined : m[12])
    event.name('cs-host', event.ecs['url.domain'])
    event.derive('event.outcome', Number(m[5]) < 400 ? 'success' : 'failure')
    putUrlParts(event)
    event.logSources([{ category: 'proxy' }])
    return true
  },
}
