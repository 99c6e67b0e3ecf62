/** An IANA zone name, or `local` for the browser's own. */
export type Zone = string

const locale = 'en-GB'
const formats = new Map<string, Intl.DateTimeFormat>()

export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

const zoneName = (zone: Zone): string => (zone === 'local' || zone === '' ? browserZone() : zone)

function formatOf(zone: Zone, key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const id = `${key}|${zone}`
  const known = formats.get(id)
  if (known) return known
  const made = new Intl.DateTimeFormat(locale, { ...options, timeZone: zoneName(zone), hourCycle: 'h23' })
  formats.set(id, made)
  return made
}

function partsOf(ms: number, zone: Zone): Record<string, string> {
  const format = formatOf(zone, 'parts', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  return Object.fromEntries(format.formatToParts(ms).map((part) => [part.type, part.value]))
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0')
const millis = (ms: number): string => pad(((ms % 1000) + 1000) % 1000, 3)

/** `2026-03-01 12:00:00.000` in the zone; sorts as text. */
export function formatInstant(ms: number, zone: Zone): string {
  if (!Number.isFinite(ms)) return '–'
  const p = partsOf(ms, zone)
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second}.${millis(ms)}`
}

/** `2026-03-01 12:00` in the zone. */
export const formatMinute = (ms: number, zone: Zone): string => formatInstant(ms, zone).slice(0, 16)

/** How long something took: `340 ms`, `1.2 s`, `5 min`. */
export const formatDuration = (ms: number): string =>
  ms < 1000 ? `${Math.max(0, Math.round(ms))} ms` : ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : formatSpan(ms)

/** `12:00:00.000`, for rows whose day is said elsewhere. */
export const formatClock = (ms: number, zone: Zone): string => formatInstant(ms, zone).slice(11)

/** `1 Mar, 12:00`. */
export const formatDay = (ms: number, zone: Zone): string =>
  formatOf(zone, 'day', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(ms)

/** An axis label that fits the span: seconds within ten minutes, days beyond a day and a half. */
export function formatTick(ms: number, spanMs: number, zone: Zone): string {
  if (spanMs <= 600_000) return formatInstant(ms, zone).slice(11, 19)
  if (spanMs <= 36 * 3_600_000) return formatInstant(ms, zone).slice(11, 16)
  if (spanMs <= 300 * 86_400_000) return formatOf(zone, 'tick', { day: 'numeric', month: 'short' }).format(ms)
  return formatOf(zone, 'tick-year', { month: 'short', year: 'numeric' }).format(ms)
}

/** Short name of the zone at an instant, e.g. `UTC`, `CET`. */
export const formatZone = (ms: number, zone: Zone): string =>
  formatOf(zone, 'zone', { timeZoneName: 'short' })
    .formatToParts(ms)
    .find((part) => part.type === 'timeZoneName')?.value ?? zoneName(zone)

const steps: readonly [unit: string, ms: number][] = [
  ['y', 31_536_000_000],
  ['mo', 2_592_000_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
]

/** The largest unit alone: `5 min`, `3 h`, `12 d`. Below a second: `0 s`. */
export function formatSpan(ms: number): string {
  const size = Math.abs(ms)
  for (const [unit, unitMs] of steps) if (size >= unitMs) return `${Math.floor(size / unitMs)} ${unit}`
  return '0 s'
}

/** `5 min ago`, `in 3 h`, `now`. */
export function formatRelative(ms: number, nowMs: number): string {
  const age = nowMs - ms
  if (Math.abs(age) < 5000) return 'now'
  return age > 0 ? `${formatSpan(age)} ago` : `in ${formatSpan(age)}`
}

/** Minutes between zone and UTC at an instant, east positive. */
export function offsetMinutes(ms: number, zone: Zone): number {
  const p = partsOf(ms, zone)
  const asUtc = Date.UTC(
    Number(p.year),
    Number(p.month) - 1,
    Number(p.day),
    Number(p.hour),
    Number(p.minute),
    Number(p.second),
  )
  return Math.round((asUtc - Math.floor(ms / 1000) * 1000) / 60_000)
}

/**
 * Reads `2026-03-01 12:00[:05[.123]]` (or with `T`) as wall-clock time in the zone, or as it is when it ends in `Z` or an offset.
 * @returns milliseconds since 1970, or null when it cannot be read
 */
export function parseInstant(text: string, zone: Zone): number | null {
  const trimmed = text.trim()
  if (/(Z|[+-]\d{2}:?\d{2})$/i.test(trimmed)) {
    const ms = Date.parse(trimmed.replace(' ', 'T'))
    return Number.isNaN(ms) ? null : ms
  }
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?$/.exec(trimmed)
  if (!match) return null
  const [, y, mo, d, h = '0', mi = '0', s = '0', f = '0'] = match
  const wall = Date.UTC(
    Number(y),
    Number(mo) - 1,
    Number(d),
    Number(h),
    Number(mi),
    Number(s),
    Number(f.padEnd(3, '0')),
  )
  const back = new Date(wall)
  if (back.getUTCMonth() !== Number(mo) - 1 || back.getUTCDate() !== Number(d) || Number(h) > 23) return null
  // Twice, because the offset may differ between the first guess and the answer (a clock change between them).
  const first = wall - offsetMinutes(wall, zone) * 60_000
  return wall - offsetMinutes(first, zone) * 60_000
}
