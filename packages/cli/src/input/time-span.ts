import { InvalidArgumentError } from 'commander'

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
}

/** `90s`, `30m`, `24h`, `7d`, `2w`, `1y` in milliseconds. @throws InvalidArgumentError */
export function parseSpanMs(text: string): number {
  const match = /^(\d{1,9})([smhdwy])$/.exec(text.trim())
  const unit = unitMs[match?.[2] ?? '']
  const span = match && unit ? Number(match[1]) * unit : 0
  if (span <= 0 || span > 200 * (unitMs.y ?? 0)) throw new InvalidArgumentError('A span looks like 30m, 24h, 7d or 1y.')
  return span
}

/** A time as RFC 3339; without a zone it is UTC, without a time of day midnight. @throws InvalidArgumentError */
export function parseInstant(text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text)
  const isTime = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?$/i.test(text)
  const hasZone = /(?:Z|[+-]\d{2}:\d{2})$/i.test(text)
  const ms =
    isDay || isTime
      ? Date.parse(isTime && !hasZone ? `${text.replace(' ', 'T')}Z` : text.replace(' ', 'T'))
      : Number.NaN
  if (Number.isNaN(ms)) throw new InvalidArgumentError('A time looks like 2026-03-01 or 2026-03-01T12:00:00Z.')
  return new Date(ms).toISOString()
}
