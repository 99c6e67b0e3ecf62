import { createHash } from 'node:crypto'
import type { EmbeddedServer } from '../server/embedded-server.ts'
import { readMetrics } from '../server/server-metrics.ts'
import { pause } from './sending.ts'

const linesPerRequest = 100_000
const runningWithinMs = 600_000

/** Hashes, names, addresses and URLs that no event of the benchmarks holds. */
function indicatorAt(at: number): string {
  const digest = createHash('sha256').update(`indicator ${at}`).digest('hex')
  const roll = at % 10
  if (roll < 4) return digest
  if (roll < 7) return `${digest.slice(0, 12)}.known-bad.example`
  if (roll < 9) return `2001:db8:${digest.slice(0, 4)}:${digest.slice(4, 8)}::${digest.slice(8, 12)}`
  return `https://${digest.slice(0, 10)}.known-bad.example/${digest.slice(10, 20)}`
}

/** Imports that many indicators; resolves when the stream is matched with all of them. */
export async function switchIndicatorsOn(
  server: EmbeddedServer,
  count: number,
): Promise<{ running: number; importMs: number; loadMs: number }> {
  const startedMs = performance.now()
  for (let from = 0; from < count; from += linesPerRequest) {
    const lines = Array.from({ length: Math.min(linesPerRequest, count - from) }, (_, i) => indicatorAt(from + i))
    const path = `/api/v1/indicators/import?source=bench&firstLine=${from + 1}`
    await server.call(path, { method: 'POST', type: 'text/plain', body: lines.join('\n') })
    console.error(`indicators: ${from + lines.length} of ${count} imported`)
  }
  const importedMs = performance.now()
  for (;;) {
    const { indicatorsRunning } = await readMetrics(server.url)
    if (indicatorsRunning >= count)
      return {
        running: indicatorsRunning,
        importMs: Math.round(importedMs - startedMs),
        loadMs: Math.round(performance.now() - importedMs),
      }
    if (performance.now() > importedMs + runningWithinMs)
      throw new Error(`${indicatorsRunning} of ${count} indicators run after ${runningWithinMs} ms`)
    await pause(250)
  }
}
