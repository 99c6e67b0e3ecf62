import type { EmbeddedServer } from '../server/embedded-server.ts'
import { readMetrics } from '../server/server-metrics.ts'
import type { RuleFiles } from './public-data.ts'
import { pause } from './sending.ts'

const filesPerRequest = 400
const runningWithinMs = 120_000
const policy = {
  levels: ['informational', 'low', 'medium', 'high', 'critical'],
  statuses: ['stable', 'test', 'experimental', 'deprecated', 'unsupported'],
}

/** Imports the rules, switches all of them on, and resolves when the threads run them. */
export async function switchRulesOn(
  server: EmbeddedServer,
  { pack, files }: RuleFiles,
): Promise<{ files: number; running: number; importMs: number; loadMs: number }> {
  const startedMs = performance.now()
  await server.call('/api/v1/rules/policy', { method: 'PUT', body: JSON.stringify(policy) })
  for (let from = 0; from < files.length; from += filesPerRequest) {
    const body = JSON.stringify({ pack, files: files.slice(from, from + filesPerRequest) })
    await server.call('/api/v1/rules/import', { body })
  }
  const importedMs = performance.now()
  const { enabled } = (await server.call('/api/v1/rules/facets')) as { enabled: number }
  for (;;) {
    const { rulesRunning } = await readMetrics(server.url)
    if (rulesRunning === enabled)
      return {
        files: files.length,
        running: enabled,
        importMs: Math.round(importedMs - startedMs),
        loadMs: Math.round(performance.now() - importedMs),
      }
    if (performance.now() > importedMs + runningWithinMs)
      throw new Error(`${rulesRunning} of ${enabled} rules run after ${runningWithinMs} ms`)
    await pause(100)
  }
}
