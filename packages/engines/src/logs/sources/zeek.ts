import type { JsonObject, LogSource } from '../../event/index.ts'
import { Mapping, type MappingRow } from '../mapping.ts'
import type { ObjectParser } from '../parser.ts'
import { inner } from '../record.ts'
import {
  addressesOf,
  asBoolean,
  asHostName,
  asIp,
  asList,
  asLower,
  asNumber,
  asPort,
  asText,
  asTransport,
  baseName,
  extensionName,
  urlPath,
  urlQuery,
} from '../transforms.ts'
import { putUrlParts } from './url-parts.ts'

const COMMON: readonly MappingRow[] = [
  ['uid', 'zeek.session_id'],
  ['id.orig_h', 'source.ip', asIp],
  ['id.orig_p', 'source.port', asPort],
  ['id.resp_h', 'destination.ip', asIp],
  ['id.resp_p', 'destination.port', asPort],
  ['proto', 'network.transport', asTransport],
  ['orig_l2_addr', 'source.mac'],
  ['resp_l2_addr', 'destination.mac'],
  ['community_id', 'network.community_id'],
]

/** Rows per Zeek log (`_path`). */
const BY_PATH: Readonly<Record<string, readonly MappingRow[]>> = {
  conn: [
    ['service', 'network.protocol', asLower],
    ['orig_bytes', 'source.bytes', asNumber],
    ['resp_bytes', 'destination.bytes', asNumber],
    ['orig_pkts', 'source.packets', asNumber],
    ['resp_pkts', 'destination.packets', asNumber],
  ],
  dns: [
    ['query', 'dns.question.name', asLower],
    ['qtype_name', 'dns.question.type'],
    ['qclass_name', 'dns.question.class'],
    ['rcode_name', 'dns.response_code'],
    ['trans_id', 'dns.id', asText],
    ['answers', 'dns.answers.data', asList],
    ['answers', 'dns.resolved_ip', addressesOf],
  ],
  http: [
    ['method', 'http.request.method'],
    ['host', 'url.domain', asHostName],
    ['uri', 'url.original'],
    ['uri', 'url.path', urlPath],
    ['uri', 'url.query', urlQuery],
    ['referrer', 'http.request.referrer'],
    ['user_agent', 'user_agent.original'],
    ['status_code', 'http.response.status_code', asNumber],
    ['request_body_len', 'http.request.body.bytes', asNumber],
    ['response_body_len', 'http.response.body.bytes', asNumber],
    ['username', 'user.name'],
    ['version', 'http.version', asText],
  ],
  ssl: [
    ['server_name', 'destination.domain', asHostName],
    ['server_name', 'tls.client.server_name'],
    ['version', 'tls.version_protocol', asText],
    ['cipher', 'tls.cipher'],
    ['curve', 'tls.curve'],
    ['ja3', 'tls.client.ja3'],
    ['ja3s', 'tls.server.ja3s'],
    ['established', 'tls.established', asBoolean],
    ['resumed', 'tls.resumed', asBoolean],
    ['subject', 'tls.server.subject'],
    ['issuer', 'tls.server.issuer'],
  ],
  files: [
    ['tx_hosts', 'source.ip', (v) => (Array.isArray(v) ? asIp(v[0] ?? null) : asIp(v))],
    ['rx_hosts', 'destination.ip', (v) => (Array.isArray(v) ? asIp(v[0] ?? null) : asIp(v))],
    ['filename', 'file.name', baseName],
    ['filename', 'file.extension', extensionName],
    ['mime_type', 'file.mime_type'],
    ['total_bytes', 'file.size', asNumber],
    ['md5', 'file.hash.md5', asLower],
    ['sha1', 'file.hash.sha1', asLower],
    ['sha256', 'file.hash.sha256', asLower],
  ],
  smb_files: [
    ['action', 'event.action'],
    ['name', 'file.name', baseName],
    ['path', 'file.path'],
    ['size', 'file.size', asNumber],
  ],
  smb_mapping: [['path', 'file.path']],
  ssh: [
    ['client', 'user_agent.original'],
    [
      'auth_success',
      'event.outcome',
      (v) => (asBoolean(v) === undefined ? undefined : asBoolean(v) === true ? 'success' : 'failure'),
    ],
  ],
  kerberos: [
    ['client', 'user.name', (v) => (typeof v === 'string' && v !== '-' ? v.split('/', 1)[0] : undefined)],
    [
      'success',
      'event.outcome',
      (v) => (asBoolean(v) === undefined ? undefined : asBoolean(v) === true ? 'success' : 'failure'),
    ],
  ],
  ntlm: [
    ['username', 'user.name'],
    ['domainname', 'user.domain'],
    ['hostname', 'source.domain', asHostName],
    [
      'success',
      'event.outcome',
      (v) => (asBoolean(v) === undefined ? undefined : asBoolean(v) === true ? 'success' : 'failure'),
    ],
  ],
  notice: [
    ['note', 'rule.name'],
    ['msg', 'message'],
  ],
  weird: [['name', 'rule.name']],
  software: [
    ['host', 'source.ip', asIp],
    ['unparsed_version', 'user_agent.original'],
  ],
  known_hosts: [['host', 'source.ip', asIp]],
  known_services: [['host', 'source.ip', asIp]],
  dhcp: [
    ['client_addr', 'client.ip', asIp],
    ['server_addr', 'server.ip', asIp],
    ['host_name', 'source.domain', asHostName],
  ],
  ftp: [
    ['user', 'user.name'],
    ['command', 'event.action'],
  ],
  rdp: [['cookie', 'user.name']],
  smtp: [
    ['mailfrom', 'email.from.address', asList],
    ['rcptto', 'email.to.address', asList],
    ['subject', 'email.subject'],
  ],
}

/** Names that rules for the categories dns, proxy and firewall use. */
const ALIASES: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>> = {
  dns: { qtype_name: 'record_type', answers: 'answer' },
  http: {
    uri: ['c-uri', 'cs-uri'],
    user_agent: ['c-useragent', 'cs-user-agent'],
    method: 'cs-method',
    host: 'cs-host',
    status_code: 'sc-status',
    referrer: 'cs-referer',
  },
  conn: {
    'id.orig_h': 'src_ip',
    'id.orig_p': 'src_port',
    'id.resp_h': 'dst_ip',
    'id.resp_p': ['dst_port', 'destination.port'],
  },
}
const CATEGORIES: Readonly<Record<string, readonly LogSource[]>> = {
  dns: [{ category: 'dns' }],
  http: [{ category: 'proxy' }],
  conn: [{ category: 'firewall' }, { service: 'netflow' }],
}
const NETWORK_TYPES: Readonly<Record<string, readonly string[]>> = {
  conn: ['connection'],
  notice: ['info'],
  weird: ['info'],
}

const known = new Map<string, Mapping>()
const KNOWN_PATHS = new Set([
  ...Object.keys(BY_PATH),
  'x509',
  'dce_rpc',
  'dpd',
  'pe',
  'snmp',
  'ntp',
  'ocsp',
  'analyzer',
  'stats',
  'capture_loss',
  'ldap',
  'ldap_search',
  'tunnel',
  'sip',
  'radius',
  'mysql',
  'socks',
  'rfb',
  'irc',
  'syslog',
  'known_certs',
  'loaded_scripts',
  'packet_filter',
  'traceroute',
  'modbus',
  'dnp3',
  'intel',
  'quic',
  'websocket',
])

function mappingOf(path: string): Mapping {
  const key = KNOWN_PATHS.has(path) ? path : 'log'
  const found = known.get(key)
  if (found !== undefined) return found
  const made = new Mapping({
    prefix: `zeek.${key}.`,
    rows: [...COMMON, ...(Object.hasOwn(BY_PATH, key) ? BY_PATH[key]! : [])],
    aliases: Object.hasOwn(ALIASES, key) ? ALIASES[key]! : {},
    constants: { 'event.module': 'zeek', 'event.kind': 'event' },
    computed: {
      'event.dataset': ['_path'],
      'event.category': ['_path'],
      'event.type': ['_path'],
      'event.duration': ['duration'],
    },
  })
  known.set(key, made)
  return made
}

const base = mappingOf('log')

/** Zeek's logs as JSON, or a TSV row that framing has put under its header's names. */
export const zeek: ObjectParser = {
  kind: 'object',
  id: 'zeek',
  mapping: base,
  mappings: () => [...KNOWN_PATHS].map(mappingOf),
  accepts: (record) =>
    typeof record._path === 'string' ||
    (typeof record['@stream'] === 'string' && record['@proc'] === 'zeek') ||
    (record.ts !== undefined &&
      (inner(record, 'id', 'orig_h') !== undefined ||
        (typeof record.uid === 'string' && record.uid.startsWith('C')) ||
        record.fuid !== undefined)),
  read(record, event) {
    const named = record._path ?? record['@stream']
    const path = typeof named === 'string' ? named : guessPath(record)
    const mapping = mappingOf(path)
    for (const key of Object.keys(record)) {
      const value = record[key]
      if (key === '_path' || key === '_write_ts') event.name(key, value as string)
      else if (key !== 'ts' && value !== '-' && value !== null) event.put(key, value, mapping)
    }
    event.time(record.ts) || event.time(record._write_ts)
    event.derive('event.dataset', `zeek.${path}`)
    event.derive('event.category', ['network'])
    event.derive('event.type', NETWORK_TYPES[path] ?? ['protocol'])
    const seconds = asNumber(event.taxonomy.duration ?? null)
    if (typeof seconds === 'number') event.derive('event.duration', Math.round(seconds * 1e9))
    if (path === 'http') putUrlParts(event)
    event.logSources([
      { product: 'zeek', service: path },
      ...(Object.hasOwn(CATEGORIES, path) ? CATEGORIES[path]! : []),
    ])
  },
}

/** Zeek's JSON names its log only when told to; else the fields tell. */
function guessPath(record: JsonObject): string {
  const has = (name: string): boolean => record[name] !== undefined
  if (has('qtype_name') || (has('query') && has('trans_id'))) return 'dns'
  if (has('conn_state')) return 'conn'
  if (has('method') || has('uri') || has('status_code')) return 'http'
  if (has('note')) return 'notice'
  if (has('cipher') && !has('request_type')) return 'ssl'
  if (has('request_type')) return 'kerberos'
  if (has('endpoint') && has('operation')) return 'dce_rpc'
  if (has('share_type')) return 'smb_mapping'
  if (typeof record.action === 'string' && record.action.startsWith('SMB::')) return 'smb_files'
  if (has('mime_type') || has('seen_bytes')) return 'files'
  if (has('auth_attempts') || has('kex_alg')) return 'ssh'
  if (has('certificate.serial') || inner(record, 'certificate', 'serial') !== undefined) return 'x509'
  if (has('mailfrom')) return 'smtp'
  if (has('cookie') && has('security_protocol')) return 'rdp'
  if (has('domainname') && has('hostname')) return 'ntlm'
  return has('name') && has('peer') ? 'weird' : 'log'
}
