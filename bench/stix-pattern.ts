/**
 * STIX patterns: reading them, holding them against events and against observed data. `node bench/stix-pattern.ts` prints one JSON object.
 * Compared with OASIS's own matcher (`stix2-matcher`, Python) on the same observed data when `BENCH_PYTHON` names a Python that has it.
 */
import { execFileSync } from 'node:child_process'
import { normalise } from '../packages/engines/src/logs/index.ts'
import {
  compileStixPattern,
  observeEvent,
  PatternSet,
  readObservations,
  type StixPattern,
} from '../packages/engines/src/stix-pattern/index.ts'
import { rateOf } from './figures/rates.ts'
import { Seeded } from './samples/seeded.ts'

const seconds = 2
const observedCount = 2_000

function compiled(text: string): StixPattern {
  const compilation = compileStixPattern(text)
  if (!compilation.ok) throw new Error(`${text}: ${compilation.diagnostics[0]?.message}`)
  return compilation.pattern
}

const seeded = new Seeded(7)
const programs = ['cmd.exe', 'powershell.exe', 'svchost.exe', 'explorer.exe', 'rundll32.exe', 'wmic.exe']
const events = Array.from({ length: 2_000 }, (_, i) => {
  const image = `C:\\Windows\\System32\\${seeded.pickSkewed(programs)}`
  const record = {
    EventID: 1,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Computer: `ws${seeded.below(50)}.example.com`,
    UtcTime: new Date(Date.UTC(2026, 5, 15) + i * 500).toISOString().replace('T', ' ').slice(0, 23),
    Image: image,
    CommandLine: `"${image}" /c ${seeded.hex(24)}`,
    User: `EXAMPLE\\user${seeded.below(40)}`,
    ProcessId: seeded.below(30_000),
    ParentImage: 'C:\\Windows\\explorer.exe',
    Hashes: `MD5=${seeded.hex(32)},SHA256=${seeded.hex(64)}`,
  }
  return normalise(JSON.stringify(record), { receivedMs: Date.UTC(2026, 5, 16) })
})

const singles = Array.from({ length: 1_000 }, (_, i) =>
  i % 2 === 0
    ? `[file:hashes.'SHA-256' = '${seeded.hex(64)}' OR file:hashes.MD5 = '${seeded.hex(32)}']`
    : `[process:command_line LIKE '%${seeded.hex(6)}%' AND process:image_ref.name = '${seeded.pick(programs)}']`,
)

const observed = events.slice(0, observedCount).map(({ timeMs, ecs }, i) => ({
  type: 'observed-data',
  id: `observed-data--${i}`,
  first_observed: new Date(timeMs).toISOString(),
  last_observed: new Date(timeMs).toISOString(),
  number_observed: 1,
  objects: {
    0: { type: 'file', name: String(ecs['process.name']), hashes: { MD5: String(ecs['process.hash.md5']) } },
    1: {
      type: 'process',
      pid: Number(ecs['process.pid']),
      command_line: String(ecs['process.command_line']),
      binary_ref: '0',
    },
    2: { type: 'user-account', account_login: String(ecs['user.name']) },
  },
}))

const onObserved: Readonly<Record<string, string>> = {
  oneNoMatch: "[process:command_line MATCHES 'whoami$' AND process:pid > 5]",
  oneOfMany: "[file:name = 'wmic.exe' AND file:hashes.MD5 != 'x']",
  followedByWithin:
    "([process:binary_ref.name = 'wmic.exe'] FOLLOWEDBY [process:binary_ref.name = 'rundll32.exe']) WITHIN 1 SECONDS",
  twoApartNoMatch:
    "([user-account:account_login = 'user1'] AND [user-account:account_login = 'nobody']) WITHIN 60 SECONDS",
  repeats: "([file:name = 'cmd.exe'] REPEATS 5 TIMES) WITHIN 4 SECONDS",
}

/** CPU time of one answer, ms: reading the pattern, and holding it against the observed data as it comes (parsed JSON). */
function ours(text: string): { cpuMs: number; matched: boolean } {
  const answer = () => compiled(text).matchObservations(readObservations(observed).observations).outcome === 'match'
  const matched = answer()
  const rounds = 10
  const before = process.cpuUsage()
  for (let i = 0; i < rounds; i++) answer()
  const { user, system } = process.cpuUsage(before)
  return { cpuMs: Math.round((user + system) / rounds / 10) / 100, matched }
}

const rivalScript = `
import json, sys, time
from stix2matcher.matcher import match
data = json.load(sys.stdin)
result = {}
for name, pattern in data["patterns"].items():
    start = time.process_time()
    found = bool(match(pattern, data["observed"], stix_version="2.0"))
    result[name] = {"cpuMs": round((time.process_time() - start) * 1000, 1), "matched": found}
print(json.dumps(result))
`

function rival(): unknown {
  const python = process.env.BENCH_PYTHON
  if (python === undefined) return 'not measured: BENCH_PYTHON names no Python with stix2-matcher'
  const input = JSON.stringify({ patterns: onObserved, observed })
  return JSON.parse(
    execFileSync(python, ['-c', rivalScript], { input, encoding: 'utf8', timeout: 600_000, maxBuffer: 1e8 }),
  )
}

const patterns = singles.map(compiled)
const one = compiled("[process:command_line LIKE '%whoami%' AND process:image_ref.name = 'cmd.exe']")
const sequence = compiled(
  "([process:image_ref.name = 'wmic.exe'] FOLLOWEDBY [process:image_ref.name = 'rundll32.exe']) WITHIN 30 SECONDS",
)
const set = new PatternSet(patterns)
const equalities = new PatternSet(
  Array.from({ length: 1_000 }, () =>
    compiled(`[file:hashes.'SHA-256' = '${seeded.hex(64)}' OR ipv4-addr:value = '198.51.100.${seeded.below(256)}']`),
  ),
)
const stream = sequence.stream()
let at = 0

process.stdout.write(
  `${JSON.stringify({
    read: rateOf(singles, compileStixPattern, seconds),
    eventsAgainstOnePattern: rateOf(events, (event) => one.matchEvent(event), seconds),
    eventsAgainstOneSequence: rateOf(events, (event) => stream.push(observeEvent(event, String(at++))), seconds),
    eventsAgainstThousandEqualities: rateOf(events, (event) => equalities.match(event), seconds),
    eventsMapped: rateOf(events, (event) => observeEvent(event, ''), seconds),
    eventsAgainstThousandPatterns: rateOf(events, (event) => set.match(event), seconds),
    observedData: {
      observations: observedCount,
      ours: Object.fromEntries(Object.entries(onObserved).map(([name, text]) => [name, ours(text)])),
      stix2Matcher: rival(),
    },
  })}\n`,
)
