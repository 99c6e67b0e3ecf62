import type { Fields, LogSource } from '../../packages/engines/src/event/index.ts'
import { normalise } from '../../packages/engines/src/logs/index.ts'
import { sigmaLanes } from '../samples/sigma-lanes.ts'

/** The lanes that are raced. */
const raced: ReadonlySet<string> = new Set(['structured-windows', 'sysmon-file', 'otrf', 'otrf-without-message'])

/**
 * One log source of an event: rivals take one, so every engine gets the same one. A category is narrower than a service.
 */
function oneSource(sources: readonly LogSource[]): LogSource {
  const product = sources.find((one) => one.product !== undefined)?.product
  const category = sources.find((one) => one.category !== undefined)?.category
  const service = sources.find((one) => one.service !== undefined)?.service
  return {
    ...(product === undefined ? {} : { product }),
    ...(category === undefined ? {} : { category }),
    ...(service === undefined ? {} : { service }),
  }
}

/** Events under the names that Sigma's rules use, with their log source beside them: nothing is left to map for anybody. */
export function* raceEvents(eventsPerLane: number): Iterable<{ name: string; lines: string[] }> {
  for (const { name, lines } of sigmaLanes(eventsPerLane)) {
    if (!raced.has(name)) continue
    const flat = lines.map((line) => {
      const event = normalise(line, { receivedMs: Date.UTC(2026, 0, 2) })
      const fields: Fields = { ...event.taxonomy }
      for (const own of ['product', 'service', 'category']) delete fields[own]
      return JSON.stringify({ ...fields, ...oneSource(event.logSources) })
    })
    yield { name, lines: flat }
  }
}
