import type { TimePart } from '../modifiers.ts'

const ISO = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})|$)/
const WEB_LOG = /^\[?(\d{1,2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2})/
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

interface CalendarTime {
  readonly year: number
  readonly month: number
  readonly day: number
  /** Absent when the text is a date alone. */
  readonly hour?: number
  readonly minute?: number
}

/**
 * A part of a date, as it is written: the specification rules out conversions between time zones. Numbers are times since 1970
 * UTC, in seconds up to nanoseconds by their size. Nothing when the value is no date.
 */
export function timePart(value: string | number, part: TimePart): number | undefined {
  const time = typeof value === 'number' ? fromEpoch(value) : fromText(value)
  if (time === undefined) return undefined
  return part === 'week' ? isoWeek(time) : time[part]
}

function fromText(text: string): CalendarTime | undefined {
  const iso = ISO.exec(text)
  if (iso !== null) return checked(iso[1]!, iso[2]!, iso[3]!, iso[4], iso[5])
  const web = WEB_LOG.exec(text)
  if (web !== null) return checked(web[3]!, String(MONTHS.indexOf(web[2]!) + 1), web[1]!, web[4], web[5])
  return /^\d{9,19}(\.\d+)?$/.test(text) ? fromEpoch(Number(text)) : undefined
}

function checked(year: string, month: string, day: string, hour?: string, minute?: string): CalendarTime | undefined {
  const date = { year: Number(year), month: Number(month), day: Number(day) }
  if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31) return undefined
  if (hour === undefined || minute === undefined) return date
  return Number(hour) > 23 || Number(minute) > 59 ? undefined : { ...date, hour: Number(hour), minute: Number(minute) }
}

function fromEpoch(value: number): CalendarTime | undefined {
  if (!(value >= 1e8) || value >= 1e20) return undefined
  const ms = value < 1e11 ? value * 1_000 : value < 1e14 ? value : value < 1e17 ? value / 1_000 : value / 1_000_000
  const minutes = Math.floor(ms / 60_000)
  const { year, month, day } = civil(Math.floor(minutes / 1_440))
  return { year, month, day, hour: Math.floor(minutes / 60) % 24, minute: minutes % 60 }
}

/** Days since 1970-01-01 of a date. @source Howard Hinnant, "chrono-compatible low-level date algorithms" */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

function civil(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

/** @source ISO 8601: weeks start on Monday, week 1 holds the first Thursday */
function isoWeek({ year, month, day }: CalendarTime): number {
  const days = daysOf(year, month, day)
  const thursday = days - ((days + 3) % 7) + 3
  return Math.floor((thursday - daysOf(civil(thursday).year, 1, 1)) / 7) + 1
}
