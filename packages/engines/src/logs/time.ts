/** Times of log records, in the many ways products write them. All results are ms since 1970 UTC, fractions dropped; a time
 *  without a zone is taken as UTC. Nothing here reads a clock: the time of receipt is an argument. */

const DAY_MS = 86_400_000
/** 1990-01-01: no product we read wrote logs before it; earlier times are unset clocks. */
const OLDEST_MS = 631_152_000_000
/** FILETIME counts 100 ns since 1601. */
const FILETIME_EPOCH_MS = 11_644_473_600_000

export const isBelievable = (timeMs: number, receivedMs: number): boolean =>
  timeMs >= OLDEST_MS && timeMs <= receivedMs + DAY_MS

const digitAt = (text: string, at: number): number => {
  const d = text.charCodeAt(at) - 48
  return d >= 0 && d <= 9 ? d : Number.NaN
}
const two = (text: string, at: number): number => digitAt(text, at) * 10 + digitAt(text, at + 1)

/** `2020-09-20T17:34:12.123456Z`, with a space for `T`, with `,` for `.`, with `+02:00`, `+0200`, `+02`, or without zone. */
export function parseIsoMs(text: string): number | undefined {
  if (text.length < 19) return undefined
  const separator = text.charCodeAt(10)
  if (separator !== 84 && separator !== 32 && separator !== 116) return undefined
  const year = two(text, 0) * 100 + two(text, 2)
  const month = two(text, 5)
  const day = two(text, 8)
  const hour = two(text, 11)
  const minute = two(text, 14)
  const second = two(text, 17)
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 24 && minute <= 59 && second <= 60))
    return undefined
  if (!isDateMark(text.charCodeAt(4)) || text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return undefined
  let at = 19
  let ms = 0
  const mark = text.charCodeAt(at)
  if (mark === 46 || mark === 44) {
    let scale = 100
    for (at = 20; at < text.length; at++) {
      const d = digitAt(text, at)
      if (Number.isNaN(d)) break
      ms += d * scale
      scale /= 10
    }
  }
  const zone = zoneMs(text, at)
  if (zone === undefined) return undefined
  const utc = Date.UTC(year, month - 1, day, hour, minute, second, Math.floor(ms))
  return Number.isNaN(utc) ? undefined : utc - zone
}

const isDateMark = (code: number): boolean => code === 45 || code === 47

/** Offset east of UTC of what follows the seconds; `undefined` when it is no zone. */
function zoneMs(text: string, at: number): number | undefined {
  if (at >= text.length) return 0
  let code = text.charCodeAt(at)
  if (code === 32 && at + 1 < text.length) code = text.charCodeAt(++at)
  if (code === 90 || code === 122) return at + 1 === text.length ? 0 : undefined
  if (code === 43 || code === 45) {
    const hours = two(text, at + 1)
    const rest = text.charCodeAt(at + 3) === 58 ? two(text, at + 4) : text.length > at + 3 ? two(text, at + 3) : 0
    if (!(hours <= 18 && rest <= 59)) return undefined
    const size = (hours * 60 + rest) * 60_000
    return code === 43 ? size : -size
  }
  return text.startsWith('UTC', at) || text.startsWith('GMT', at) ? 0 : undefined
}

/** Epoch seconds, ms, µs, ns or a Windows FILETIME, told apart by size. */
export function epochToMs(value: number): number | undefined {
  if (!Number.isFinite(value) || value <= 0) return undefined
  if (value < 1e11) return Math.floor(value * 1000)
  if (value < 1e14) return Math.floor(value)
  if (value < 1e17) return Math.floor(value / 1000)
  if (value < 9e17) return Math.floor(value / 10_000 - FILETIME_EPOCH_MS)
  if (value < 1e20) return Math.floor(value / 1e6)
  return undefined
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec'
/** 0-11 of a three-letter English month, else -1. */
export const monthIndex = (text: string, at = 0): number => {
  const found = MONTHS.indexOf(text.slice(at, at + 3))
  return found % 3 === 0 ? found / 3 : -1
}

/** `10/Oct/2000:13:55:36 -0700` of web access logs. */
export function parseClfMs(text: string): number | undefined {
  const m = /^(\d{1,2})\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: ([+-])(\d\d):?(\d\d))?$/.exec(
    text,
  )
  if (m === null) return undefined
  const month = monthIndex(m[2]!)
  if (month < 0) return undefined
  const zone = m[8] === undefined ? 0 : (Number(m[9]) * 60 + Number(m[10])) * 60_000 * (m[8] === '+' ? 1 : -1)
  return Date.UTC(+m[3]!, month, +m[1]!, +m[4]!, +m[5]!, +m[6]!, fractionMs(m[7])) - zone
}

const fractionMs = (digits: string | undefined): number =>
  digits === undefined ? 0 : Number(digits.slice(0, 3).padEnd(3, '0'))

const SYSLOG_TIME = /^([A-Z][a-z]{2}) {1,2}(\d{1,2})(?: (\d{4}))? (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?/

/** `Jun 14 15:16:01`: the year is the one that puts the time closest before receipt, at most a day ahead of it. */
export function parseSyslogMs(text: string, receivedMs: number): { timeMs: number; length: number } | undefined {
  const m = SYSLOG_TIME.exec(text)
  if (m === null) return undefined
  const month = monthIndex(m[1]!)
  if (month < 0) return undefined
  const at = (year: number): number => Date.UTC(year, month, +m[2]!, +m[4]!, +m[5]!, +m[6]!, fractionMs(m[7]))
  if (m[3] !== undefined) return { timeMs: at(+m[3]), length: m[0].length }
  const year = new Date(receivedMs).getUTCFullYear()
  let timeMs = at(year + 1)
  for (let back = 0; timeMs > receivedMs + DAY_MS && back <= 1; back++) timeMs = at(year - back)
  return { timeMs, length: m[0].length }
}

/** `Sun Dec 04 04:47:44.123 2005` (Apache's error log, ctime). */
export function parseCtimeMs(text: string): number | undefined {
  const m = /^(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? (\d{4})$/.exec(
    text,
  )
  if (m === null) return undefined
  const month = monthIndex(m[1]!)
  return month < 0 ? undefined : Date.UTC(+m[7]!, month, +m[2]!, +m[3]!, +m[4]!, +m[5]!, fractionMs(m[6]))
}

const US_TIME = /^(\d{1,2})\/(\d{1,2})\/(\d{4}),? (\d{1,2}):(\d\d):(\d\d)(?: ?([AP])M)?$/i
const RFC2822_TIME =
  /^(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d)(?: (?:GMT|UTC|([+-])(\d\d)(\d\d)))?$/
const WCF_TIME = /^\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\/$/

function parseRareMs(text: string): number | undefined {
  const us = US_TIME.exec(text)
  if (us !== null) {
    const half = us[7]?.toUpperCase()
    const hour = (+us[4]! % (half === undefined ? 24 : 12)) + (half === 'P' ? 12 : 0)
    return Date.UTC(+us[3]!, +us[1]! - 1, +us[2]!, hour, +us[5]!, +us[6]!)
  }
  const mail = RFC2822_TIME.exec(text)
  if (mail !== null && monthIndex(mail[2]!) >= 0) {
    const zone = mail[7] === undefined ? 0 : (+mail[8]! * 60 + +mail[9]!) * 60_000 * (mail[7] === '+' ? 1 : -1)
    return Date.UTC(+mail[3]!, monthIndex(mail[2]!), +mail[1]!, +mail[4]!, +mail[5]!, +mail[6]!) - zone
  }
  const wcf = WCF_TIME.exec(text)
  if (wcf !== null) return Number(wcf[1])
  return parseClfMs(text) ?? parseCtimeMs(text)
}

const NUMERIC = /^\d{9,20}(?:\.\d{1,9})?$/

/** A record's time in any of the forms above; `undefined` when it is none. */
export function parseTimeMs(value: unknown, receivedMs: number): number | undefined {
  if (typeof value === 'number') return epochToMs(value)
  if (typeof value !== 'string' || value.length < 9 || value.length > 60) return undefined
  const iso = parseIsoMs(value)
  if (iso !== undefined) return iso
  if (NUMERIC.test(value)) return epochToMs(Number(value))
  const text = value.trim()
  return (text === value ? undefined : parseIsoMs(text)) ?? parseRareMs(text) ?? parseSyslogMs(text, receivedMs)?.timeMs
}
