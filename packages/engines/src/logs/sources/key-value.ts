import type { LogSource } from '../../event/index.ts'
import type { EventBuilder } from '../builder.ts'
import { Mapping } from '../mapping.ts'
import type { TextParser } from '../parser.ts'
import { asHostName, asIp, asLower, asNumber, asPort, asText, asTransport } from '../transforms.ts'
import { putUrlParts } from './url-parts.ts'

const PAIR = /([A-Za-z_][\w.@/()-]{0,99})=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*))[,;]?/g
const STARTS = /^\s{0,8}(?:\S{1,40} )?(?:[A-Za-z_][\w.@/()-]{0,99}=(?:"[^"]{0,400}"|\S{0,400})[,;]?\s+){2}/
const MAX_PAIRS = 1_000

/** `key=value key2="with spaces"`: firewalls, VPN gateways, proxies and many programs. */
export const keyValue: TextParser = {
  kind: 'text',
  id: 'key-value',
  mapping: new Mapping({
    prefix: 'kv.',
    rows: [],
    weakRows: [
      ['srcip', 'source.ip', asIp],
      ['src_ip', 'source.ip', asIp],
      ['src', 'source.ip', asIp],
      ['SRC', 'source.ip', asIp],
      ['remip', 'source.ip', asIp],
      ['client', 'source.ip', asIp],
      ['c-ip', 'source.ip', asIp],
      ['clientip', 'source.ip', asIp],
      ['srcport', 'source.port', asPort],
      ['src_port', 'source.port', asPort],
      ['sport', 'source.port', asPort],
      ['SPT', 'source.port', asPort],
      ['dstip', 'destination.ip', asIp],
      ['dst_ip', 'destination.ip', asIp],
      ['dst', 'destination.ip', asIp],
      ['DST', 'destination.ip', asIp],
      ['dstport', 'destination.port', asPort],
      ['dst_port', 'destination.port', asPort],
      ['dport', 'destination.port', asPort],
      ['DPT', 'destination.port', asPort],
      ['proto', 'network.transport', asTransport],
      ['PROTO', 'network.transport', asTransport],
      ['protocol', 'network.transport', asTransport],
      ['service', 'network.protocol', asLower],
      ['sentbyte', 'source.bytes', asNumber],
      ['rcvdbyte', 'destination.bytes', asNumber],
      ['user', 'user.name', asText],
      ['username', 'user.name', asText],
      ['cs-username', 'user.name', asText],
      ['action', 'event.action', asText],
      ['devname', 'host.name', asText],
      ['hostname', 'url.domain', asHostName],
      ['cs-host', 'url.domain', asHostName],
      ['url', 'url.original', asText],
      ['c-uri', 'url.original', asText],
      ['cs-method', 'http.request.method', asText],
      ['sc-status', 'http.response.status_code', asNumber],
      ['c-useragent', 'user_agent.original', asText],
      ['agent', 'user_agent.original', asText],
      ['level', 'log.level', asLower],
      ['msg', 'message', asText],
      ['message', 'message', asText],
      ['logid', 'event.code', asText],
      ['policyid', 'rule.id', asText],
      ['attack', 'rule.name', asText],
      ['virus', 'rule.name', asText],
      ['filename', 'file.name', asText],
    ],
    aliases: {
      srcip: 'src_ip',
      SRC: 'src_ip',
      srcport: 'src_port',
      SPT: 'src_port',
      dstip: 'dst_ip',
      DST: 'dst_ip',
      dstport: 'dst_port',
      DPT: 'dst_port',
      dport: 'dst_port',
      url: 'c-uri',
      agent: 'c-useragent',
      virus: 'Signature',
    },
    constants: { 'event.kind': 'event' },
    computed: { 'event.module': ['devid', 'logid'], 'event.dataset': ['devid', 'type'] },
  }),
  accepts: (text) => STARTS.test(text.slice(0, 1_200)),
  read(text, event) {
    let count = 0
    for (const m of text.matchAll(PAIR)) {
      if (++count > MAX_PAIRS) {
        event.warn(`more than ${MAX_PAIRS} fields: the rest is in the original only`)
        break
      }
      event.put(m[1]!, m[2] === undefined ? m[3] : m[2].replace(/\\(["\\])/g, '$1'))
    }
    takeTime(event)
    putUrlParts(event)
    event.logSources(logSourcesOf(event))
    return true
  },
}

function takeTime(event: EventBuilder): void {
  const { date, time, eventtime, tz } = event.taxonomy
  if (typeof eventtime === 'string' && event.time(eventtime)) return
  if (
    typeof date === 'string' &&
    typeof time === 'string' &&
    event.time(`${date} ${time}${typeof tz === 'string' ? tz : ''}`)
  )
    return
  for (const name of ['timestamp', 'time', 'ts', 'datetime', 'start', 'receive_time', 'x-timestamp'])
    if (event.time(event.taxonomy[name])) return
}

function logSourcesOf(event: EventBuilder): LogSource[] {
  const t = event.taxonomy
  const sources: LogSource[] = []
  const isFortinet = (t.devid !== undefined || t.devname !== undefined) && t.logid !== undefined
  if (isFortinet) {
    event.derive('event.module', 'fortinet')
    event.derive('event.dataset', `fortinet.${String(t.type ?? 'log').slice(0, 40)}`)
    sources.push({ product: 'fortigate', service: String(t.type ?? 'event') })
    if (String(t.subtype) === 'vpn') sources.push({ product: 'fortios', service: 'sslvpnd' })
  }
  if (event.ecs['source.ip'] !== undefined && event.ecs['destination.ip'] !== undefined)
    sources.push({ category: 'firewall' })
  if (t['c-uri'] !== undefined || t['cs-method'] !== undefined) sources.push({ category: 'proxy' })
  if (t.virus !== undefined) sources.push({ category: 'antivirus' })
  return sources
}
