import { resolver, vpnGateway } from '../company.ts'
import { seeded } from '../random.ts'
import type { LogRecord } from '../record.ts'

const uidOf = (...parts: readonly (string | number)[]): string => `C${seeded(...parts).hex(16)}`
const seconds = (timeMs: number): number => Math.round(timeMs) / 1000

export interface NameQuestion {
  readonly fromIp: string
  readonly name: string
  readonly type?: 'A' | 'AAAA' | 'TXT' | 'PTR'
  readonly answers: readonly string[]
}

/** Zeek's dns.log as JSON. */
export function zeekDns(timeMs: number, question: NameQuestion): LogRecord {
  const type = question.type ?? 'A'
  const numbers = { A: 1, PTR: 12, TXT: 16, AAAA: 28 } as const
  const random = seeded(timeMs, question.name)
  return {
    timeMs,
    source: 'network',
    text: JSON.stringify({
      _path: 'dns',
      ts: seconds(timeMs),
      uid: uidOf(timeMs, question.fromIp, question.name),
      'id.orig_h': question.fromIp,
      'id.orig_p': random.int(49_152, 65_535),
      'id.resp_h': resolver,
      'id.resp_p': 53,
      proto: 'udp',
      trans_id: random.int(1, 65_535),
      rtt: random.int(2, 60) / 1000,
      query: question.name,
      qclass: 1,
      qclass_name: 'C_INTERNET',
      qtype: numbers[type],
      qtype_name: type,
      rcode: question.answers.length > 0 ? 0 : 3,
      rcode_name: question.answers.length > 0 ? 'NOERROR' : 'NXDOMAIN',
      AA: false,
      TC: false,
      RD: true,
      RA: true,
      Z: 0,
      answers: question.answers.length > 0 ? question.answers : undefined,
      TTLs: question.answers.length > 0 ? question.answers.map(() => 300) : undefined,
      rejected: false,
    }),
  }
}

export interface Connection {
  readonly fromIp: string
  readonly toIp: string
  readonly port: number
  readonly service?: 'ssl' | 'http' | 'ssh' | 'smb'
  readonly sentBytes: number
  readonly receivedBytes: number
  readonly durationSeconds: number
}

/** Zeek's conn.log as JSON. */
export const zeekConnection = (timeMs: number, connection: Connection): LogRecord => ({
  timeMs,
  source: 'network',
  text: JSON.stringify({
    _path: 'conn',
    ts: seconds(timeMs),
    uid: uidOf(timeMs, connection.fromIp, connection.toIp),
    'id.orig_h': connection.fromIp,
    'id.orig_p': 49_152 + (Math.floor(timeMs) % 16_000),
    'id.resp_h': connection.toIp,
    'id.resp_p': connection.port,
    proto: 'tcp',
    service: connection.service,
    duration: connection.durationSeconds,
    orig_bytes: connection.sentBytes,
    resp_bytes: connection.receivedBytes,
    conn_state: 'SF',
    local_orig: true,
    local_resp: false,
    missed_bytes: 0,
    history: 'ShADadFf',
    orig_pkts: Math.ceil(connection.sentBytes / 1200) + 3,
    resp_pkts: Math.ceil(connection.receivedBytes / 1200) + 3,
  }),
})

export interface WebRequest {
  readonly fromIp: string
  readonly login?: string
  readonly method: 'GET' | 'POST' | 'CONNECT'
  /** `https` through the proxy is a CONNECT to `host:443`. */
  readonly url: string
  readonly toIp: string
  readonly bytes: number
  readonly type?: string
  readonly status?: number
  readonly milliseconds?: number
}

/** Squid's native access.log. */
export function squidLine(timeMs: number, request: WebRequest): LogRecord {
  const tunnel = request.method === 'CONNECT'
  const elapsed = String(request.milliseconds ?? 40 + (Math.floor(timeMs) % 400)).padStart(6, ' ')
  const result = `${tunnel ? 'TCP_TUNNEL' : 'TCP_MISS'}/${request.status ?? 200}`
  const type = tunnel ? '-' : (request.type ?? 'text/html')
  return {
    timeMs,
    source: 'proxy',
    text: `${(timeMs / 1000).toFixed(3)} ${elapsed} ${request.fromIp} ${result} ${request.bytes} ${request.method} ${request.url} ${request.login ?? '-'} HIER_DIRECT/${request.toIp} ${type}`,
  }
}

export interface Tunnel {
  readonly action: 'tunnel-up' | 'tunnel-down' | 'ssl-login-fail'
  readonly login: string
  readonly publicIp: string
  /** Address it got inside; none when the login failed. */
  readonly insideIp?: string
  readonly id: number
}

const tunnelWords = {
  'tunnel-up': { logid: '0101039947', level: 'information', desc: 'SSL VPN tunnel up', reason: 'login successfully' },
  'tunnel-down': { logid: '0101039948', level: 'information', desc: 'SSL VPN tunnel down', reason: 'user request' },
  'ssl-login-fail': {
    logid: '0101039426',
    level: 'alert',
    desc: 'SSL VPN login fail',
    reason: 'sslvpn_login_permission_denied',
  },
} as const

/** An SSL VPN event as FortiGate writes it: `key=value`. */
export function vpnRecord(timeMs: number, tunnel: Tunnel): LogRecord {
  const { logid, level, desc, reason } = tunnelWords[tunnel.action]
  const [date, time] = new Date(timeMs).toISOString().slice(0, 19).split('T')
  const inside = tunnel.insideIp ?? '(null)'
  return {
    timeMs,
    source: 'vpn',
    text: `date=${date} time=${time} devname="${vpnGateway.name}" devid="FGVM00DEMO000001" eventtime=${Math.floor(timeMs)} tz="+0000" logid="${logid}" type="event" subtype="vpn" level="${level}" vd="root" logdesc="${desc}" action="${tunnel.action}" tunneltype="ssl-tunnel" tunnelid=${tunnel.id} remip=${tunnel.publicIp} tunnelip=${inside} user="${tunnel.login}" group="vpn-staff" dst_host="N/A" reason="${reason}" msg="${desc}"`,
  }
}
