import { Seeded } from './seeded.ts'
import { document, domainName, host, libraries, program, registryKey, user } from './windows-work.ts'

/** An event of a Windows machine before a shipper gives it its form. */
export interface WindowsEvent {
  readonly eventId: number
  readonly channel: string
  readonly provider: string
  readonly computer: string
  readonly time: string
  readonly recordId: number
  readonly data: Readonly<Record<string, string | number>>
}

type Kind = (s: Seeded, computer: string) => { eventId: number; data: Record<string, string | number> }

const account = (s: Seeded): string => (s.chance(0.3) ? 'NT AUTHORITY\\SYSTEM' : `EXAMPLE\\${user(s)}`)
const hashes = (s: Seeded): string =>
  `SHA1=${s.hex(40)},MD5=${s.hex(32)},SHA256=${s.hex(64)},IMPHASH=${s.hex(32)}`.toUpperCase()
const processId = (s: Seeded): number => 1_000 + s.below(30_000)

const processStart: Kind = (s) => {
  const { image, parents, command } = program(s)
  const parent = s.pick(parents)
  return {
    eventId: 1,
    data: {
      ProcessGuid: `{${s.guid()}}`,
      ProcessId: processId(s),
      Image: image,
      FileVersion: `10.0.${19_000 + s.below(900)}.${s.below(4_000)}`,
      OriginalFileName: image.slice(image.lastIndexOf('\\') + 1),
      CommandLine: `"${image}" ${command(s)}`,
      CurrentDirectory: s.chance(0.5) ? 'C:\\Windows\\system32\\' : `C:\\Users\\${user(s)}\\`,
      User: account(s),
      IntegrityLevel: s.pick(['Medium', 'System', 'High']),
      Hashes: hashes(s),
      ParentProcessId: processId(s),
      ParentImage: parent,
      ParentCommandLine: `"${parent}" ${s.chance(0.5) ? command(s) : ''}`,
    },
  }
}
const connection: Kind = (s, computer) => ({
  eventId: 3,
  data: {
    ProcessGuid: `{${s.guid()}}`,
    ProcessId: processId(s),
    Image: program(s).image,
    User: account(s),
    Protocol: 'tcp',
    Initiated: s.chance(0.8) ? 'true' : 'false',
    SourceIp: `192.0.2.${s.below(250)}`,
    SourceHostname: `${computer}.example.com`,
    SourcePort: 49_152 + s.below(16_000),
    DestinationIp: s.chance(0.5) ? `198.51.100.${s.below(250)}` : `203.0.113.${s.below(250)}`,
    DestinationHostname: domainName(s),
    DestinationPort: s.pickSkewed([443, 80, 445, 53, 8080, 3389, 389]),
  },
})
const libraryLoad: Kind = (s) => {
  const library = s.pick(libraries)
  return {
    eventId: 7,
    data: {
      ProcessId: processId(s),
      Image: program(s).image,
      ImageLoaded: `C:\\Windows\\${s.pick(['System32', 'SysWOW64'])}\\${library}.dll`,
      Description: `${library} component`,
      Product: 'Microsoft® Windows® Operating System',
      Company: 'Microsoft Corporation',
      OriginalFileName: `${library}.dll`,
      Hashes: hashes(s),
      Signed: 'true',
      Signature: 'Microsoft Windows',
      SignatureStatus: 'Valid',
      User: account(s),
    },
  }
}
const access: Kind = (s) => ({
  eventId: 10,
  data: {
    SourceProcessId: processId(s),
    SourceImage: program(s).image,
    TargetProcessId: processId(s),
    TargetImage: program(s).image,
    GrantedAccess: s.pick(['0x1000', '0x1400', '0x101000', '0x1478', '0x3200']),
    CallTrace: Array.from(
      { length: 3 + s.below(7) },
      () => `C:\\Windows\\SYSTEM32\\${s.pick(libraries)}.dll+${s.hex(5)}`,
    ).join('|'),
    SourceUser: account(s),
    TargetUser: account(s),
  },
})
const file: Kind = (s) => ({
  eventId: 11,
  data: {
    ProcessGuid: `{${s.guid()}}`,
    ProcessId: processId(s),
    Image: program(s).image,
    TargetFilename: s.chance(0.2)
      ? `C:\\Windows\\${s.pick(['Prefetch', 'Temp', 'SoftwareDistribution\\Download'])}\\${s.hex(12).toUpperCase()}.${s.pick(['pf', 'tmp', 'etl', 'dat'])}`
      : document(s),
    CreationUtcTime: `2026-01-01 0${s.below(10)}:59:${10 + s.below(50)}.100`,
    User: account(s),
  },
})
const registry: Kind = (s) => ({
  eventId: 13,
  data: {
    EventType: 'SetValue',
    ProcessId: processId(s),
    Image: program(s).image,
    TargetObject: registryKey(s),
    Details: s.pick(['DWORD (0x00000001)', 'Binary Data', `QWORD (0x${s.hex(16)})`, document(s)]),
    User: account(s),
  },
})
const lookup: Kind = (s) => ({
  eventId: 22,
  data: {
    ProcessId: processId(s),
    Image: program(s).image,
    QueryName: domainName(s),
    QueryStatus: 0,
    QueryResults: `type:  5 ${domainName(s)};::ffff:203.0.113.${s.below(250)};`,
    User: account(s),
  },
})
const logon: Kind = (s, computer) => ({
  eventId: s.pick([4624, 4625, 4634, 4672, 4769, 5156]),
  data: {
    SubjectUserSid: 'S-1-5-18',
    SubjectUserName: `${computer.toUpperCase()}$`,
    SubjectDomainName: 'EXAMPLE',
    SubjectLogonId: '0x3e7',
    TargetUserSid: `S-1-5-21-${s.below(1e9)}-${s.below(9_000)}`,
    TargetUserName: user(s),
    TargetDomainName: 'EXAMPLE',
    TargetLogonId: `0x${s.hex(8)}`,
    LogonType: s.pick(['2', '3', '5', '10', '7']),
    LogonProcessName: s.pick(['Kerberos', 'Advapi  ', 'NtLmSsp ']),
    AuthenticationPackageName: s.pick(['Kerberos', 'Negotiate', 'NTLM']),
    WorkstationName: host(s).toUpperCase(),
    LogonGuid: `{${s.guid()}}`,
    ProcessName: program(s).image,
    IpAddress: `192.0.2.${s.below(250)}`,
    IpPort: String(49_152 + s.below(16_000)),
  },
})

/** Roughly as often as a machine writes them. */
const everyday: readonly Kind[] = [
  processStart, processStart, processStart, connection, connection, libraryLoad, libraryLoad, access,
  file, file, registry, registry, lookup, logon, logon, logon,
] // biome-ignore format: a list

const kindsOf = { everyday, files: [file] } as const

export function* windowsEvents(count: number, kinds: keyof typeof kindsOf): Iterable<WindowsEvent> {
  const s = new Seeded(20_261_121)
  for (let n = 0; n < count; n++) {
    const computer = host(s)
    const { eventId, data } = s.pick(kindsOf[kinds])(s, computer)
    const isSysmon = eventId < 256
    const minute = String(Math.floor(n / 60) % 60).padStart(2, '0')
    const at = `10:${minute}:${String(n % 60).padStart(2, '0')}.${100 + s.below(900)}`
    yield {
      eventId,
      channel: isSysmon ? 'Microsoft-Windows-Sysmon/Operational' : 'Security',
      provider: isSysmon ? 'Microsoft-Windows-Sysmon' : 'Microsoft-Windows-Security-Auditing',
      computer: `${computer}.example.com`,
      time: `2026-01-01T${at}Z`,
      recordId: n,
      data: isSysmon ? { RuleName: '-', UtcTime: `2026-01-01 ${at}`, ...data } : data,
    }
  }
}

/** As readers of EVTX files write it: nested, with the markup's attributes. */
export const rawWindows = (event: WindowsEvent): string =>
  JSON.stringify({
    Event: {
      System: {
        Provider: { '#attributes': { Name: event.provider } },
        EventID: event.eventId,
        Level: 4,
        Keywords: '0x8000000000000000',
        TimeCreated: { '#attributes': { SystemTime: event.time } },
        EventRecordID: event.recordId,
        Channel: event.channel,
        Computer: event.computer,
      },
      EventData: event.data,
    },
  })

/** As shippers with a schema of one level send it. */
export const structuredWindows = (event: WindowsEvent): string =>
  JSON.stringify({
    EventID: event.eventId,
    Channel: event.channel,
    SourceName: event.provider,
    Hostname: event.computer,
    '@timestamp': event.time,
    RecordNumber: event.recordId,
    Severity: 'INFO',
    ...event.data,
  })
