import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** What a process has used so far. */
export interface ProcessUsage {
  readonly rssMb: number
  /** The most memory it ever had, or had since `forgetPeak`. */
  readonly peakRssMb: number
  readonly cpuMs: number
  /** By name of the thread; threads of one name are added up. */
  readonly cpuMsByThread: Readonly<Record<string, number>>
}

/** Linux counts CPU time in hundredths of a second. */
const msPerTick = 10
const procOf = (pid: number): string => `/proc/${pid}`

/** Reads /proc; undefined on systems without. */
export function usageOf(pid: number): ProcessUsage | undefined {
  if (!existsSync(procOf(pid))) return undefined
  const status = readFileSync(`${procOf(pid)}/status`, 'utf8')
  const kilobytes = (name: string) => Number(status.match(new RegExp(`${name}:\\s+(\\d+)`))?.[1] ?? 0)
  const cpuMsByThread: Record<string, number> = {}
  for (const task of readdirSync(`${procOf(pid)}/task`)) {
    const found = cpuOf(`${procOf(pid)}/task/${task}/stat`)
    if (found) cpuMsByThread[found.name] = (cpuMsByThread[found.name] ?? 0) + found.cpuMs
  }
  return {
    rssMb: Math.round(kilobytes('VmRSS') / 1024),
    peakRssMb: Math.round(kilobytes('VmHWM') / 1024),
    cpuMs: cpuOf(`${procOf(pid)}/stat`)?.cpuMs ?? 0,
    cpuMsByThread,
  }
}

function cpuOf(file: string): { name: string; cpuMs: number } | undefined {
  if (!existsSync(file)) return undefined
  const text = readFileSync(file, 'utf8')
  const end = text.lastIndexOf(')')
  // After the name come state, ppid, …; user and system time are the 12th and 13th.
  const fields = text.slice(end + 2).split(' ')
  return { name: text.slice(text.indexOf('(') + 1, end), cpuMs: (Number(fields[11]) + Number(fields[12])) * msPerTick }
}

/** CPU time between two looks, µs per event, by thread; threads below 1 µs are left out. */
export function cpuPerEvent(before: ProcessUsage, after: ProcessUsage, events: number): Record<string, number> {
  const perEvent = (ms: number) => Number(((ms * 1000) / events).toFixed(1))
  const figures: Record<string, number> = { all: perEvent(after.cpuMs - before.cpuMs) }
  for (const [name, ms] of Object.entries(after.cpuMsByThread)) {
    const value = perEvent(ms - (before.cpuMsByThread[name] ?? 0))
    if (value >= 1) figures[name] = value
  }
  return figures
}
