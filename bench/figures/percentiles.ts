export const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits))

/** The middle of the values: what a noisy machine moves least. */
export const median = (values: readonly number[]): number => percentile(values, 50)

/** Nearest-rank percentile; NaN of nothing. */
export function percentile(values: readonly number[], pct: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil((pct / 100) * sorted.length) - 1)] as number
}

export interface Latency {
  readonly count: number
  readonly p50: number | null
  readonly p99: number | null
  readonly max: number | null
}

/** Figures of durations in ms; null where nothing was measured. */
export function latency(valuesMs: readonly number[]): Latency {
  const one = (pct: number) => (valuesMs.length === 0 ? null : rounded(percentile(valuesMs, pct)))
  return { count: valuesMs.length, p50: one(50), p99: one(99), max: one(100) }
}
