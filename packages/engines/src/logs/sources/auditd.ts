import type { EventBuilder } from '../builder.ts'
import { Mapping } from '../mapping.ts'
import type { TextParser } from '../parser.ts'
import { asIp, asNumber, asText, baseName } from '../transforms.ts'
import { systemCallName } from './system-calls.ts'

const HEAD =
  /^(?:node=(\S{1,255}) )?type=([A-Z][A-Z0-9_]{1,40}|UNKNOWN\[\d{1,6}\]) (?:msg=)?audit\((\d{1,12}(?:\.\d{1,9})?):(\d{1,20})\):?\s*/
/** The kernel's own form in syslog: `audit: type=1400 audit(…): …`. */
const KERNEL_HEAD = /^(?:\[\s*[\d.]+\] )?audit: type=(\d{4}) audit\((\d{1,12}(?:\.\d{1,9})?):(\d{1,20})\):\s*/
const PAIR = /([A-Za-z_][\w[\].-]{0,63})=(?:"([^"]*)"|'((?:[^'\\]|\\.)*)'|(\([^)]*\))|(\[[^\]]*\])|([^\s,]*))/g
const MAX_PAIRS = 500

/** Values that auditd writes in hexadecimal when they hold spaces or control characters. */
const HEX_NAMES =
  /^(?:proctitle|comm|exe|name|cwd|acct|cmd|data|path|key|ocomm|dir|file|vm|old|new|watch|a\d{1,4}(?:\[\d+\])?)$/
const HEX = /^(?:[0-9A-F]{2})+$/

const decoder = new TextDecoder()
function fromHex(text: string): string {
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(i * 2, i * 2 + 2), 16)
  // Arguments are separated by NUL.
  return decoder.decode(bytes).replace(/\0+$/, '').replaceAll('\0', ' ')
}

export const auditd: TextParser = {
  kind: 'text',
  id: 'linux-auditd',
  mapping: new Mapping({
    prefix: 'auditd.',
    rows: [
      ['pid', 'process.pid', asNumber],
      ['ppid', 'process.parent.pid', asNumber],
      ['exe', 'process.executable'],
      ['comm', 'process.name'],
      ['cwd', 'process.working_directory'],
      ['proctitle', 'process.title'],
      ['tty', 'process.tty', asText],
      ['addr', 'source.ip', asIp],
      [
        'hostname',
        'source.domain',
        (v) => (typeof v === 'string' && v !== '?' && asIp(v) === undefined ? v : undefined),
      ],
      ['acct', 'user.name'],
      ['auid', 'user.audit.id', (v) => (v === '4294967295' || v === '-1' ? undefined : asText(v))],
      ['uid', 'user.id', asText],
      ['euid', 'user.effective.id', asText],
      ['gid', 'user.group.id', asText],
      ['UID', 'user.name'],
      ['EUID', 'user.effective.name'],
      ['name', 'file.path'],
      ['name', 'file.name', baseName],
      ['inode', 'file.inode', asText],
      ['mode', 'file.mode', asText],
      ['key', 'rule.name', (v) => (v === '(null)' || v === '' ? undefined : v)],
      ['ses', 'process.session.id', asText],
      ['type', 'event.action', (v) => (typeof v === 'string' ? v.toLowerCase() : undefined)],
      ['sequence', 'event.sequence', asNumber],
      ['node', 'host.name'],
    ],
    constants: {
      'event.kind': 'event',
      'event.module': 'auditd',
      'event.dataset': 'auditd.log',
      'host.os.type': 'linux',
    },
    computed: {
      'event.outcome': ['success', 'res'],
      'event.category': ['type', 'syscall'],
      'event.type': ['type', 'syscall'],
      'process.command_line': ['a0', 'a1', 'a2', 'proctitle', 'cmd'],
      'process.args': ['a0', 'a1', 'a2'],
      'user.name': ['acct', 'AUID', 'UID'],
    },
  }),
  accepts: (text) =>
    text.startsWith('type=') ||
    text.startsWith('node=') ||
    text.startsWith('audit: type=') ||
    KERNEL_HEAD.test(text.slice(0, 200)),
  read(text, event) {
    const m = HEAD.exec(text)
    const kernel = m === null ? KERNEL_HEAD.exec(text) : null
    if (m === null && kernel === null) return false
    const type = m?.[2] ?? kernel![1]!
    event.time(Number(m?.[3] ?? kernel![2]))
    event.put('type', type)
    event.put('sequence', m?.[4] ?? kernel![3])
    if (m?.[1] !== undefined) event.put('node', m[1])
    readPairs(text.slice((m ?? kernel!)[0].length), type, event, 0)
    conclude(type, event)
    return true
  },
}

function readPairs(text: string, type: string, event: EventBuilder, depth: number): void {
  let count = 0
  // `ENRICHED` logs put the resolved names after a group separator.
  for (const match of text.replaceAll('\u001d', ' ').matchAll(PAIR)) {
    if (++count > MAX_PAIRS) {
      event.warn(`more than ${MAX_PAIRS} fields: the rest is in the original only`)
      return
    }
    const name = match[1]!
    const nested = match[3]
    if (name === 'msg' && nested !== undefined && depth === 0) readPairs(nested, type, event, 1)
    else event.put(name, match[2] ?? nested ?? match[4] ?? match[5] ?? unquoted(name, match[6] ?? '', type))
  }
}

function unquoted(name: string, value: string, type: string): string {
  // System calls' arguments are numbers in hexadecimal, not text.
  if (value.length < 2 || (type === 'SYSCALL' && /^a\d$/.test(name)) || !HEX_NAMES.test(name) || !HEX.test(value))
    return value
  // Hexadecimal of a short number: leave `name=10`.
  return value.length === 2 && !/^[2-7]/.test(value) ? value : fromHex(value)
}

const EXEC_CALLS: ReadonlySet<string> = new Set(['59', '322', 'execve', 'execveat', '11', '221'])
const AUTH_TYPES = /^(?:USER_(?:LOGIN|AUTH|ACCT|START|END|LOGOUT|ERR|CMD)|CRED_|LOGIN|GRP_AUTH)/
const ACCOUNT_TYPES = /^(?:ADD_|DEL_|USER_MGMT|GRP_MGMT|USER_CHAUTHTOK|GRP_CHAUTHTOK|ACCT_)/

function conclude(type: string, event: EventBuilder): void {
  const { taxonomy } = event
  // Rules name system calls; logs that were not enriched number them.
  if (type === 'SYSCALL' && taxonomy.SYSCALL === undefined)
    event.name('SYSCALL', systemCallName(String(taxonomy.arch), String(taxonomy.syscall)))
  const result = String(taxonomy.success ?? taxonomy.res ?? '')
  if (/^(?:yes|success|1)$/.test(result)) event.derive('event.outcome', 'success')
  else if (/^(?:no|failed|0)$/.test(result)) event.derive('event.outcome', 'failure')
  const isExec =
    (type === 'SYSCALL' || type === 'AUOMS_EXECVE') && EXEC_CALLS.has(String(taxonomy.SYSCALL ?? taxonomy.syscall))
  if (type === 'EXECVE') event.derive('process.command_line', commandOf(event))
  else if (type === 'PROCTITLE' || type === 'AUOMS_EXECVE')
    event.derive('process.command_line', textOf(taxonomy.cmdline ?? taxonomy.proctitle))
  else if (type === 'USER_CMD') event.derive('process.command_line', textOf(taxonomy.cmd))
  if (isExec || type === 'EXECVE') {
    event.derive('event.category', ['process'])
    event.derive('event.type', ['start'])
  } else if (AUTH_TYPES.test(type)) {
    event.derive('event.category', ['authentication'])
    event.derive('event.type', [/END|LOGOUT|DISP/.test(type) ? 'end' : 'start'])
  } else if (ACCOUNT_TYPES.test(type)) event.derive('event.category', ['iam'])
  else if (type === 'PATH') event.derive('event.category', ['file'])
  const line = event.ecs['process.command_line']
  if (line !== undefined) event.name('CommandLine', line)
  const image = textOf(taxonomy.exe) ?? (type === 'EXECVE' ? textOf(taxonomy.a0) : undefined)
  if (image?.startsWith('/')) event.name('Image', image)
  event.logSources([
    { product: 'linux', service: 'auditd' },
    ...(isExec || type === 'EXECVE' ? [{ product: 'linux', category: 'process_creation' }] : []),
  ])
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value !== '(null)' ? value : undefined

function commandOf(event: EventBuilder): string | undefined {
  const args: string[] = []
  for (let i = 0; i < MAX_PAIRS; i++) {
    const value = event.taxonomy[`a${i}`]
    if (typeof value !== 'string') break
    args.push(value)
  }
  event.derive('process.args', args.length === 0 ? undefined : args)
  return args.length === 0 ? undefined : args.join(' ')
}
