import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * Text that differs between two processes that had the same pid one after the other: on Linux the boot and the clock tick at
 * which it started, elsewhere the start as `ps` prints it. Undefined when there is no such process.
 */
export function startMarkOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return linuxStartMark(pid)
    if (process.platform === 'win32') return undefined
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 5000 }).trim()
    return text === '' ? undefined : text
  } catch {
    return undefined
  }
}

/** Whether the process that once had this pid and mark is still running. */
export function isSameProcess(pid: number, startMark: string): boolean {
  const mark = startMarkOf(pid)
  return mark !== undefined && mark === startMark
}

/** Field 22 of `stat`, counted behind the command, which may hold spaces and brackets. @source proc_pid_stat(5) */
function linuxStartMark(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const startTicks = fields[19]
  if (fields[0] === 'Z' || startTicks === undefined) return undefined
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${startTicks}`
}
