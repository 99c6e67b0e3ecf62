import type { LogSource } from '../../event/index.ts'
import { Mapping } from '../mapping.ts'
import type { ObjectParser } from '../parser.ts'
import {
  addressesOf,
  asHostName,
  asIp,
  asLower,
  asNumber,
  asPort,
  asText,
  asTransport,
  baseName,
  urlPath,
  urlQuery,
} from '../transforms.ts'
import { putUrlParts } from './url-parts.ts'

const CATEGORIES: Readonly<Record<string, readonly LogSource[]>> = {
  dns: [{ category: 'dns' }],
  http: [{ category: 'proxy' }],
  flow: [{ category: 'firewall' }],
  netflow: [{ category: 'firewall' }],
}

/** Suricata's EVE records of every `event_type`. */
export const suricata: ObjectParser = {
  kind: 'object',
  id: 'suricata-eve',
  mapping: new Mapping({
    prefix: 'suricata.eve.',
    rows: [
      ['src_ip', 'source.ip', asIp],
      ['src_port', 'source.port', asPort],
      ['dest_ip', 'destination.ip', asIp],
      ['dest_port', 'destination.port', asPort],
      ['proto', 'network.transport', asTransport],
      ['app_proto', 'network.protocol', asLower],
      ['community_id', 'network.community_id'],
      ['in_iface', 'observer.ingress.interface.name'],
      ['host', 'observer.hostname'],
      ['flow_id', 'suricata.eve.flow_id', asText],
      ['alert.signature', 'rule.name'],
      ['alert.signature_id', 'rule.id', asText],
      ['alert.category', 'rule.category'],
      ['alert.rev', 'rule.version', asText],
      ['alert.severity', 'event.severity', asNumber],
      ['dns.rrname', 'dns.question.name', asLower],
      ['dns.rrtype', 'dns.question.type'],
      ['dns.rcode', 'dns.response_code'],
      ['dns.rdata', 'dns.resolved_ip', addressesOf],
      ['dns.id', 'dns.id', asText],
      ['http.hostname', 'url.domain', asHostName],
      ['http.url', 'url.original'],
      ['http.url', 'url.path', urlPath],
      ['http.url', 'url.query', urlQuery],
      ['http.http_method', 'http.request.method'],
      ['http.http_refer', 'http.request.referrer'],
      ['http.http_user_agent', 'user_agent.original'],
      ['http.status', 'http.response.status_code', asNumber],
      ['http.length', 'http.response.body.bytes', asNumber],
      ['tls.sni', 'destination.domain', asHostName],
      ['tls.sni', 'tls.client.server_name'],
      ['tls.version', 'tls.version_protocol'],
      ['tls.subject', 'tls.server.subject'],
      ['tls.issuerdn', 'tls.server.issuer'],
      ['tls.ja3.hash', 'tls.client.ja3'],
      ['tls.ja3s.hash', 'tls.server.ja3s'],
      ['fileinfo.filename', 'file.path'],
      ['fileinfo.filename', 'file.name', baseName],
      ['fileinfo.size', 'file.size', asNumber],
      ['fileinfo.md5', 'file.hash.md5', asLower],
      ['fileinfo.sha1', 'file.hash.sha1', asLower],
      ['fileinfo.sha256', 'file.hash.sha256', asLower],
      ['flow.bytes_toserver', 'source.bytes', asNumber],
      ['flow.bytes_toclient', 'destination.bytes', asNumber],
      ['flow.pkts_toserver', 'source.packets', asNumber],
      ['flow.pkts_toclient', 'destination.packets', asNumber],
    ],
    aliases: {
      dest_ip: 'dst_ip',
      dest_port: ['dst_port', 'destination.port'],
      'dns.rrname': 'query',
      'dns.rrtype': 'record_type',
      'dns.rdata': 'answer',
      'http.url': 'c-uri',
      'http.hostname': 'cs-host',
      'http.http_method': 'cs-method',
      'http.http_user_agent': 'c-useragent',
      'http.status': 'sc-status',
      'alert.action': 'action',
    },
    constants: { 'event.module': 'suricata' },
    computed: {
      'event.dataset': ['event_type'],
      'event.category': ['event_type'],
      'event.kind': ['event_type'],
      'event.type': ['event_type', 'alert.action'],
    },
  }),
  accepts: (record) =>
    typeof record.event_type === 'string' &&
    record.timestamp !== undefined &&
    (record.flow_id !== undefined ||
      record.src_ip !== undefined ||
      record.in_iface !== undefined ||
      record.stats !== undefined),
  read(record, event) {
    for (const key of Object.keys(record)) if (key !== 'timestamp') event.put(key, record[key])
    event.time(record.timestamp)
    const type = String(record.event_type).slice(0, 40)
    const isAlert = type === 'alert'
    event.derive('event.dataset', `suricata.${type}`)
    event.derive('event.kind', isAlert ? 'alert' : 'event')
    event.derive('event.category', isAlert ? ['network', 'intrusion_detection'] : ['network'])
    event.derive(
      'event.type',
      isAlert ? [event.taxonomy['alert.action'] === 'blocked' ? 'denied' : 'allowed'] : ['protocol'],
    )
    if (type === 'http') putUrlParts(event)
    event.logSources([
      { product: 'suricata', service: type },
      ...(Object.hasOwn(CATEGORIES, type) ? CATEGORIES[type]! : []),
    ])
  },
}
