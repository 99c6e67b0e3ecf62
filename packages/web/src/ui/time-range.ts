/** A range as the URL holds it: relative (`24h`), everything (`all`), or between two instants. */
export type TimeRange =
  | { readonly kind: 'relative'; readonly spec: string }
  | { readonly kind: 'all' }
  | { readonly kind: 'absolute'; readonly fromMs: number; readonly toMs: number }

const unitMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }
const relativeForm = /^(\d{1,4})([mhd])$/

export const relativeSpecs = ['15m', '1h', '4h', '24h', '7d', '30d', '90d', '365d'] as const

/** @returns milliseconds of `24h` and the like, or null when it is none */
export function relativeMs(spec: string): number | null {
  const match = relativeForm.exec(spec)
  const unit = match && unitMs[match[2] ?? '']
  return match && unit && Number(match[1]) > 0 ? Number(match[1]) * unit : null
}

/** Reads `range`, or `from` and `to`, of the URL; what cannot be read falls back. */
export function rangeFromUrl(search: Readonly<Record<string, string | undefined>>, fallback: string): TimeRange {
  const fromMs = Date.parse(search.from ?? '')
  const toMs = Date.parse(search.to ?? '')
  if (!Number.isNaN(fromMs) && !Number.isNaN(toMs) && fromMs < toMs) return { kind: 'absolute', fromMs, toMs }
  const spec = search.range ?? fallback
  if (spec === 'all') return { kind: 'all' }
  return { kind: 'relative', spec: relativeMs(spec) === null ? (fallback === 'all' ? '24h' : fallback) : spec }
}

/** What to write into the URL; `undefined` takes a key out. */
export function rangeToUrl(range: TimeRange): {
  range: string | undefined
  from: string | undefined
  to: string | undefined
} {
  switch (range.kind) {
    case 'relative':
      return { range: range.spec, from: undefined, to: undefined }
    case 'all':
      return { range: 'all', from: undefined, to: undefined }
    case 'absolute':
      return { range: undefined, from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() }
  }
}

/** Before this no log was written; the start of `all`. */
const beginningMs = Date.UTC(1990, 0, 1)

/** The instants meant at `nowMs`. `all` reaches a year ahead, since clocks of senders run fast. */
export function resolveRange(range: TimeRange, nowMs: number): { fromMs: number; toMs: number } {
  switch (range.kind) {
    case 'absolute':
      return { fromMs: range.fromMs, toMs: range.toMs }
    case 'all':
      return { fromMs: beginningMs, toMs: nowMs + 366 * 86_400_000 }
    case 'relative':
      return { fromMs: nowMs - (relativeMs(range.spec) ?? 86_400_000), toMs: nowMs }
  }
}
