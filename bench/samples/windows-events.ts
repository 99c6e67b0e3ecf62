/** Everyday events of Windows machines, 0.5-1 KB of JSON each, as a shipper of EVTX would write them. Always the same ones. */
export function windowsEvents(count: number): string[] {
  const random = randomOf(20_261_121)
  const pick = <T>(among: readonly T[]): T => among[Math.floor(random() * among.length)]!
  return Array.from({ length: count }, (_, n) => JSON.stringify(pick(kinds)(n, random, pick)))
}

type Pick = <T>(among: readonly T[]) => T
type Kind = (n: number, random: () => number, pick: Pick) => object

const programs = [
  'C:\\Windows\\System32\\svchost.exe', 'C:\\Windows\\System32\\cmd.exe', 'C:\\Windows\\System32\\conhost.exe',
  'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe', 'C:\\Windows\\System32\\taskhostw.exe',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe', 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  'C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE', 'C:\\Windows\\explorer.exe', 'C:\\Windows\\System32\\reg.exe',
  'C:\\Windows\\System32\\net.exe', 'C:\\Windows\\System32\\wbem\\WmiPrvSE.exe', 'C:\\Windows\\System32\\rundll32.exe',
  'C:\\Users\\alice\\AppData\\Local\\Programs\\Git\\cmd\\git.exe', 'C:\\Program Files\\nodejs\\node.exe',
  'C:\\Windows\\System32\\msiexec.exe', 'C:\\Windows\\System32\\schtasks.exe', 'C:\\Windows\\System32\\dllhost.exe',
] // biome-ignore format: a list
const commands = [
  '-k netsvcs -p -s Schedule', '/c dir /s /b C:\\Users', '0xffffffff -ForceV1', '-NoProfile -File C:\\Scripts\\inventory.ps1 -Site north',
  '--type=renderer --lang=en-GB --device-scale-factor=1 --num-raster-threads=4 --field-trial-handle=1724,i,85', '/factory,{75dff2b7}',
  'query HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall /s', 'use \\\\files.example.com\\team /persistent:yes', '-secured -Embedding',
  'shell32.dll,Control_RunDLL desk.cpl', 'fetch --all --prune --quiet origin', 'server.js --port 8080 --config C:\\srv\\app.json',
  '/i C:\\Install\\viewer.msi /qn /norestart', '/query /fo LIST /v', '/Processid:{AB8902B4-09CA-4BB6-B78D-A8F59079A8D5}',
] // biome-ignore format: a list
const libraries = [
  'ntdll',
  'kernel32',
  'KernelBase',
  'amsi',
  'clr',
  'mscoree',
  'advapi32',
  'sechost',
  'rpcrt4',
  'bcrypt',
]
const keys = [
  'HKLM\\System\\CurrentControlSet\\Services\\bam\\State\\UserSettings', 'HKU\\S-1-5-21-1\\Software\\Microsoft\\Office\\16.0\\Common',
  'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Diagnostics', 'HKU\\S-1-5-21-1\\Software\\Classes\\Local Settings\\MuiCache',
] // biome-ignore format: a list
const people = [
  'EXAMPLE\\alice',
  'EXAMPLE\\bob',
  'NT AUTHORITY\\SYSTEM',
  'NT AUTHORITY\\LOCAL SERVICE',
  'EXAMPLE\\svc-backup',
]
const names = ['www.example.com', 'update.example.org', 'login.example.net', 'cdn.example.com', 'ws-17.example.com']

function sysmon(eventId: number, n: number, data: object): object {
  const second = String(n % 60).padStart(2, '0')
  return {
    Event: {
      System: {
        Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon' } },
        EventID: eventId,
        Level: 4,
        Channel: 'Microsoft-Windows-Sysmon/Operational',
        Computer: `ws-${n % 50}.example.com`,
        EventRecordID: n,
        TimeCreated: { '#attributes': { SystemTime: `2026-01-01T10:00:${second}.165Z` } },
      },
      EventData: { UtcTime: `2026-01-01 10:00:${second}.132`, ProcessId: 1_000 + (n % 9_000), ...data },
    },
  }
}

const hash = (random: () => number, length: number): string =>
  Array.from({ length }, () => Math.floor(random() * 16).toString(16))
    .join('')
    .toUpperCase()

const processStart: Kind = (n, random, pick) => {
  const image = pick(programs)
  const parent = pick(programs)
  const line = `"${image}" ${pick(commands)}`
  return sysmon(1, n, {
    Image: image,
    FileVersion: '10.0.19041.1',
    OriginalFileName: image.slice(image.lastIndexOf('\\') + 1),
    CommandLine: line,
    CurrentDirectory: 'C:\\Windows\\system32\\',
    User: pick(people),
    IntegrityLevel: pick(['Medium', 'System', 'High']),
    Hashes: `MD5=${hash(random, 32)},IMPHASH=${hash(random, 32)}`,
    ParentImage: parent,
    ParentCommandLine: `${parent} ${pick(commands)}`,
  })
}
const connection: Kind = (n, random, pick) =>
  sysmon(3, n, {
    Image: pick(programs),
    User: pick(people),
    Protocol: 'tcp',
    Initiated: 'true',
    SourceIp: `192.0.2.${n % 250}`,
    SourceHostname: `ws-${n % 50}.example.com`,
    SourcePort: 49_152 + Math.floor(random() * 16_000),
    DestinationIp: `198.51.100.${n % 250}`,
    DestinationHostname: pick(names),
    DestinationPort: pick([443, 80, 445, 53, 8080]),
  })
const libraryLoad: Kind = (n, random, pick) => {
  const library = pick(libraries)
  return sysmon(7, n, {
    Image: pick(programs),
    ImageLoaded: `C:\\Windows\\System32\\${library}.dll`,
    Description: 'Windows component',
    Product: 'Microsoft Windows Operating System',
    Company: 'Microsoft Corporation',
    OriginalFileName: `${library}.dll`,
    Hashes: `MD5=${hash(random, 32)},SHA256=${hash(random, 64)},IMPHASH=${hash(random, 32)}`,
    Signed: 'true',
    Signature: 'Microsoft Windows',
    SignatureStatus: 'Valid',
    User: pick(people),
  })
}
const access: Kind = (n, _, pick) =>
  sysmon(10, n, {
    SourceImage: pick(programs),
    TargetImage: pick(programs),
    GrantedAccess: pick(['0x1000', '0x1400', '0x1FFFFF', '0x1410']),
    CallTrace: libraries
      .slice(0, 3 + (n % 6))
      .map((one, i) => `C:\\Windows\\SYSTEM32\\${one}.dll+${(n * 7 + i * 4_099).toString(16)}`)
      .join('|'),
    SourceUser: pick(people),
    TargetUser: pick(people),
  })
const file: Kind = (n, _, pick) =>
  sysmon(11, n, {
    Image: pick(programs),
    TargetFilename: `C:\\Users\\alice\\AppData\\Local\\Temp\\~df${n.toString(16)}.${pick(['tmp', 'log', 'json', 'dat', 'docx'])}`,
    CreationUtcTime: '2026-01-01 09:59:59.100',
    User: pick(people),
  })
const registry: Kind = (n, _, pick) =>
  sysmon(13, n, {
    EventType: 'SetValue',
    Image: pick(programs),
    TargetObject: `${pick(keys)}\\value${n % 300}`,
    Details: pick(['DWORD (0x00000001)', 'Binary Data', 'QWORD (0x01d8a1b2)']),
    User: pick(people),
  })
const lookup: Kind = (n, _, pick) =>
  sysmon(22, n, {
    Image: pick(programs),
    QueryName: pick(names),
    QueryStatus: '0',
    QueryResults: `::ffff:203.0.113.${n % 250};`,
    User: pick(people),
  })

const logon: Kind = (n, random, pick) => ({
  Event: {
    System: {
      Provider: { '#attributes': { Name: 'Microsoft-Windows-Security-Auditing' } },
      EventID: pick([4624, 4625, 4634, 4672, 4688, 5156]),
      Channel: 'Security',
      Computer: `srv-${n % 9}.example.com`,
      EventRecordID: n,
      TimeCreated: { '#attributes': { SystemTime: `2026-01-01T10:01:${String(n % 60).padStart(2, '0')}.165Z` } },
    },
    EventData: {
      SubjectUserSid: 'S-1-5-18',
      SubjectUserName: `SRV-${n % 9}$`,
      SubjectDomainName: 'EXAMPLE',
      SubjectLogonId: '0x3e7',
      TargetUserName: pick(['alice', 'bob', 'svc-backup', 'DWM-1']),
      TargetDomainName: 'EXAMPLE',
      TargetLogonId: `0x${Math.floor(random() * 1e9).toString(16)}`,
      LogonType: pick(['2', '3', '5', '10']),
      LogonProcessName: pick(['Kerberos', 'Advapi  ', 'NtLmSsp ']),
      AuthenticationPackageName: pick(['Kerberos', 'Negotiate', 'NTLM']),
      WorkstationName: `WS-${n % 50}`,
      ProcessName: pick(programs),
      IpAddress: `192.0.2.${n % 250}`,
      IpPort: String(49_152 + (n % 9_000)),
    },
  },
})

/** Roughly as often as a machine writes them. */
const kinds: readonly Kind[] = [
  processStart,
  processStart,
  processStart,
  connection,
  connection,
  libraryLoad,
  libraryLoad,
  access,
  file,
  file,
  registry,
  registry,
  lookup,
  logon,
  logon,
  logon,
]

function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}
