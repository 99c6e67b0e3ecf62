/**
 * Sustained ingest over HTTP into an embedded server with all rules on (and indicators, when asked for), and the time until an alert
 * is seen; then the highest rate at which that takes less than a second. `node bench/ingest.ts [seconds per stage] [indicators]` (default 15, none)
 * prints one JSON object. Compared with what the machine does with the same lines when nothing is understood of them: JSON.parse
 * alone, and appending to a file that is synced after every batch.
 */
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rounded } from './figures/percentiles.ts'
import { type Batch, generatedBatch, markerRule } from './load/generated-events.ts'
import { switchIndicatorsOn } from './load/indicators-on.ts'
import { type ProbeFigures, probe } from './load/probes.ts'
import { benchRules, recordedLines } from './load/public-data.ts'
import { switchRulesOn } from './load/rules-on.ts'
import { nothingSent, pause, type Sent, saturate, trickle } from './load/sending.ts'
import { highestHeldRate } from './load/sustained-rate.ts'
import { type EmbeddedServer, startServer } from './server/embedded-server.ts'
import { followAlerts, type LiveAlerts } from './server/live-alerts.ts'
import { cpuPerEvent, usageOf } from './server/process-usage.ts'
import { readMetrics } from './server/server-metrics.ts'

const seconds = Number(process.argv[2] ?? 15)
if (!(seconds >= 2 && seconds <= 600)) throw new Error('the seconds per stage must be 2 to 600')
const indicatorsWanted = Number(process.argv[3] ?? 0)
if (!(indicatorsWanted >= 0 && indicatorsWanted <= 10_000_000)) throw new Error('indicators must be 0 to 10,000,000')
const warmUpMs = 4000
const EVENTS_PER_BATCH = 1000
const IN_FLIGHT = 4
const MODERATE = { eventsPerBatch: 250, everyMs: 500 }
const drainWithinMs = 180_000
/** A rate is held when an alert is seen within this time, 99 of 100. */
const ALERT_WITHIN_MS = 1000
const RATES_TRIED = 5
/** Looking counts the stored events, which is work for the server. */
const lookEveryMs = 500

interface StageFigures {
  readonly events: number
  readonly bytesPerEvent: number
  readonly acknowledgedPerSecond: number
  /** Until the last event was stored and matched. */
  readonly throughPerSecond: number
  readonly drainMs: number
  readonly heldBack: number
  readonly detections: number
  readonly rulesWithMost: Readonly<Record<string, number>>
  readonly probes: ProbeFigures
  readonly lagMs: unknown
  readonly rssMb: number | null
  readonly peakRssMb: number | null
  readonly cpuUsPerEvent: unknown
  readonly memoryMb: unknown
}

/** Batches made beforehand, so that making them takes nothing from the server; sent round and round. */
function round(batches: readonly Batch[]): () => Batch {
  let next = 0
  return () => batches[next++ % batches.length] as Batch
}

/** Events that are both matched and stored. */
async function settled(server: EmbeddedServer): Promise<number> {
  const { items } = (await server.call('/api/v1/sources')) as { items: { received: number; storedEvents: number }[] }
  const matched = items.reduce((sum, { received }) => sum + received, 0)
  const stored = items.reduce((sum, { storedEvents }) => sum + storedEvents, 0)
  return Math.min(matched, stored)
}

async function untilSettled(server: EmbeddedServer, wanted: number): Promise<void> {
  const giveUpMs = performance.now() + drainWithinMs
  for (;;) {
    const now = await settled(server)
    if (now >= wanted) return
    if (performance.now() > giveUpMs) throw new Error(`of ${wanted} events ${now} are matched and stored`)
    await pause(lookEveryMs)
  }
}

/** Detections so far, and the rules with most of them. */
async function detections(server: EmbeddedServer): Promise<{ total: number; top: Record<string, number> }> {
  const { items } = (await server.call('/api/v1/rules?sort=detections&limit=200')) as {
    items: { title: string; detections7d: number }[]
  }
  return {
    total: items.reduce((sum, { detections7d }) => sum + detections7d, 0),
    top: Object.fromEntries(items.slice(0, 5).map(({ title, detections7d }) => [title, detections7d])),
  }
}

async function stage(
  server: EmbeddedServer,
  live: LiveAlerts,
  sending: (untilMs: number, sent: Sent) => Promise<void>,
  searchEveryMs: number,
): Promise<StageFigures> {
  const sent = nothingSent()
  const already = await settled(server)
  const detectedBefore = await detections(server)
  await readMetrics(server.url)
  const before = usageOf(server.pid)
  const startedMs = performance.now()
  const untilMs = startedMs + seconds * 1000
  let acknowledgedMs = 0
  const [probes] = await Promise.all([
    probe(server, live, { untilMs, searchEveryMs }),
    sending(untilMs, sent).then(() => {
      acknowledgedMs = performance.now() - startedMs
    }),
  ])
  const wanted = sent.accepted + probes.acknowledgedMs.count
  await untilSettled(server, wanted + already)
  const throughMs = performance.now() - startedMs
  const after = usageOf(server.pid)
  const detectedAfter = await detections(server)
  const { lagMs, memoryMb } = await readMetrics(server.url)
  return {
    events: sent.accepted,
    bytesPerEvent: Math.round(sent.bytes / sent.accepted),
    acknowledgedPerSecond: Math.round(sent.accepted / (acknowledgedMs / 1000)),
    throughPerSecond: Math.round(sent.accepted / (throughMs / 1000)),
    drainMs: Math.round(throughMs - acknowledgedMs),
    heldBack: sent.heldBack,
    detections: detectedAfter.total - detectedBefore.total,
    rulesWithMost: detectedAfter.top,
    probes,
    lagMs,
    rssMb: after?.rssMb ?? null,
    peakRssMb: after?.peakRssMb ?? null,
    cpuUsPerEvent: before && after ? cpuPerEvent(before, after, sent.accepted) : null,
    memoryMb,
  }
}

/** What the same lines cost when nothing is understood of them. */
async function naive(folder: string, batches: readonly Batch[]) {
  const events = batches.reduce((sum, { lines }) => sum + lines.length, 0)
  const json = batches.filter(({ type }) => type === 'application/x-ndjson').flatMap(({ lines }) => lines)
  const parseMs = timed(() => {
    for (const line of json) JSON.parse(line)
  })
  const file = await open(join(folder, 'naive.log'), 'w')
  const startedMs = performance.now()
  for (const { lines } of batches) {
    await file.write(`${lines.join('\n')}\n`)
    await file.datasync()
  }
  const writeMs = performance.now() - startedMs
  await file.close()
  return {
    jsonParsePerSecond: Math.round(json.length / (parseMs / 1000)),
    jsonParseUsPerEvent: rounded((parseMs * 1000) / json.length),
    syncedFilePerSecond: Math.round(events / (writeMs / 1000)),
  }
}

function timed(task: () => void): number {
  const startedMs = performance.now()
  task()
  return performance.now() - startedMs
}

/** From sending the first event of all until its alert: the threads start and load the rules meanwhile. */
async function untilFirstAlert(server: EmbeddedServer, live: LiveAlerts): Promise<number | null> {
  const { alertMs } = await probe(server, live, { untilMs: performance.now() + 1, searchEveryMs: 1000 })
  return alertMs.max
}

const folder = await mkdtemp(join(tmpdir(), 'bench-ingest-'))
let server: EmbeddedServer | undefined
try {
  const generated = Array.from({ length: 40 }, (_, number) => generatedBatch(number, EVENTS_PER_BATCH, Date.now()))
  const small = Array.from({ length: 40 }, (_, number) => generatedBatch(number, MODERATE.eventsPerBatch, Date.now()))
  const lines = recordedLines()
  const recorded = lines?.length
    ? Array.from({ length: Math.ceil(lines.length / EVENTS_PER_BATCH) }, (_, number) => ({
        source: 'bench-recorded',
        type: 'application/x-ndjson' as const,
        lines: lines.slice(number * EVENTS_PER_BATCH, (number + 1) * EVENTS_PER_BATCH),
      }))
    : undefined
  const comparison = {
    generated: await naive(folder, generated),
    ...(recorded ? { recorded: await naive(folder, recorded) } : {}),
  }

  server = await startServer({ dataDir: join(folder, 'data') })
  const { pack, files } = await benchRules()
  const rules = await switchRulesOn(server, { pack, files: [...files, { path: 'bench/marker.yml', text: markerRule }] })
  const indicators = indicatorsWanted > 0 ? await switchIndicatorsOn(server, indicatorsWanted) : null
  const rssWithRulesMb = usageOf(server.pid)?.rssMb ?? null
  const running = server
  const live = await followAlerts((path, signal) => running.request(path, { signal }))
  const stages: Record<string, StageFigures> = {}
  const measure = async (name: string, sending: Parameters<typeof stage>[2], searchEveryMs: number) => {
    console.error(`ingest: ${name}, ${seconds} s`)
    stages[name] = await stage(running, live, sending, searchEveryMs)
  }
  const flood = (batches: readonly Batch[]) => {
    const next = round(batches)
    return (untilMs: number, sent: Sent) => saturate(running, next, { untilMs, inFlight: IN_FLIGHT }, sent)
  }
  const nextSmall = round(small)
  // Threads start, load their rules and get optimised with the first events: not what lasts.
  const firstEventMs = await untilFirstAlert(running, live)
  const warmUp = nothingSent()
  await saturate(running, round(generated), { untilMs: performance.now() + warmUpMs, inFlight: IN_FLIGHT }, warmUp)
  await untilSettled(running, warmUp.accepted)
  await measure(
    'moderate',
    (untilMs, sent) => trickle(running, nextSmall, { untilMs, everyMs: MODERATE.everyMs }, sent),
    20,
  )
  await measure('generatedFlood', flood(generated), 100)
  if (recorded) await measure('recordedFlood', flood(recorded), 100)
  const mixed = round(generated)
  const sustained = await highestHeldRate(
    stages.generatedFlood?.throughPerSecond ?? 1000,
    RATES_TRIED,
    async (rate) => {
      const everyMs = (1000 * EVENTS_PER_BATCH) / rate
      await measure(`at ${rate} a second`, (untilMs, sent) => trickle(running, mixed, { untilMs, everyMs }, sent), 100)
      const { probes } = stages[`at ${rate} a second`] as StageFigures
      return probes.alertsMissing === 0 && (probes.alertMs.p99 ?? Number.POSITIVE_INFINITY) < ALERT_WITHIN_MS
    },
  )
  live.close()
  await server.stop()
  console.log(
    JSON.stringify(
      { secondsPerStage: seconds, rules, indicators, rssWithRulesMb, firstEventMs, sustained, stages, comparison },
      null,
      2,
    ),
  )
} finally {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
}
