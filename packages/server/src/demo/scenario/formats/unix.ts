import { fullName, type LinuxHost } from '../company.ts'
import { seeded } from '../random.ts'
import type { LogRecord } from '../record.ts'

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
const two = (value: number): string => String(value).padStart(2, '0')

/** `Mar  1 09:30:00`, UTC. */
function classicTime(timeMs: number): string {
  const at = new Date(timeMs)
  const day = String(at.getUTCDate()).padStart(2, ' ')
  return `${months[at.getUTCMonth()]} ${day} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
}

export interface SyslogMessage {
  readonly app: string
  readonly text: string
  /** 3 daemon, 4 auth, 9 cron, 10 authpriv, 2 mail. */
  readonly facility: number
  /** 4 warning, 5 notice, 6 informational. */
  readonly severity?: number
  readonly pid?: number
}

/** A line as the host's syslog daemon forwards it. */
export function syslogRecord(host: LinuxHost, timeMs: number, message: SyslogMessage): LogRecord {
  const pid = message.pid ?? seeded(host.name, message.app, Math.floor(timeMs / 60_000)).int(400, 64_000)
  const priority = message.facility * 8 + (message.severity ?? 6)
  const text =
    host.syslog === 'rfc5424'
      ? `<${priority}>1 ${new Date(timeMs).toISOString()} ${fullName(host)} ${message.app} ${pid} - - ${message.text}`
      : `<${priority}>${classicTime(timeMs)} ${host.name} ${message.app}[${pid}]: ${message.text}`
  return { timeMs, source: host.source, text }
}

export const sshMessage = (host: LinuxHost, timeMs: number, text: string): LogRecord =>
  syslogRecord(host, timeMs, { app: 'sshd', facility: 10, text })

export const sudoMessage = (
  host: LinuxHost,
  timeMs: number,
  { user, folder, command }: { readonly user: string; readonly folder: string; readonly command: string },
): LogRecord =>
  syslogRecord(host, timeMs, {
    app: 'sudo',
    facility: 10,
    severity: 5,
    text: `${user} : TTY=pts/0 ; PWD=${folder} ; USER=root ; COMMAND=${command}`,
  })

export const cronMessage = (host: LinuxHost, timeMs: number, user: string, command: string): LogRecord =>
  syslogRecord(host, timeMs, { app: 'CRON', facility: 9, text: `(${user}) CMD (${command})` })

const isPlain = (text: string): boolean => /^[\w./:@%+=,-]+$/.test(text)
const hexOf = (text: string): string =>
  [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('')

export interface AuditedRun {
  readonly executable: string
  readonly arguments: readonly string[]
  /** Numeric user id; 0 is root. */
  readonly uid: number
}

/** auditd's SYSCALL and EXECVE of one started program, as audisp hands them to syslog. */
export function auditedRun(host: LinuxHost, timeMs: number, run: AuditedRun): LogRecord[] {
  const random = seeded(host.name, timeMs, run.executable)
  const stamp = `audit(${(timeMs / 1000).toFixed(3)}:${random.int(10_000, 900_000)})`
  const pid = random.int(1000, 64_000)
  const name = run.executable.slice(run.executable.lastIndexOf('/') + 1)
  const call = `type=SYSCALL msg=${stamp}: arch=c000003e syscall=59 success=yes exit=0 a0=55d0c8 a1=55d0f0 a2=55d118 a3=8 items=2 ppid=${pid - 1} pid=${pid} auid=${run.uid} uid=${run.uid} gid=${run.uid} euid=${run.uid} tty=pts0 ses=12 comm="${name}" exe="${run.executable}" key="exec"`
  const words = run.arguments.map((word, index) => `a${index}=${isPlain(word) ? `"${word}"` : hexOf(word)}`).join(' ')
  const executed = `type=EXECVE msg=${stamp}: argc=${run.arguments.length} ${words}`
  return [call, executed].map((text) => syslogRecord(host, timeMs, { app: 'audispd', facility: 3, pid: 811, text }))
}
