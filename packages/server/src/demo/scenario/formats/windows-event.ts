import { fullName, type WindowsHost } from '../company.ts'
import { seeded } from '../random.ts'
import type { LogRecord } from '../record.ts'

/** A Windows event before a shipper has put it into its form. */
export interface WindowsEvent {
  readonly channel: keyof typeof providers | 'System'
  readonly eventId: number
  /** First line of the message. */
  readonly title: string
  readonly data: Readonly<Record<string, string>>
  readonly provider?: string
}

const providers = {
  'Microsoft-Windows-Sysmon/Operational': ['Microsoft-Windows-Sysmon', '{5770385f-c22a-43e0-bf4c-06f5698ffbd9}'],
  Security: ['Microsoft-Windows-Security-Auditing', '{54849625-5478-4994-a5ba-3e3b0328c30d}'],
  'Microsoft-Windows-PowerShell/Operational': [
    'Microsoft-Windows-PowerShell',
    '{a0c1853b-5c40-4b15-8766-3cf1c58f985a}',
  ],
} as const

const isoOf = (timeMs: number): string => new Date(timeMs).toISOString()
/** As Sysmon and NXLog write it: `2026-03-01 09:30:00.123`. */
export const plainTime = (timeMs: number): string => isoOf(timeMs).replace('T', ' ').replace('Z', '')

function providerOf(event: WindowsEvent): { name: string; guid: string | undefined } {
  if (event.provider !== undefined) return { name: event.provider, guid: undefined }
  if (event.channel === 'System') return { name: 'Service Control Manager', guid: undefined }
  const [name, guid] = providers[event.channel]
  return { name, guid }
}

const messageOf = (event: WindowsEvent): string =>
  [event.title, ...Object.entries(event.data).map(([name, value]) => `${name}: ${value}`)].join('\n')

/** Numbers of a record that follow from it, so that the same record is always written the same way. */
function numbersOf(host: WindowsHost, timeMs: number, event: WindowsEvent) {
  const random = seeded(host.name, timeMs, event.eventId)
  return { recordId: Math.floor(timeMs / 97) % 9_000_000, pid: random.int(600, 4000), thread: random.int(600, 9000) }
}

function winlogbeat(host: WindowsHost, timeMs: number, event: WindowsEvent): string {
  const { recordId, pid, thread } = numbersOf(host, timeMs, event)
  const provider = providerOf(event)
  return JSON.stringify({
    '@timestamp': isoOf(timeMs),
    agent: { type: 'winlogbeat', version: '8.15.3', name: host.name },
    ecs: { version: '8.0.0' },
    event: { code: String(event.eventId), kind: 'event', provider: provider.name },
    host: { name: fullName(host) },
    log: { level: 'information' },
    message: messageOf(event),
    winlog: {
      api: 'wineventlog',
      channel: event.channel,
      computer_name: fullName(host),
      event_data: event.data,
      event_id: String(event.eventId),
      opcode: 'Info',
      process: { pid, thread: { id: thread } },
      provider_guid: provider.guid,
      provider_name: provider.name,
      record_id: recordId,
    },
  })
}

function nxlog(host: WindowsHost, timeMs: number, event: WindowsEvent): string {
  const { recordId, pid, thread } = numbersOf(host, timeMs, event)
  const provider = providerOf(event)
  return JSON.stringify({
    EventTime: isoOf(timeMs).replace('Z', '+00:00'),
    Hostname: fullName(host),
    EventType: event.channel === 'Security' ? 'AUDIT_SUCCESS' : 'INFO',
    SeverityValue: 2,
    Severity: 'INFO',
    EventID: event.eventId,
    SourceName: provider.name,
    ProviderGuid: provider.guid,
    RecordNumber: recordId,
    ProcessID: pid,
    ThreadID: thread,
    Channel: event.channel,
    Message: messageOf(event),
    ...event.data,
    SourceModuleName: 'eventlog',
    SourceModuleType: 'im_msvistalog',
  })
}

/** The event as the host's shipper sends it: NXLog on the domain controller, Winlogbeat elsewhere. */
export const windowsRecord = (host: WindowsHost, timeMs: number, event: WindowsEvent): LogRecord => ({
  timeMs,
  source: host.source,
  text: host.source === 'domain' ? nxlog(host, timeMs, event) : winlogbeat(host, timeMs, event),
})
