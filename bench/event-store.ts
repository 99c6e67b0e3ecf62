/**
 * The event store: appending and searching, against inserting row by row.
 * `node bench/event-store.ts [events]` (default 200,000) prints one JSON object. A million needs some 2 GB for temporary files.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { parseQuery } from '../packages/engines/src/query/index.ts'
import { openDuckDbEventStore } from '../packages/server/src/adapters/embedded/events/duckdb-event-store.ts'
import { textColumnOf } from '../packages/server/src/platform/events/event-block.ts'
import { blockOf } from '../packages/server/src/platform/events/event-block-builder.ts'
import {
  columnsOfBlocks,
  type EventColumns,
  type EventQuery,
} from '../packages/server/src/platform/events/event-store.ts'

const TOTAL = Number(process.argv[2] ?? 200_000)
const BATCH = 2_000
const START_MS = Date.UTC(2026, 2, 1)
const SPACING_MS = 250
const DAY_MS = 86_400_000

const round = (value: number): number => Math.round(value * 10) / 10
const rssMb = (): number => Math.round(process.memoryUsage().rss / 1e6)

/** A process creation as Sysmon reports it, its ECS fields beside it; some 1 KB together. */
function event(at: number) {
  const host = `WS-${at % 300}.corp.example`
  const user = `user${(at * 31) % 500}`
  const names = ['powershell.exe', 'cmd.exe', 'svchost.exe', 'chrome.exe', 'rundll32.exe']
  const name = names[(at * 7) % 97 < 3 ? 0 : 1 + (at % 4)]!
  const line = `${name} --task ${(at * 7919).toString(36)} --out C:\\Users\\${user}\\AppData\\Local\\Temp\\${at.toString(36)}.tmp`
  const ip = `10.${(at >> 12) & 15}.${(at >> 4) & 255}.${at & 255}`
  const ecs = {
    'event.code': String(1 + (at % 26)),
    'event.action': 'process-created',
    'event.category': ['process'],
    'event.dataset': 'windows.sysmon_operational',
    'event.provider': 'Microsoft-Windows-Sysmon',
    'host.name': host,
    'user.name': user,
    'process.name': name,
    'process.executable': `C:\\Windows\\System32\\${name}`,
    'process.command_line': line,
    'process.pid': at % 65_536,
    'source.ip': ip,
    'destination.port': 443,
  }
  const raw = `{"EventID":1,"Computer":"${host}","User":"CORP\\\\${user}","Image":"C:\\\\Windows\\\\System32\\\\${name}","CommandLine":${JSON.stringify(line)},"SourceIp":"${ip}","RecordNumber":${at},"Hashes":"SHA256=${(at * 2_654_435_761).toString(16).padStart(16, '0').repeat(4)}"}`
  return { ecs, raw }
}

function batchAt(first: number): EventColumns {
  const events = Array.from({ length: BATCH }, (_, row) => {
    const at = first + row
    const timeMs = START_MS + at * SPACING_MS
    return {
      ...event(at),
      id: `5f0c1a2b3c4d.0.${Math.floor(at / 256)}.${at % 256}`,
      timeMs,
      receivedMs: timeMs,
      sourceId: `source-${at % 5}`,
      parser: 'windows-json',
    }
  })
  return columnsOfBlocks([blockOf(events)])
}

const folder = await mkdtemp(join(tmpdir(), 'bench-events-'))
const rssStartMb = rssMb()
const openedAt = performance.now()
const store = await openDuckDbEventStore({ folder: join(folder, 'store') })
const openMs = round(performance.now() - openedAt)
const rssIdleMb = rssMb()

const sample = batchAt(0)
const bytesPerEvent = Math.round(
  sample.blocks.reduce(
    (sum, block) => sum + textColumnOf(block, 'ecs').values.length + textColumnOf(block, 'raw').values.length,
    0,
  ) / BATCH,
)
let appendMs = 0
const delay = monitorEventLoopDelay({ resolution: 5 })
for (let first = 0; first < TOTAL; first += BATCH) {
  const batch = batchAt(first)
  const startedAt = performance.now()
  await store.append(batch, { topic: 'logs', partition: 0, first, next: first + BATCH })
  appendMs += performance.now() - startedAt
}
const rssAfterAppendMb = rssMb()

const everything: EventQuery = { scope: 'all', fromMs: START_MS, toMs: START_MS + TOTAL * SPACING_MS }
const asking = (text: string): EventQuery => ({ ...everything, where: parseQuery(text).node })
const questions: Record<string, () => Promise<unknown>> = {
  newest50: () => store.search({ ...everything, order: 'newest', limit: 50 }),
  searchColumn: () => store.search({ ...asking('process.name:powershell*'), order: 'newest', limit: 50 }),
  searchRareColumn: () => store.search({ ...asking('user.name:user77 and event.code:7'), order: 'newest', limit: 50 }),
  searchOtherField: () => store.search({ ...asking('process.pid:4242'), order: 'newest', limit: 50 }),
  searchNetwork: () => store.search({ ...asking('source.ip:10.3.16.0/20'), order: 'newest', limit: 50 }),
  searchText: () => store.search({ ...asking('zzq9'), order: 'newest', limit: 50 }),
  searchRegex: () => store.search({ ...asking('process.command_line:/task [a-f]{4}x/'), order: 'newest', limit: 50 }),
  count: () => store.count(everything),
  countOneHour: () => store.count({ ...everything, fromMs: everything.toMs - 3_600_000 }),
  histogram60: () => store.histogram({ ...everything, intervalMs: Math.ceil((TOTAL * SPACING_MS) / 60) }),
  topColumn: () => store.topValues({ ...everything, field: 'user.name', limit: 10 }),
  topOtherField: () => store.topValues({ ...everything, field: 'process.pid', limit: 10 }),
  fields500: () => store.fields({ ...everything, sample: 500 }),
  getById: () => store.get('5f0c1a2b3c4d.0.1234.56', 'all'),
  usage: () => store.usage(),
}

async function latencies(): Promise<Record<string, number>> {
  const tookMs: Record<string, number> = {}
  for (const [name, ask] of Object.entries(questions)) {
    const runs: number[] = []
    for (let run = 0; run < 3; run++) {
      const startedAt = performance.now()
      await ask()
      runs.push(performance.now() - startedAt)
    }
    tookMs[name] = round(runs.sort((a, b) => a - b)[1]!)
  }
  return tookMs
}
const hot = await latencies()
const rssAfterSearchMb = rssMb()

// What this machine does to a main thread that has nothing to do, for comparison.
delay.enable()
await sleep(3_000)
delay.disable()
const restingDelayMs = { p99: round(delay.percentile(99) / 1e6), max: round(delay.max / 1e6) }
delay.reset()

// The main thread while it hands over batches and large aggregates run.
const ready = Array.from({ length: 20 }, (_, at) => batchAt(TOTAL + at * BATCH))
delay.enable()
const [mixedAppendMs] = await Promise.all([
  (async () => {
    const startedAt = performance.now()
    for (const [at, batch] of ready.entries()) {
      const first = TOTAL + at * BATCH
      await store.append(batch, { topic: 'logs', partition: 0, first, next: first + BATCH })
    }
    return performance.now() - startedAt
  })(),
  ...Array.from({ length: 4 }, () => store.topValues({ ...everything, field: 'process.pid', limit: 10 })),
])
delay.disable()

const sealedAt = performance.now()
const sealed = await store.seal(START_MS + 2 * DAY_MS)
const sealMs = performance.now() - sealedAt
const afterSeal = await latencies()
const scanAt = performance.now()
let scanned = 0
for await (const page of store.scan(asking('process.name:powershell*'), 1_000)) scanned += page.length
const scanMs = performance.now() - scanAt
const snapshotAt = performance.now()
await store.snapshot(join(folder, 'copy'))
const snapshotMs = performance.now() - snapshotAt
const rssEndMb = rssMb()
await store.close()

async function naiveInserts(rows: number): Promise<number> {
  const instance = await DuckDBInstance.create(join(folder, 'naive.duckdb'))
  const connection = await instance.connect()
  await connection.run('CREATE TABLE events (id VARCHAR, time_ms BIGINT, ecs VARCHAR, raw VARCHAR)')
  const startedAt = performance.now()
  for (let at = 0; at < rows; at++) {
    const { ecs, raw } = event(at)
    await connection.run('INSERT INTO events VALUES ($1, $2, $3, $4)', [`${at}`, at, JSON.stringify(ecs), raw])
  }
  const perSecond = Math.round((rows / (performance.now() - startedAt)) * 1000)
  connection.closeSync()
  instance.closeSync()
  return perSecond
}

async function folderMb(path: string): Promise<number> {
  const names = await readdir(path, { recursive: true })
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(path, name))).size))
  return Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1e6)
}

process.stdout.write(
  `${JSON.stringify({
    bench: 'event-store',
    events: TOTAL,
    bytesPerEvent,
    openMs,
    appendedPerSecond: Math.round((TOTAL / appendMs) * 1000),
    rowByRowPerSecond: await naiveInserts(1_000),
    hotMs: hot,
    appendDuringAggregatesPerSecond: Math.round(((ready.length * BATCH) / mixedAppendMs!) * 1000),
    restingMainThreadDelayMs: restingDelayMs,
    mainThreadDelayMs: { p99: round(delay.percentile(99) / 1e6), max: round(delay.max / 1e6) },
    seal: { ...sealed, seconds: round(sealMs / 1000) },
    afterSealMs: afterSeal,
    scan: { events: scanned, seconds: round(scanMs / 1000) },
    snapshotSeconds: round(snapshotMs / 1000),
    rssMb: {
      start: rssStartMb,
      idle: rssIdleMb,
      afterAppend: rssAfterAppendMb,
      afterSearch: rssAfterSearchMb,
      end: rssEndMb,
    },
    diskMb: await folderMb(join(folder, 'store')),
  })}\n`,
)
await rm(folder, { recursive: true, force: true })
