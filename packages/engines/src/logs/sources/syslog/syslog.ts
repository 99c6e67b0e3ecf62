import type { LogSource } from '../../../event/index.ts'
import type { EventBuilder } from '../../builder.ts'
import { Mapping } from '../../mapping.ts'
import type { TextParser } from '../../parser.ts'
import { asText } from '../../transforms.ts'
import { type Envelope, readEnvelope } from './envelope.ts'
import { readFacts } from './facts.ts'

const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'audit',
  'alert',
  'clock',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const
const SEVERITIES = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'informational', 'debug'] as const

/** Fields of the header and of what we know of well-known programs' messages. */
export const syslogMapping = new Mapping({
  prefix: 'syslog.',
  rows: [
    ['hostname', 'host.name'],
    ['program', 'process.name'],
    ['pid', 'process.pid', (v) => (/^\d{1,10}$/.test(String(v)) ? Number(v) : undefined)],
    ['msgid', 'log.syslog.msgid'],
    ['facility', 'log.syslog.facility.name'],
    ['severity', 'log.syslog.severity.name'],
    ['message', 'message', asText],
  ],
  constants: { 'event.kind': 'event' },
  computed: {
    'log.level': ['severity'],
    'user.name': ['message'],
    'user.effective.name': ['message'],
    'user.target.name': ['message'],
    'group.name': ['message'],
    'source.ip': ['message'],
    'source.port': ['message'],
    'source.domain': ['message'],
    'destination.ip': ['message'],
    'destination.port': ['message'],
    'network.transport': ['message'],
    'process.command_line': ['message'],
    'process.working_directory': ['message'],
    'process.executable': ['message'],
    'dns.question.name': ['message'],
    'dns.question.type': ['message'],
    'dns.answers.data': ['message'],
    'dns.resolved_ip': ['message'],
    'file.path': ['message'],
    'rule.name': ['message'],
    'event.action': ['message'],
    'event.outcome': ['message'],
    'event.category': ['program', 'message'],
    'event.type': ['program', 'message'],
    'event.module': ['program'],
    'event.dataset': ['program'],
    'related.ip': ['message'],
    'related.user': ['message'],
    'related.hosts': ['message', 'hostname'],
  },
})

/** The header's fields. What the message itself says about the same thing goes before. */
export function putEnvelope(event: EventBuilder, envelope: Envelope): void {
  const { ecs } = event
  if (ecs['host.name'] === undefined) event.put('hostname', envelope.host, syslogMapping)
  else event.name('hostname', envelope.host)
  if (ecs['process.name'] === undefined) event.put('program', envelope.app, syslogMapping)
  else event.name('program', envelope.app)
  if (ecs['process.pid'] === undefined) event.put('pid', envelope.pid, syslogMapping)
  event.put('msgid', envelope.messageId, syslogMapping)
  if (envelope.facility !== undefined) event.put('facility', FACILITIES[envelope.facility], syslogMapping)
  if (envelope.severity !== undefined) {
    event.put('severity', SEVERITIES[envelope.severity], syslogMapping)
    if (ecs['log.level'] === undefined) event.derive('log.level', SEVERITIES[envelope.severity])
  }
  if (envelope.structured !== undefined)
    for (const [name, value] of envelope.structured) event.put(name, value, syslogMapping)
  event.time(envelope.timeMs)
}

/** A message that no other parser claims: what is known of its program, else the text alone. */
export function readSyslogMessage(body: string, envelope: Envelope, event: EventBuilder): void {
  putEnvelope(event, envelope)
  event.put('message', body, syslogMapping)
  const app = envelope.app ?? ''
  const found = readFacts(app, body, event)
  event.derive('event.module', 'system')
  event.derive('event.dataset', `system.${found.includes('auth') ? 'auth' : 'syslog'}`)
  event.logSources(linuxSources(found, envelope.facility))
}

const AUTH_FACILITIES: ReadonlySet<number> = new Set([4, 10])

function linuxSources(services: readonly string[], facility: number | undefined): LogSource[] {
  const names = new Set(services)
  if (facility !== undefined && AUTH_FACILITIES.has(facility)) names.add('auth')
  if (facility === 9) names.add('cron')
  names.add('syslog')
  const sources: LogSource[] = [...names]
    .filter((n) => !n.startsWith('='))
    .map((service) => ({ product: 'linux', service }))
  for (const name of names) if (name.startsWith('=')) sources.push({ category: name.slice(1) })
  return sources
}

/** A syslog line whose message is just that. Headers around other formats are taken off before. */
export const syslog: TextParser = {
  kind: 'text',
  id: 'syslog',
  mapping: syslogMapping,
  accepts: () => true,
  read(text, event) {
    const envelope = readEnvelope(text, event.receivedMs)
    if (envelope === undefined) return false
    readSyslogMessage(text.slice(envelope.bodyAt), envelope, event)
    return true
  },
}
