/** Events a second that one thread normalises, with JSON.parse alone as the comparison. Prints one JSON document.
 *  Run: node bench/normalise.ts [seconds per measurement] */
import { parseArgs } from 'node:util'
import { normalise } from '../packages/engines/src/logs/index.ts'

const { positionals } = parseArgs({ allowPositionals: true })
const secondsPerRun = Number(positionals[0] ?? 2)
const RECEIVED_MS = Date.UTC(2026, 0, 2)

/** A synthetic process start as EVTX readers write it, about 1 KB. */
const evtx = (n: number): string =>
  JSON.stringify({
    Event: {
      '#attributes': { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
      System: {
        Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon', Guid: '5770385F-C22A-43E0-BF4C-06F5698FFBD9' } },
        EventID: 1,
        Level: 4,
        Task: 1,
        Keywords: '0x8000000000000000',
        TimeCreated: { '#attributes': { SystemTime: `2026-01-01T10:00:${String(n % 60).padStart(2, '0')}.165324Z` } },
        EventRecordID: n,
        Execution: { '#attributes': { ProcessID: 3544, ThreadID: 4272 } },
        Channel: 'Microsoft-Windows-Sysmon/Operational',
        Computer: `ws-${n % 50}.example.com`,
      },
      EventData: {
        UtcTime: '2026-01-01 10:00:00.132',
        ProcessGuid: '0197231E-005A-6928-A50B-000000000D00',
        ProcessId: 4000 + n,
        Image: 'C:\\Windows\\System32\\cmd.exe',
        CommandLine: `cmd.exe /c whoami /all & echo ${n}`,
        CurrentDirectory: 'C:\\Users\\alice\\',
        User: 'EXAMPLE\\alice',
        IntegrityLevel: 'Medium',
        Hashes: 'MD5=D41D8CD98F00B204E9800998ECF8427E,IMPHASH=C324AAAC01F0F75C811E1F80C41B860C',
        ParentImage: 'C:\\Windows\\explorer.exe',
        ParentCommandLine: 'C:\\Windows\\explorer.exe',
      },
    },
  })

/** The same in the flat form of NXLog. */
const flat = (n: number): string => {
  const { Event: event } = JSON.parse(evtx(n))
  return JSON.stringify({
    EventID: 1,
    Channel: event.System.Channel,
    SourceName: 'Microsoft-Windows-Sysmon',
    Hostname: event.System.Computer,
    Severity: 'INFO',
    Keywords: event.System.Keywords,
    RecordNumber: n,
    '@timestamp': event.System.TimeCreated['#attributes'].SystemTime,
    ...event.EventData,
    Message: `Process Create:\r\nImage: ${event.EventData.Image}\r\nCommandLine: ${event.EventData.CommandLine}\r\nUser: ${event.EventData.User}`,
  })
}
const sshd = (n: number): string =>
  `<86>Jan  1 10:00:${String(n % 60).padStart(2, '0')} gw1 sshd[${n}]: Failed password for invalid user admin from 192.0.2.${n % 250} port ${40_000 + (n % 9_000)} ssh2`
const access = (n: number): string =>
  `198.51.100.${n % 250} - - [01/Jan/2026:10:00:00 +0000] "GET /index.php?id=${n} HTTP/1.1" 200 5123 "https://www.example.com/" "Mozilla/5.0 (X11; Linux x86_64)"`

interface Rate {
  readonly perSecond: number
  /** Per second of processor time: what it would be on a machine that does nothing else. */
  readonly perCpuSecond: number
}

function rateOf(lines: readonly string[], work: (line: string) => unknown): Rate {
  for (const line of lines) work(line)
  const until = performance.now() + secondsPerRun * 1000
  const start = performance.now()
  const cpuStart = process.cpuUsage().user
  let done = 0
  while (performance.now() < until) {
    for (const line of lines) work(line)
    done += lines.length
  }
  return {
    perSecond: Math.round((done * 1000) / (performance.now() - start)),
    perCpuSecond: Math.round((done * 1e6) / (process.cpuUsage().user - cpuStart)),
  }
}

const kinds = { 'windows evtx JSON': evtx, 'windows flat JSON': flat, 'syslog sshd': sshd, 'web access': access }
const results = Object.entries(kinds).map(([kind, make]) => {
  const lines = Array.from({ length: 2_000 }, (_, n) => make(n))
  return {
    kind,
    bytesPerEvent: Math.round(lines.reduce((sum, line) => sum + line.length, 0) / lines.length),
    events: rateOf(lines, (line) => normalise(line, { receivedMs: RECEIVED_MS })),
    ...(lines[0]!.startsWith('{') ? { jsonParseAlone: rateOf(lines, (line) => JSON.parse(line)) } : {}),
  }
})
process.stdout.write(
  `${JSON.stringify({ benchmark: 'normalise', node: process.version, threads: 1, results }, null, 2)}\n`,
)
