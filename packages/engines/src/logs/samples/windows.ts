import type { JsonObject } from '../../event/index.ts'
import type { Sample } from './sample.ts'

const evtxSystem = (id: number | JsonObject, channel: string, provider: string): JsonObject => ({
  Provider: { '#attributes': { Name: provider } },
  EventID: id,
  Level: 4,
  Keywords: '0x8020000000000000',
  TimeCreated: { '#attributes': { SystemTime: '2026-06-15T10:00:00.123456Z' } },
  Channel: channel,
  Computer: 'ws1.example.com',
})
const sysmon = 'Microsoft-Windows-Sysmon/Operational'

export const windowsSamples: readonly Sample[] = [
  {
    name: 'Sysmon 1 from an EVTX reader',
    raw: {
      Event: {
        '#attributes': { xmlns: 'x' },
        System: evtxSystem(1, sysmon, 'Microsoft-Windows-Sysmon'),
        EventData: {
          Image: 'C:\\Windows\\System32\\cmd.exe',
          CommandLine: 'cmd /c whoami',
          User: 'EXAMPLE\\alice',
          ProcessId: 4242,
          Hashes: 'SHA1=5E4F2C531C549BB72A658ED9DD16D491EDDBB286,MD5=FAB4B30C1C4F0A9202A7B42DCF1729DC',
          ParentImage: 'C:\\Windows\\explorer.exe',
        },
      },
    },
    parser: 'windows-evtx-json',
    time: '2026-06-15T10:00:00.123Z',
    taxonomy: {
      EventID: 1,
      Channel: sysmon,
      Provider_Name: 'Microsoft-Windows-Sysmon',
      Computer: 'ws1.example.com',
      CommandLine: 'cmd /c whoami',
    },
    ecs: {
      'event.code': '1',
      'event.action': 'process-created',
      'event.category': ['process'],
      'event.module': 'sysmon',
      'host.name': 'ws1.example.com',
      'process.executable': 'C:\\Windows\\System32\\cmd.exe',
      'process.name': 'cmd.exe',
      'process.pid': 4242,
      'process.parent.name': 'explorer.exe',
      'process.hash.md5': 'fab4b30c1c4f0a9202a7b42dcf1729dc',
      'user.name': 'alice',
      'user.domain': 'EXAMPLE',
      'related.user': ['alice'],
    },
    sources: [
      { product: 'windows', category: 'process_creation' },
      { product: 'windows', service: 'sysmon' },
    ],
  },
  {
    name: 'Security 4688 as process creation',
    raw: {
      Event: {
        System: evtxSystem(4688, 'Security', 'Microsoft-Windows-Security-Auditing'),
        EventData: {
          SubjectUserName: 'bob',
          SubjectDomainName: 'EXAMPLE',
          NewProcessId: '0x1f4',
          NewProcessName: 'C:\\a\\b.exe',
          ProcessId: '0x4',
          CommandLine: 'b.exe -x',
          ParentProcessName: 'C:\\p.exe',
          MandatoryLabel: 'S-1-16-12288',
        },
      },
    },
    parser: 'windows-evtx-json',
    taxonomy: {
      Image: 'C:\\a\\b.exe',
      NewProcessName: 'C:\\a\\b.exe',
      ParentImage: 'C:\\p.exe',
      User: 'EXAMPLE\\bob',
      IntegrityLevel: 'High',
    },
    ecs: {
      'process.pid': 500,
      'process.parent.pid': 4,
      'process.parent.name': 'p.exe',
      'user.name': 'bob',
      'event.outcome': 'success',
    },
    sources: [
      { product: 'windows', category: 'process_creation' },
      { product: 'windows', service: 'security' },
    ],
  },
  {
    name: 'attributes beside the elements',
    raw: {
      Event_attributes: { xmlns: 'x' },
      Event: {
        System: {
          Provider_attributes: { Name: 'P', Guid: '{g}' },
          EventID_attributes: { Qualifiers: 1 },
          EventID: 4625,
          TimeCreated_attributes: { SystemTime: '2026-06-15T10:00:00Z' },
          Channel: 'Security',
          Computer: 'c',
        },
        EventData: { TargetUserName: 'carol', IpAddress: '192.0.2.9', Status: '0xc000006d' },
      },
    },
    parser: 'windows-evtx-json',
    time: '2026-06-15T10:00:00.000Z',
    taxonomy: { Provider_Name: 'P', TargetUserName: 'carol' },
    ecs: { 'user.name': 'carol', 'source.ip': '192.0.2.9', 'event.outcome': 'failure', 'related.ip': ['192.0.2.9'] },
    sources: [{ product: 'windows', service: 'security' }],
  },
  {
    name: 'typed values of winevtx',
    raw: '',
    hint: {
      fields: {
        Event: {
          System: {
            Provider: { Name: 'Microsoft-Windows-Sysmon' },
            EventID: { Value: 10 },
            Keywords: '9223372036854775808',
            TimeCreated: { SystemTime: 1_781_517_600.25 },
            Channel: sysmon,
            Computer: 'c',
          },
          EventData: {
            SourceImage: 'C:\\x.exe',
            TargetImage: 'C:\\Windows\\System32\\lsass.exe',
            GrantedAccess: 4112,
            SourceProcessId: 7,
          },
        },
      },
    },
    parser: 'windows-evtx-json',
    time: '2026-06-15T10:00:00.250Z',
    taxonomy: { EventID: 10, GrantedAccess: '0x1010', Keywords: '0x8000000000000000' },
    ecs: { 'process.name': 'x.exe', 'Target.process.name': 'lsass.exe' },
    sources: [
      { product: 'windows', category: 'process_access' },
      { product: 'windows', service: 'sysmon' },
    ],
  },
  {
    name: 'unnamed data as a list',
    raw: {
      Event: {
        System: evtxSystem({ '#attributes': { Qualifiers: 0 }, '#text': 400 }, 'Windows PowerShell', 'PowerShell'),
        EventData: { Data: { '#text': ['Available', 'None', 'HostVersion=5.1'] } },
      },
    },
    parser: 'windows-evtx-json',
    taxonomy: { EventID: 400, Data: ['Available', 'None', 'HostVersion=5.1'], param3: 'HostVersion=5.1' },
    sources: [
      { product: 'windows', category: 'ps_classic_start' },
      { product: 'windows', service: 'powershell-classic' },
    ],
  },
  {
    name: 'names with spaces, Defender',
    raw: {
      Event: {
        System: evtxSystem(
          1116,
          'Microsoft-Windows-Windows Defender/Operational',
          'Microsoft-Windows-Windows Defender',
        ),
        EventData: { 'Threat Name': 'EICAR', Path: 'file:_C:\\e.com' },
      },
    },
    parser: 'windows-evtx-json',
    taxonomy: { 'Threat Name': 'EICAR', ThreatName: 'EICAR', Signature: 'EICAR' },
    ecs: { 'rule.name': 'EICAR', 'file.path': 'C:\\e.com' },
    sources: [{ product: 'windows', service: 'windefend' }, { category: 'antivirus' }],
  },
  {
    name: 'UserData',
    raw: {
      Event: {
        System: evtxSystem(1102, 'Security', 'Microsoft-Windows-Eventlog'),
        UserData: { LogFileCleared: { '#attributes': { xmlns: 'y' }, SubjectUserName: 'dave' } },
      },
    },
    parser: 'windows-evtx-json',
    taxonomy: { SubjectUserName: 'dave' },
    ecs: { 'user.name': 'dave', 'event.action': 'audit-log-cleared' },
  },
  {
    name: 'Winlogbeat 7',
    raw: {
      '@timestamp': '2026-06-15T10:00:00.000Z',
      winlog: {
        channel: 'Security',
        provider_name: 'Microsoft-Windows-Security-Auditing',
        event_id: 4624,
        computer_name: 'dc1',
        event_data: { TargetUserName: 'eve', LogonType: '3', IpAddress: '::ffff:192.0.2.7' },
      },
      event: { code: 4624 },
      message: 'An account was successfully logged on.',
    },
    parser: 'windows-winlogbeat',
    taxonomy: { EventID: 4624, LogonType: '3', Computer: 'dc1' },
    ecs: { 'user.name': 'eve', 'source.ip': '192.0.2.7', 'event.outcome': 'success', 'winlog.logon.type': '3' },
    sources: [{ product: 'windows', service: 'security' }],
  },
  {
    name: 'Winlogbeat 6',
    raw: {
      '@timestamp': '2026-06-15T10:00:00.000Z',
      log_name: 'System',
      source_name: 'Service Control Manager',
      event_id: 7045,
      computer_name: 'h',
      event_data: { ServiceName: 'svc', ImagePath: 'C:\\s.exe', param1: 'a' },
    },
    parser: 'windows-winlogbeat',
    taxonomy: { EventID: 7045, ServiceName: 'svc', Data: ['a'] },
    ecs: { 'service.name': 'svc', 'event.action': 'service-installed', 'winlog.event_data.ImagePath': 'C:\\s.exe' },
    sources: [{ product: 'windows', service: 'system' }],
  },
  {
    name: 'NXLog flat, with its own EventType',
    raw: {
      EventID: 12,
      Channel: sysmon,
      SourceName: 'Microsoft-Windows-Sysmon',
      Hostname: 'h1',
      EventTime: '2026-06-15 06:00:00',
      '@timestamp': '2026-06-15T10:00:01.000Z',
      EventType: 'INFO',
      EventTypeOrignal: 'DeleteKey',
      TargetObject: 'HKLM\\System\\X',
    },
    parser: 'windows-flat',
    time: '2026-06-15T10:00:01.000Z',
    taxonomy: { EventType: 'DeleteKey', Computer: 'h1' },
    ecs: { 'registry.path': 'HKLM\\System\\X', 'registry.hive': 'HKLM' },
    sources: [
      { product: 'windows', category: 'registry_event' },
      { product: 'windows', category: 'registry_delete' },
      { product: 'windows', service: 'sysmon' },
    ],
  },
  {
    name: 'Sysmon for Linux in syslog',
    raw: '<14>Jun 15 10:00:00 web1 sysmon: <Event><System><Provider Name="Linux-Sysmon" Guid="{x}"/><EventID>1</EventID><TimeCreated SystemTime="2026-06-15T10:00:00.500000000Z"/><Channel>Linux-Sysmon/Operational</Channel><Computer>web1</Computer></System><EventData><Data Name="Image">/usr/bin/curl</Data><Data Name="CommandLine">curl &quot;https://example.com&quot;</Data></EventData></Event>',
    parser: 'windows-event-xml',
    time: '2026-06-15T10:00:00.500Z',
    taxonomy: { CommandLine: 'curl "https://example.com"', EventID: 1 },
    ecs: { 'process.name': 'curl', 'host.os.type': 'linux', 'host.name': 'web1' },
    sources: [
      { product: 'linux', category: 'process_creation' },
      { product: 'linux', service: 'sysmon' },
    ],
  },
]
