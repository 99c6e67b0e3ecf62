/**
 * Hunts over stored history in an embedded server, by kind, and what they do to the live stream.
 * `node bench/retro-hunt.ts [events]` (default 200,000) prints one JSON object. Compared with asking the event store for one rule after
 * the other, each as a query of its own.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rounded } from './figures/percentiles.ts'
import { markerRule } from './load/generated-events.ts'
import { type ProbeFigures, probe } from './load/probes.ts'
import { benchRules } from './load/public-data.ts'
import { pause } from './load/sending.ts'
import { fillHistory } from './load/stored-history.ts'
import { type EmbeddedServer, startServer } from './server/embedded-server.ts'
import { followAlerts, type LiveAlerts } from './server/live-alerts.ts'
import { cpuPerEvent, usageOf } from './server/process-usage.ts'
import { readMetrics } from './server/server-metrics.ts'

const events = Number(process.argv[2] ?? 200_000)
if (!(events >= 10_000 && events <= 10_000_000)) throw new Error('the events must be 10,000 to 10,000,000')
const naiveRules = 20
/** As many as one text may hold. */
const manyRules = 300
const hourMs = 3_600_000
const lookEveryMs = 100
const runWithinMs = 1_800_000
const probeMs = 10_000

const toMs = Date.now() - hourMs
const span = { fromMs: toMs - 24 * hourMs, toMs }
const range = { from: new Date(span.fromMs).toISOString(), to: new Date(span.toMs).toISOString() }

interface Run {
  readonly id: string
  readonly state: string
  readonly startedAt: string
  readonly endedAt: string | null
  readonly eventsDone: number
  readonly hits: number
  readonly message: string | null
}

/** Texts that some command lines hold by chance, and others that none does. */
const literal = (at: number): string => (at % 4 === 0 ? (0x1a00 + at).toString(16) : `unseen-${at}`)

const ruleOf = (at: number): string => `title: Bench ${at}
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    CommandLine|contains: '${literal(at)}'
  condition: selection
level: low
`
const queryOf = (at: number): string => `process.command_line:*${literal(at)}*`

async function start(server: EmbeddedServer, search: object): Promise<string> {
  const body = JSON.stringify({ search, range, keep: 'hits' })
  return ((await server.call('/api/v1/hunts/runs', { body })) as Run).id
}

async function ended(server: EmbeddedServer, id: string): Promise<Run> {
  const giveUpMs = performance.now() + runWithinMs
  for (;;) {
    const run = (await server.call(`/api/v1/hunts/runs/${id}`)) as Run
    if (run.state === 'failed') throw new Error(`the run has failed: ${run.message}`)
    if (run.state === 'done') return run
    if (performance.now() > giveUpMs) throw new Error(`the run is not done after ${runWithinMs} ms`)
    await pause(lookEveryMs)
  }
}

async function measured(server: EmbeddedServer, search: object) {
  await readMetrics(server.url)
  const before = usageOf(server.pid)
  const run = await ended(server, await start(server, search))
  const { lagMs } = await readMetrics(server.url)
  const seconds = (Date.parse(run.endedAt ?? '') - Date.parse(run.startedAt)) / 1000
  const after = usageOf(server.pid)
  return {
    events: run.eventsDone,
    hits: run.hits,
    seconds: rounded(seconds, 2),
    eventsPerSecond: Math.round(run.eventsDone / Math.max(seconds, 0.001)),
    cpuUsPerEvent: before && after ? cpuPerEvent(before, after, run.eventsDone) : null,
    lagMs,
    rssMb: after?.rssMb ?? null,
  }
}

/** One rule after the other, each a search of its own over all events: what a hunt with rules would be without one plan for all. */
async function oneByOne(server: EmbeddedServer) {
  const startedMs = performance.now()
  const before = usageOf(server.pid)
  let hits = 0
  for (let at = 0; at < naiveRules; at++) {
    const query = new URLSearchParams({ q: queryOf(at), ...range, buckets: '1' })
    hits += ((await server.call(`/api/v1/events/histogram?${query}`)) as { total: number }).total
  }
  const seconds = (performance.now() - startedMs) / 1000
  const after = usageOf(server.pid)
  return {
    rules: naiveRules,
    hits,
    seconds: rounded(seconds, 2),
    cpuUsPerEventAndRule: before && after ? rounded(((after.cpuMs - before.cpuMs) * 1000) / events / naiveRules) : null,
  }
}

/** The live path while a hunt over everything runs, and while none does. */
async function beside(server: EmbeddedServer, live: LiveAlerts, search: object | undefined) {
  const id = search && (await start(server, search))
  await readMetrics(server.url)
  const probes: ProbeFigures = await probe(server, live, { untilMs: performance.now() + probeMs, searchEveryMs: 50 })
  const { lagMs } = await readMetrics(server.url)
  const run = id === undefined ? undefined : ((await server.call(`/api/v1/hunts/runs/${id}`)) as Run)
  if (run && run.state !== 'done') await server.call(`/api/v1/hunts/runs/${run.id}/cancel`, { method: 'POST' })
  return { ...probes, lagMs, ...(run ? { eventsOfHunt: run.eventsDone, stateOfHunt: run.state } : {}) }
}

const dataDir = await mkdtemp(join(tmpdir(), 'watchfloor-bench-hunt-'))
let server: EmbeddedServer | undefined
try {
  console.error(`retro-hunt: ${events} events are stored`)
  const filledMs = await fillHistory(dataDir, events, span)
  server = await startServer({ dataDir })
  await server.call('/api/v1/rules', { body: JSON.stringify({ yaml: markerRule }) })
  const { files } = await benchRules()
  const many = files
    .map((file) => file.text)
    .filter((text) => /^detection:/m.test(text) && !/^correlation:/m.test(text))
    .slice(0, manyRules)
  const indicators = Array.from({ length: 1000 }, (_, at) => `unseen${at}.example.org`).concat('edge77.example.net')
  const kinds = {
    'one Sigma rule': { kind: 'sigma', yaml: ruleOf(1) },
    [`${naiveRules} Sigma rules`]: {
      kind: 'sigma',
      yaml: Array.from({ length: naiveRules }, (_, at) => ruleOf(at)).join('---\n'),
    },
    [`${many.length} public Sigma rules`]: { kind: 'sigma', yaml: many.join('\n---\n') },
    'a search, few hits': { kind: 'query', query: queryOf(0) },
    '1,001 indicators': { kind: 'indicators', values: indicators.join('\n') },
    'a STIX pattern, one event': { kind: 'pattern', pattern: "[domain-name:value = 'edge77.example.net']" },
    'a STIX pattern, several events': {
      kind: 'pattern',
      pattern:
        "([process:name = 'ledger.exe'] FOLLOWEDBY [domain-name:value = 'unseen.example.net']) WITHIN 60 SECONDS",
    },
  }
  const byKind: Record<string, unknown> = {}
  for (const [name, search] of Object.entries(kinds)) {
    console.error(`retro-hunt: ${name}`)
    byKind[name] = await measured(server, search).catch((error: Error) => ({ error: error.message }))
  }
  console.error('retro-hunt: one query per rule')
  const naive = await oneByOne(server)
  const live = await followAlerts((path, signal) => (server as EmbeddedServer).request(path, { signal }))
  console.error('retro-hunt: the live stream, without and with a hunt beside it')
  await beside(server, live, undefined)
  const alone = await beside(server, live, undefined)
  const withHunt = await beside(server, live, { kind: 'sigma', yaml: ruleOf(1) })
  live.close()
  console.log(
    JSON.stringify({ events, fillSeconds: rounded(filledMs / 1000), byKind, naive, live: { alone, withHunt } }),
  )
} finally {
  await server?.stop()
  await rm(dataDir, { recursive: true, force: true })
}
