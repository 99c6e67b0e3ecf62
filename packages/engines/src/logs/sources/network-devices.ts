import type { EventBuilder } from '../builder.ts'
import { Mapping } from '../mapping.ts'
import type { TextParser } from '../parser.ts'
import { parseSyslogMs } from '../time.ts'
import { asText, isIp } from '../transforms.ts'

const CISCO = /(?:^|[\s:])%([A-Z][A-Z0-9_-]{1,40}?)-(\d)-([A-Z0-9_]{2,60}):\s*([\s\S]*)$/
const STAMP = /[*.]?([A-Z][a-z]{2} {1,2}\d{1,2}(?: \d{4})? \d\d:\d\d:\d\d(?:\.\d{1,6})?)(?: [A-Z]{3,4})?:/
const AAA = /^(?:PARSER|AAA|SEC_LOGIN|SYS|SSH|CONFIG|AUTHMGR|DOT1X)/

function serviceOf(facility: string): string {
  if (facility === 'BGP') return 'bgp'
  if (facility === 'LDP' || facility === 'TCP') return 'ldp'
  return AAA.test(facility) ? 'aaa' : 'syslog'
}

/** Cisco's `%FACILITY-SEVERITY-MNEMONIC: text`, with or without what routers put in front. */
export const cisco: TextParser = {
  kind: 'text',
  id: 'cisco-syslog',
  mapping: new Mapping({
    prefix: 'cisco.',
    rows: [
      ['facility', 'cisco.facility'],
      ['mnemonic', 'event.code'],
      ['message', 'message', asText],
      ['User', 'user.name'],
      ['command', 'process.command_line'],
    ],
    constants: { 'event.kind': 'event', 'event.module': 'cisco', 'event.dataset': 'cisco.syslog' },
    computed: {
      'event.severity': ['severity'],
      'source.ip': ['message'],
      'destination.ip': ['message'],
      'source.port': ['message'],
      'destination.port': ['message'],
      'event.action': ['mnemonic'],
      'host.name': ['device'],
      'related.ip': ['message'],
      'network.transport': ['message'],
      'related.hosts': ['device'],
    },
  }),
  accepts: (text) => text.includes('%') && CISCO.test(text.slice(0, 512)),
  read(text, event) {
    const m = CISCO.exec(text)
    if (m === null) return false
    const head = text.slice(0, m.index)
    const stamp = STAMP.exec(text.slice(0, m.index + 2))
    if (stamp !== null) event.time(parseSyslogMs(stamp[1]!, event.receivedMs)?.timeMs)
    const device = /^(\S{1,255}) /.exec(head)?.[1]
    if (device !== undefined && isIp(device)) {
      event.name('device', device)
      event.derive('host.name', device, 'related.hosts')
    }
    event.put('facility', m[1])
    event.name('severity', Number(m[2]))
    event.derive('event.severity', Number(m[2]))
    event.put('mnemonic', m[3])
    event.derive('event.action', m[3]!.toLowerCase())
    event.put('message', m[4])
    const command = /User:(\S{1,128})\s+logged command:([\s\S]*)$/.exec(m[4]!)
    event.put('User', command?.[1])
    event.put('command', command?.[2])
    const isFirewall = m[1] === 'ASA' || m[1] === 'FTD' || m[1] === 'PIX'
    if (isFirewall) readFlow(m[4]!, event)
    event.logSources([
      { product: 'cisco', service: serviceOf(m[1]!) },
      ...(isFirewall ? [{ category: 'firewall' }] : []),
    ])
    return true
  },
}

const FLOW =
  /(?:from |src |for )?(?:[\w.-]{1,60}:)?(\d{1,3}(?:\.\d{1,3}){3})[/(](\d{1,5})\)?.{0,80}?(?:to |dst )(?:[\w.-]{1,60}:)?(\d{1,3}(?:\.\d{1,3}){3})[/(](\d{1,5})/

function readFlow(message: string, event: EventBuilder): void {
  const m = FLOW.exec(message.slice(0, 2_000))
  if (m === null) return
  const action = /\b(Deny|denied|Built|Teardown|permitted|dropped)\b/i.exec(message)?.[1]?.toLowerCase()
  event.derive('source.ip', m[1], 'related.ip')
  event.derive('source.port', Number(m[2]))
  event.derive('destination.ip', m[3], 'related.ip')
  event.derive('destination.port', Number(m[4]))
  event.derive('network.transport', /\b(tcp|udp|icmp)\b/i.exec(message)?.[1]?.toLowerCase())
  event.name('src_ip', m[1])
  event.name('src_port', m[2])
  event.name('dst_ip', m[3])
  event.name('dst_port', m[4])
  event.name('action', action)
}

const BGP_MARK = /:179\b|\bBGP\b/

/** Juniper and Huawei routers write BGP troubles without a tag of their own. */
export const routerBgp: TextParser = {
  kind: 'text',
  id: 'router-bgp',
  mapping: new Mapping({
    prefix: 'router.',
    rows: [['message', 'message', asText]],
    constants: { 'event.kind': 'event', 'event.dataset': 'router.bgp' },
  }),
  accepts: (text) => BGP_MARK.test(text.slice(0, 400)) && /\b(?:rpd|%%\d\dBGP|BGP\/\d)/.test(text.slice(0, 400)),
  read(text, event) {
    event.put('message', text)
    event.logSources(
      /%%\d\dBGP|BGP\/\d/.test(text.slice(0, 400))
        ? [{ product: 'huawei', service: 'bgp' }]
        : [{ product: 'juniper', service: 'bgp' }],
    )
    return true
  },
}
