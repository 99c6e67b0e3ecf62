import type { LogSource } from '../../event/index.ts'
import { Mapping } from '../mapping.ts'
import type { ObjectParser } from '../parser.ts'
import { asHostName, asIp, asNumber, asPort, asText, urlHost, urlPath, urlQuery } from '../transforms.ts'
import { putUrlParts } from './url-parts.ts'

const PROXY_MARKS = [
  'c-uri',
  'cs-host',
  'r-host',
  'r-dns',
  'cs-categories',
  'sc-filter-result',
  'c-useragent',
  'cs-uri-scheme',
] as const

/** W3C extended names (IIS, web proxies), as a row under its header or as JSON. */
export const w3c: ObjectParser = {
  kind: 'object',
  id: 'w3c-extended',
  mapping: new Mapping({
    prefix: 'w3c.',
    rows: [
      ['c-ip', 'source.ip', asIp],
      ['c-port', 'source.port', asPort],
      ['s-ip', 'destination.ip', asIp],
      ['s-port', 'destination.port', asPort],
      ['cs-username', 'user.name'],
      ['cs-method', 'http.request.method'],
      ['cs-host', 'url.domain', asHostName],
      ['sc-status', 'http.response.status_code', asNumber],
      ['sc-bytes', 'http.response.bytes', asNumber],
      ['cs-bytes', 'http.request.bytes', asNumber],
      ['s-computername', 'host.name', asText],
      ['s-action', 'event.action'],
    ],
    weakRows: [
      ['c-uri', 'url.original'],
      ['c-uri', 'url.domain', urlHost],
      ['c-uri', 'url.path', urlPath],
      ['c-uri', 'url.query', urlQuery],
      ['cs-uri', 'url.original'],
      ['cs-uri-stem', 'url.path'],
      ['cs-uri-query', 'url.query'],
      ['cs(User-Agent)', 'user_agent.original'],
      ['cs-user-agent', 'user_agent.original'],
      ['c-useragent', 'user_agent.original'],
      ['cs(Referer)', 'http.request.referrer'],
      ['cs-referer', 'http.request.referrer'],
      ['cs(Host)', 'url.domain', asHostName],
    ],
    aliases: {
      'cs(User-Agent)': ['cs-user-agent', 'c-useragent'],
      'cs(Referer)': 'cs-referer',
      'cs(Cookie)': 'cs-cookie',
      'cs(Host)': 'cs-host',
      'cs(Content-Type)': 'cs-content-type',
      'cs-user-agent': 'c-useragent',
      'c-useragent': 'cs-user-agent',
      'cs-uri-query': 'c-uri-query',
      'cs-uri': 'c-uri',
      'cs-uri-extension': 'c-uri-extension',
    },
    constants: { 'event.kind': 'event', 'event.category': ['web'], 'event.type': ['access'] },
    computed: { 'event.outcome': ['sc-status'] },
  }),
  accepts: (record) =>
    (record['cs-method'] !== undefined || record['cs-uri-stem'] !== undefined || record['c-uri'] !== undefined) &&
    (record['c-ip'] !== undefined || record['sc-status'] !== undefined || record['c-uri'] !== undefined),
  read(record, event) {
    for (const key of Object.keys(record)) if (record[key] !== '-') event.put(key, record[key])
    const { date, time } = record
    if (typeof date === 'string' && typeof time === 'string') event.time(`${date} ${time}`)
    for (const name of ['@timestamp', 'timestamp', 'datetime', 'x-timestamp']) if (event.time(record[name])) break
    if (event.taxonomy['c-uri'] === undefined && typeof record['cs-uri-stem'] === 'string') {
      const query = event.taxonomy['cs-uri-query']
      event.name('c-uri', typeof query === 'string' ? `${record['cs-uri-stem']}?${query}` : record['cs-uri-stem'])
    }
    const status = event.ecs['http.response.status_code']
    if (typeof status === 'number') event.derive('event.outcome', status < 400 ? 'success' : 'failure')
    const isProxy = PROXY_MARKS.some((name) => record[name] !== undefined)
    const sources: LogSource[] = isProxy ? [{ category: 'proxy' }] : [{ category: 'webserver' }]
    if (isProxy) putUrlParts(event)
    event.logSources(sources)
  },
}
