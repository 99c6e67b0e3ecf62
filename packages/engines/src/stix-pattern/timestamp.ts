/** @source RFC 3339 as STIX 2 narrows it: capital T and Z, UTC, seconds, any number of decimals; `:60` is a leap second. */
const TIMESTAMP = /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.(\d+))?Z$/

/** Where the seconds end and decimals may begin. */
const SECONDS_END = 19

export const isTimestamp = (text: string): boolean => TIMESTAMP.test(text)

/** A form of a timestamp in which comparing code units compares times, to any number of decimals. */
export function sortableTimestamp(text: string): string | undefined {
  if (!TIMESTAMP.test(text)) return undefined
  let end = text.length - 1
  if (text[SECONDS_END] === '.') while (text[end - 1] === '0') end--
  return text.slice(0, text[end - 1] === '.' ? end - 1 : end)
}

/** Milliseconds since 1970 UTC, with decimals; nothing when it is no timestamp of STIX. */
export function timestampMs(text: string): number | undefined {
  const parts = TIMESTAMP.exec(text)
  if (parts === null) return undefined
  const [, year, month, day, hour, minute, second, decimals] = parts
  const days = daysSince1970(Number(year), Number(month), Number(day))
  const wholeSeconds = ((days * 24 + Number(hour)) * 60 + Number(minute)) * 60 + Number(second)
  return wholeSeconds * 1000 + (decimals === undefined ? 0 : Number(`0.${decimals.slice(0, 9)}`) * 1000)
}

/** Whether the calendar has the day; `02-30` passes the grammar of STIX. */
export function dayExists(text: string): boolean {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number)
  const leap = (year! % 4 === 0 && year! % 100 !== 0) || year! % 400 === 0
  return day! <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month! - 1]!
}

/** @source Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}
