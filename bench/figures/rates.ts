import { rounded } from './percentiles.ts'

export interface Rate {
  /** By the clock, and by the processor time of this process: they differ when the machine is busy with other things. */
  readonly perSecond: number
  readonly perCpuSecond: number
  /** CPU time for one, µs. */
  readonly cpuUs: number
}

const cpuMs = (): number => process.cpuUsage().user / 1_000

/** How often a second the work can be done: goes through the items again and again for some seconds, after a short warm-up. */
export function rateOf<T>(items: readonly T[], work: (item: T) => unknown, seconds: number): Rate {
  run(items, work, Math.min(1, seconds / 2))
  const { done, ms, cpu } = run(items, work, seconds)
  return {
    perSecond: Math.round((done * 1_000) / ms),
    perCpuSecond: Math.round((done * 1_000) / cpu),
    cpuUs: rounded((cpu * 1_000) / done, 2),
  }
}

function run<T>(items: readonly T[], work: (item: T) => unknown, seconds: number) {
  const [began, beganCpu] = [performance.now(), cpuMs()]
  const until = began + seconds * 1_000
  let done = 0
  // The clock is read once in a while only: it would be a cost of its own.
  while (performance.now() < until) for (let i = 0; i < 20; i++) work(items[done++ % items.length]!)
  return { done, ms: performance.now() - began, cpu: cpuMs() - beganCpu }
}

/** Items that are prepared at a time: few enough to be in the nearer caches still when they are worked on, as in a live stream. */
const PREPARED_AT_ONCE = 20

/** The same for work on what was prepared just before, whose preparing is not counted. */
export function rateOfPrepared<T, P>(
  items: readonly T[],
  prepare: (item: T) => P,
  work: (prepared: P) => unknown,
  seconds: number,
): Rate {
  runPrepared(items, prepare, work, Math.min(1, seconds / 2))
  const { done, ms, cpu } = runPrepared(items, prepare, work, seconds)
  return {
    perSecond: Math.round((done * 1_000) / ms),
    perCpuSecond: Math.round((done * 1_000) / cpu),
    cpuUs: rounded((cpu * 1_000) / done, 2),
  }
}

function runPrepared<T, P>(
  items: readonly T[],
  prepare: (item: T) => P,
  work: (prepared: P) => unknown,
  seconds: number,
) {
  const until = performance.now() + seconds * 1_000
  let [done, ms, cpu] = [0, 0, 0]
  while (performance.now() < until) {
    const from = done
    const prepared = Array.from({ length: PREPARED_AT_ONCE }, (_, i) => prepare(items[(from + i) % items.length]!))
    const [began, beganCpu] = [performance.now(), cpuMs()]
    for (let i = 0; i < PREPARED_AT_ONCE; i++) work(prepared[i]!)
    ms += performance.now() - began
    cpu += cpuMs() - beganCpu
    done += PREPARED_AT_ONCE
  }
  return { done, ms, cpu }
}
