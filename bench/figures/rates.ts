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
