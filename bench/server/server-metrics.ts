/** What the server says about itself in /metrics. */
export interface ServerMetrics {
  /** Lag of the event loop since the last look, ms. */
  readonly lagMs: { readonly p50: number; readonly p99: number; readonly max: number }
  /** JavaScript memory by thread and kind, MB. */
  readonly memoryMb: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly rulesRunning: number
  readonly indicatorsRunning: number
}

const megabyte = 1024 * 1024

/** Looking resets the lag, so each look tells of the time since the one before. */
export async function readMetrics(url: string): Promise<ServerMetrics> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const value = (name: string) => Number(text.match(new RegExp(`^${name} (\\S+)$`, 'm'))?.[1] ?? Number.NaN)
  const ms = (name: string) => Number((value(`nodejs_eventloop_lag_${name}_seconds`) * 1000).toFixed(1))
  const memoryMb: Record<string, Record<string, number>> = {}
  for (const [, thread, kind, bytes] of text.matchAll(
    /^watchfloor_thread_memory_bytes\{thread="([^"]*)",kind="([^"]*)"\} (\S+)$/gm,
  ))
    memoryMb[thread as string] = {
      ...memoryMb[thread as string],
      [kind as string]: Number((Number(bytes) / megabyte).toFixed(1)),
    }
  return {
    lagMs: { p50: ms('p50'), p99: ms('p99'), max: ms('max') },
    memoryMb,
    rulesRunning: value('watchfloor_rules_running'),
    indicatorsRunning: value('watchfloor_indicators_running'),
  }
}
