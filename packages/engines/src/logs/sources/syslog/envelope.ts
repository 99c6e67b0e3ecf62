import { parseIsoMs, parseSyslogMs } from '../../time.ts'

/** What a syslog header says; the message starts at `bodyAt`. */
export interface Envelope {
  readonly format: 'rfc5424' | 'rfc3164'
  readonly bodyAt: number
  readonly timeMs?: number | undefined
  readonly host?: string | undefined
  /** The program, without `(pam_unix)` and the like. */
  readonly app?: string | undefined
  readonly pid?: string | undefined
  readonly messageId?: string | undefined
  readonly facility?: number | undefined
  readonly severity?: number | undefined
  /** `SD-ID.PARAM` → value. */
  readonly structured?: ReadonlyMap<string, string> | undefined
}

const PRI = /^<(\d{1,3})>/
/** Headers are short; a hostile one must not be searched to its end. */
const MAX_HEADER_CHARS = 1_024
const MAX_PARAMS = 200

/** The syslog header of a line (RFC 5424, RFC 3164, or rsyslog's file forms without a priority), if it has one.
 *  @param receivedMs gives RFC 3164's times their year */
export function readEnvelope(line: string, receivedMs: number): Envelope | undefined {
  const head = line.slice(0, MAX_HEADER_CHARS)
  const pri = PRI.exec(head)
  const priority = pri === null ? undefined : Number(pri[1])
  if (priority !== undefined && priority > 191) return undefined
  const at = pri === null ? 0 : pri[0].length
  const level = priority === undefined ? {} : { facility: priority >> 3, severity: priority & 7 }
  if (priority !== undefined && /^\d{1,2} /.test(head.slice(at, at + 3))) {
    const modern = readModern(line, head, at)
    if (modern !== undefined) return { ...level, ...modern }
  }
  const classic = readClassic(head, at, receivedMs)
  if (classic !== undefined) return { ...level, ...classic }
  return priority === undefined ? undefined : { ...level, format: 'rfc3164', ...readTag(head, at) }
}

const MODERN = /^\d{1,2} (\S{1,40}) (\S{1,255}) (\S{1,128}) (\S{1,128}) (\S{1,64}) /
const present = (text: string | undefined): string | undefined =>
  text === undefined || text === '-' || text === '' ? undefined : text

function readModern(line: string, head: string, at: number): Envelope | undefined {
  const m = MODERN.exec(head.slice(at))
  if (m === null) return undefined
  const start = at + m[0].length
  const data = readStructured(line, start)
  if (data === undefined) return undefined
  let bodyAt = data.end
  if (line[bodyAt] === ' ') bodyAt++
  if (line.charCodeAt(bodyAt) === 0xfeff) bodyAt++
  return {
    format: 'rfc5424',
    bodyAt,
    timeMs: m[1] === '-' ? undefined : parseIsoMs(m[1]!),
    host: present(m[2]),
    app: present(m[3]),
    pid: present(m[4]),
    messageId: present(m[5]),
    structured: data.params.size === 0 ? undefined : data.params,
  }
}

/** `-` or `[id name="value" …][…]`, with `\"`, `\\` and `\]` as escapes. */
function readStructured(line: string, start: number): { params: Map<string, string>; end: number } | undefined {
  const params = new Map<string, string>()
  if (line[start] === '-') return { params, end: start + 1 }
  let at = start
  while (line[at] === '[') {
    const id = /^\[([^\s=\]"]{1,64})/.exec(line.slice(at, at + 66))
    if (id === null) return undefined
    at += id[0].length
    while (line[at] === ' ') {
      const name = /^ +([^\s=\]"]{1,64})="/.exec(line.slice(at, at + 80))
      if (name === null) return undefined
      at += name[0].length
      let value = ''
      for (; at < line.length && line[at] !== '"'; at++) {
        if (line[at] === '\\' && /["\\\]]/.test(line[at + 1] ?? '')) at++
        value += line[at]
      }
      if (at >= line.length) return undefined
      at++
      if (params.size < MAX_PARAMS) params.set(`${id[1]}.${name[1]}`, value)
    }
    if (line[at] !== ']') return undefined
    at++
  }
  return at === start ? undefined : { params, end: at }
}

const ISO_START = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d) /
const HOST = /^(\S{1,255}) /

function readClassic(head: string, at: number, receivedMs: number): Envelope | undefined {
  const rest = head.slice(at)
  const iso = ISO_START.exec(rest)
  const stamp =
    iso === null
      ? parseSyslogMs(rest.replace(/^[.*]/, ''), receivedMs)
      : { timeMs: parseIsoMs(iso[0].trimEnd()), length: iso[0].length - 1 }
  if (stamp?.timeMs === undefined || rest[stamp.length] !== ' ') return undefined
  const after = at + stamp.length + 1
  const host = HOST.exec(head.slice(after))
  // `Jun 14 15:16:01 sshd[1]: …` has no host: the word before the message is a tag.
  const isTag = host !== null && /[:\]]$/.test(host[1]!) && !/^[0-9A-Fa-f:.]+$/.test(host[1]!)
  const tagAt = host === null || isTag ? after : after + host[0].length
  // An ISO time alone says little: only with a tag is it syslog.
  const tag = readTag(head, tagAt)
  if (iso !== null && at === 0 && tag.app === undefined) return undefined
  return { format: 'rfc3164', timeMs: stamp.timeMs, host: host === null || isTag ? undefined : host[1], ...tag }
}

const TAG =
  /^(?!CEF:|LEEF:)([A-Za-z_][\w./@+-]{0,127}(?: [A-Z][\w]{1,30}){0,3})(?:\(([\w.:-]{1,64})\))?(?:\[(\d{1,10}|[\w.-]{1,32})\])?(?: \([^)]{1,64}\))?: ?/

function readTag(head: string, at: number): { app?: string; pid?: string | undefined; bodyAt: number } {
  const m = TAG.exec(head.slice(at))
  return m === null ? { bodyAt: at } : { app: m[1]!, pid: m[3], bodyAt: at + m[0].length }
}
