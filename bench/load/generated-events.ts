/** Synthetic logs of a Windows company with some Linux servers, name servers and a web proxy; on average some 1 KB an event. */

/** A request as one shipper sends it. */
export interface Batch {
  readonly source: string
  readonly type: 'application/x-ndjson' | 'text/plain'
  readonly lines: readonly string[]
}

/** Deterministic, so that two runs send the same. */
const pick = <Value>(values: readonly Value[], at: number): Value => values[mixed(at) % values.length] as Value
const mixed = (at: number): number => Math.imul(at ^ (at >>> 15), 2_654_435_761) >>> 8
const hex = (at: number, characters: number): string =>
  Array.from({ length: Math.ceil(characters / 6) }, (_, part) =>
    mixed(at * 31 + part)
      .toString(16)
      .padStart(6, '0'),
  )
    .join('')
    .slice(0, characters)

const users = Array.from({ length: 400 }, (_, at) => `user${at}`)
/** Image, arguments, parent: what starts what on an ordinary day. */
const programs = [
  ['C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE', '/recycle ', 'C:\\Windows\\explorer.exe'],
  [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    '--type=renderer --lang=en-GB --renderer-client-id=',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ],
  ['C:\\Windows\\System32\\svchost.exe', '-k netsvcs -p -s Schedule ', 'C:\\Windows\\System32\\services.exe'],
  ['C:\\Program Files\\Contoso\\Agent\\agent.exe', '--interval 60 --session ', 'C:\\Windows\\System32\\services.exe'],
  ['C:\\Program Files\\Contoso\\Ledger\\ledger.exe', '--open ', 'C:\\Windows\\explorer.exe'],
] as const
const callers = programs.slice(3)

const stamp = (ms: number): string => new Date(ms).toISOString()

interface Place {
  readonly at: number
  readonly timeMs: number
  readonly host: string
}

function windows({ at, timeMs, host }: Place, event: Record<string, unknown>, id: number, message: string): string {
  return JSON.stringify({
    EventTime: stamp(timeMs).replace('T', ' ').replace('Z', ''),
    Hostname: host,
    Keywords: -9_223_372_036_854_776_000,
    EventType: 'INFO',
    SeverityValue: 2,
    Severity: 'INFO',
    EventID: id,
    SourceName: 'Microsoft-Windows-Sysmon',
    ProviderGuid: '{5770385F-C22A-43E0-BF4C-06F5698FFBD9}',
    Version: 5,
    Task: id,
    OpcodeValue: 0,
    RecordNumber: at,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Domain: 'NT AUTHORITY',
    AccountName: 'SYSTEM',
    UserID: 'S-1-5-18',
    '@timestamp': stamp(timeMs),
    ...event,
    Message: message,
  })
}

function processStart(place: Place, commandLine?: string): string {
  const { at, timeMs } = place
  const [image, given, parent] = pick(programs, at)
  const line = commandLine ?? `"${image}" ${given}${hex(at, 12)}`
  const user = `EXAMPLE\\${pick(users, at)}`
  const event = {
    UtcTime: stamp(timeMs),
    ProcessGuid: `{${hex(at, 8)}-0f3a-6928-a50b-000000000d00}`,
    ProcessId: String(1000 + (at % 30_000)),
    Image: image,
    CommandLine: line,
    CurrentDirectory: `C:\\Users\\${pick(users, at)}\\`,
    User: user,
    IntegrityLevel: 'Medium',
    Hashes: `SHA256=${hex(at % 50, 64)}`,
    ParentProcessId: String(500 + (at % 900)),
    ParentImage: parent,
    ParentCommandLine: parent,
  }
  return windows(place, event, 1, `Process Create:\r\nImage: ${image}\r\nUser: ${user}`)
}

function connection(place: Place): string {
  const { at, timeMs } = place
  const event = {
    UtcTime: stamp(timeMs),
    ProcessId: String(1000 + (at % 30_000)),
    Image: pick(callers, at)[0],
    User: `EXAMPLE\\${pick(users, at)}`,
    Protocol: 'tcp',
    Initiated: 'true',
    SourceIp: `192.0.2.${at % 250}`,
    SourceHostname: place.host,
    SourcePort: String(49_152 + (at % 16_000)),
    DestinationIp: `203.0.113.${mixed(at) % 250}`,
    DestinationHostname: `edge${mixed(at) % 900}.example.net`,
    DestinationPort: '443',
    DestinationPortName: 'https',
  }
  return windows(place, event, 3, `Network connection detected: ${event.DestinationHostname} by ${event.Image}`)
}

function registryValue(place: Place): string {
  const { at, timeMs } = place
  const event = {
    UtcTime: stamp(timeMs),
    EventType: 'SetValue',
    ProcessId: String(1000 + (at % 30_000)),
    Image: 'C:\\Program Files\\Contoso\\Agent\\agent.exe',
    TargetObject: `HKLM\\SOFTWARE\\Contoso\\Agent\\Sessions\\${hex(at, 16)}\\LastSeen`,
    Details: `QWORD (0x${hex(at, 16)})`,
    User: 'NT AUTHORITY\\SYSTEM',
  }
  return windows(place, event, 13, `Registry value set:\r\nTargetObject: ${event.TargetObject}`)
}

const kinds = [processStart, connection, processStart, registryValue] as const
const windowsLine = (place: Place): string =>
  pick([0, 1, 2, 3], place.at) === 0 ? processStart(place) : (kinds[place.at & 3] as (p: Place) => string)(place)

const dnsLine = ({ at, timeMs }: Place): string =>
  JSON.stringify({
    _path: 'dns',
    ts: timeMs / 1000,
    uid: `C${hex(at, 16)}`,
    'id.orig_h': `192.0.2.${at % 250}`,
    'id.orig_p': 1024 + (at % 60_000),
    'id.resp_h': '198.51.100.53',
    'id.resp_p': 53,
    proto: 'udp',
    trans_id: at % 65_536,
    rtt: 0.012,
    query: `host${mixed(at) % 4000}.example.com`,
    qclass_name: 'C_INTERNET',
    qtype_name: pick(['A', 'AAAA', 'HTTPS'], at),
    rcode_name: 'NOERROR',
    Z: 0,
    answers: [`203.0.113.${at % 250}`, `203.0.113.${(at + 7) % 250}`],
  })

const linuxLine = ({ at, timeMs, host }: Place): string =>
  at % 3 === 0
    ? `<86>1 ${stamp(timeMs)} ${host} sshd ${at % 30_000} - - Accepted publickey for ${pick(users, at)} from 192.0.2.${at % 250} port ${40_000 + (at % 9000)} ssh2: ED25519 SHA256:${hex(at, 43)}`
    : `type=SYSCALL msg=audit(${(timeMs / 1000).toFixed(3)}:${at}): arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=7ffd${hex(at, 8)} items=1 ppid=${at % 9000} pid=${at % 30_000} auid=1000 uid=0 gid=0 comm="agent" exe="/opt/contoso/agent" subj=unconfined key="session-${hex(at, 8)}"`

const proxyLine = ({ at, timeMs }: Place): string =>
  `192.0.2.${at % 250} - ${pick(users, at)} [${apacheTime(timeMs)}] "GET https://www${mixed(at) % 700}.example.org/assets/${hex(at, 12)}.js?v=${at} HTTP/1.1" 200 ${1000 + (mixed(at) % 90_000)} "https://www.example.org/" "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"`

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
function apacheTime(ms: number): string {
  const text = stamp(ms)
  return `${text.slice(8, 10)}/${months[Number(text.slice(5, 7)) - 1]}/${text.slice(0, 4)}:${text.slice(11, 19)} +0000`
}

/** One batch of ten comes from each of the smaller sources, the rest from Windows. */
const shippers = [
  { source: 'bench-dns', type: 'application/x-ndjson', line: dnsLine },
  { source: 'bench-linux', type: 'text/plain', line: linuxLine },
  { source: 'bench-proxy', type: 'text/plain', line: proxyLine },
] as const
const windowsShipper = { source: 'bench-windows', type: 'application/x-ndjson', line: windowsLine } as const

/** The `number`th batch of so many events that happened around `nowMs`. */
export function generatedBatch(number: number, events: number, nowMs: number): Batch {
  const shipper = shippers[number % 10] ?? windowsShipper
  const first = number * events
  const lines = Array.from({ length: events }, (_, row) =>
    shipper.line({ at: first + row, timeMs: nowMs - events + row, host: `ws-${mixed(first + row) % 300}.example.com` }),
  )
  return { source: shipper.source, type: shipper.type, lines }
}

const marker = 'bench-marker-7f3a'

/** Matches what `markedEvent` makes, and nothing else. */
export const markerRule = `title: Benchmark marker
id: 6f0f2c1e-5f0b-4c0e-9a55-0d7a3c1b9e42
status: stable
level: high
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    CommandLine|contains: '${marker}'
  condition: selection
`

/** An event that the marker rule matches; its host is its own, so that it raises an alert of its own. */
export const markedEvent = (number: number, host: string, nowMs: number): string =>
  processStart({ at: number, timeMs: nowMs, host }, `"C:\\Tools\\probe.exe" --${marker} ${number}`)
