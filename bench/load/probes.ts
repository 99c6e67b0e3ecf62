import { type Latency, latency } from '../figures/percentiles.ts'
import type { EmbeddedServer } from '../server/embedded-server.ts'
import type { LiveAlerts } from '../server/live-alerts.ts'
import { markedEvent } from './generated-events.ts'
import { nothingSent, pause, send } from './sending.ts'

const everyMs = 500
const lastAlertWithinMs = 20_000

export interface ProbeFigures {
  /** Time until a request of one event was acknowledged. */
  readonly acknowledgedMs: Latency
  /** From the acknowledgement until a search found the event; to the accuracy of `searchedEveryMs`. */
  readonly storedMs: Latency
  /** From the acknowledgement until the alert came over the live stream. */
  readonly alertMs: Latency
  /** Alerts that did not come in 20 s. */
  readonly alertsMissing: number
  readonly searchedEveryMs: number
}

interface Probe {
  readonly host: string
  readonly timeMs: number
  readonly acknowledgedMs: number
}

/** Probes lie in a time of their own, a second apart, so that looking for one is no work. */
const firstProbeMs = Date.now() - 40 * 86_400_000
const instant = (ms: number): string => new Date(ms).toISOString()

let nextNumber = 1

/** Sends two events a second that a rule matches, each with a host of its own, and follows what becomes of them. */
export async function probe(
  server: EmbeddedServer,
  live: LiveAlerts,
  options: { untilMs: number; searchEveryMs: number },
): Promise<ProbeFigures> {
  const probes: Probe[] = []
  const acknowledged: number[] = []
  const stored: number[] = []
  let searching: Promise<void> | undefined

  for (let dueMs = performance.now(); dueMs < options.untilMs; dueMs += everyMs) {
    await pause(dueMs - performance.now())
    const number = nextNumber++
    const host = `bench-${number}.example.com`
    const timeMs = firstProbeMs + number * 1000
    const line = markedEvent(number, host, timeMs)
    const sentMs = performance.now()
    await send(server, { source: 'bench-windows', type: 'application/x-ndjson', lines: [line] }, nothingSent())
    const one = { host, timeMs, acknowledgedMs: performance.now() }
    acknowledged.push(one.acknowledgedMs - sentMs)
    probes.push(one)
    // One search at a time, or looking would be the load.
    searching ??= untilFound(server, one, options.searchEveryMs)
      .then((ms) => {
        if (ms !== undefined) stored.push(ms)
      })
      .finally(() => {
        searching = undefined
      })
  }
  await searching
  const waitUntilMs = performance.now() + lastAlertWithinMs
  const waiting = () => probes.filter(({ host }) => live.seenMs(host) === undefined).length
  while (waiting() > 0 && performance.now() < waitUntilMs) await pause(50)
  const alerts = probes.flatMap(({ host, acknowledgedMs }) => {
    const seenMs = live.seenMs(host)
    return seenMs === undefined ? [] : [Math.max(0, seenMs - acknowledgedMs)]
  })
  return {
    acknowledgedMs: latency(acknowledged),
    storedMs: latency(stored),
    alertMs: latency(alerts),
    alertsMissing: waiting(),
    searchedEveryMs: options.searchEveryMs,
  }
}

async function untilFound(server: EmbeddedServer, one: Probe, everyMs: number): Promise<number | undefined> {
  const path = `/api/v1/events/search?from=${instant(one.timeMs)}&to=${instant(one.timeMs + 1)}&limit=1`
  while (performance.now() < one.acknowledgedMs + lastAlertWithinMs) {
    const { items } = (await server.call(path)) as { items: unknown[] }
    if (items.length > 0) return performance.now() - one.acknowledgedMs
    await pause(everyMs)
  }
  return undefined
}
