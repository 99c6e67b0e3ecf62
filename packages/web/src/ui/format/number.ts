const locale = 'en'
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
const fine = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })

/** `1234567` → `1,234,567`. */
export const formatCount = (value: number): string => whole.format(value)

/** `1234567` → `1.2M`, for places where the digits would not fit; show the whole number on hover. */
export const formatCompact = (value: number): string =>
  Math.abs(value) < 10_000 ? whole.format(value) : short.format(value)

/** Events a second, with one decimal below ten. */
export const formatRate = (perSecond: number): string =>
  perSecond < 10 ? fine.format(perSecond) : perSecond < 10_000 ? whole.format(perSecond) : short.format(perSecond)

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** Bytes in steps of 1,000: `1536000` → `1.5 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (Math.abs(value) >= 1000 && unit < byteUnits.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 100 ? whole.format(value) : fine.format(value)} ${byteUnits[unit]}`
}

/** Percent with no decimals, but never `0%` for something that is there. */
export const formatPercent = (pct: number): string => (pct > 0 && pct < 1 ? '<1%' : `${whole.format(pct)}%`)
