/**
 * Starting the server: cold (an empty data directory, no caches; and with the caches an earlier start left), warm (what a restart
 * takes), and what it holds in memory when nothing happens, without rules and with all of them.
 * `node bench/start.ts [warm starts]` (default 3) prints one JSON object. Compared with starting Node itself on nothing.
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median } from './figures/percentiles.ts'
import { benchRules } from './load/public-data.ts'
import { switchRulesOn } from './load/rules-on.ts'
import { pause } from './load/sending.ts'
import { type EmbeddedServer, startServer } from './server/embedded-server.ts'
import { usageOf } from './server/process-usage.ts'
import { readMetrics } from './server/server-metrics.ts'

const warmStarts = Number(process.argv[2] ?? 3)
if (!(warmStarts >= 1 && warmStarts <= 50)) throw new Error('the number of warm starts must be 1 to 50')
const idleMs = 20_000

interface Start {
  readonly readyMs: number
  readonly searchedMs: number
  /** CPU time until then, ms: what noise of the machine does not change. */
  readonly cpuMs: number | null
  readonly peakRssMb: number | null
}

const folder = await mkdtemp(join(tmpdir(), 'bench-start-'))
// Whatever is cached goes here, so that "no caches" is one folder less.
const env = (caches: string) => ({
  HOME: join(folder, caches),
  XDG_CACHE_HOME: join(folder, caches, '.cache'),
  NODE_COMPILE_CACHE: join(folder, caches, 'compiled'),
})
let server: EmbeddedServer | undefined

async function start(data: string, caches: string): Promise<Start> {
  server = await startServer({ dataDir: join(folder, data), env: env(caches) })
  const usage = usageOf(server.pid)
  return {
    readyMs: Math.round(server.readyMs),
    searchedMs: Math.round(server.searchedMs),
    cpuMs: usage?.cpuMs ?? null,
    peakRssMb: usage?.peakRssMb ?? null,
  }
}

async function stop(): Promise<void> {
  await server?.stop()
  server = undefined
}

/** Memory 20 s after a warm start in which nobody asked for anything but one search. */
async function idle(data: string) {
  await start(data, 'caches')
  await pause(idleMs)
  const running = server as EmbeddedServer
  const { memoryMb, rulesRunning } = await readMetrics(running.url)
  const rssMb = usageOf(running.pid)?.rssMb ?? null
  await stop()
  return { rulesRunning, rssMb, memoryMb }
}

function nodeAlone(): number {
  const startedMs = performance.now()
  spawnSync(process.execPath, ['-e', '0'])
  return Math.round(performance.now() - startedMs)
}

try {
  const nodeMs = median([1, 2, 3].map(nodeAlone))
  const coldWithoutCaches = await start('first', 'caches')
  await stop()
  const coldWithCaches = await start('second', 'caches')
  await stop()
  const warm: Start[] = []
  for (let count = 0; count < warmStarts; count++) {
    warm.push(await start('second', 'caches'))
    await stop()
  }
  console.error('start: idle without rules')
  const idleWithoutRules = await idle('second')
  await start('second', 'caches')
  const rules = await switchRulesOn(server as unknown as EmbeddedServer, await benchRules())
  await stop()
  const warmWithRules = await start('second', 'caches')
  await stop()
  console.error('start: idle with all rules on')
  const idleWithRules = await idle('second')
  const warmReadyMs = median(warm.map(({ readyMs }) => readyMs))
  console.log(
    JSON.stringify(
      {
        coldWithoutCaches,
        coldWithCaches,
        warm,
        warmReadyMs,
        warmWithRules,
        rules: rules.running,
        idleWithoutRules,
        idleWithRules,
        comparison: { nodeAloneMs: nodeMs, warmTimesNode: Math.round(warmReadyMs / nodeMs) },
      },
      null,
      2,
    ),
  )
} finally {
  await stop()
  await rm(folder, { recursive: true, force: true })
}
