/** Counts instants in `most` buckets at most, of a whole number of seconds each. Everything at one instant is one bucket of a minute among few. */
export function bucketTimes(
  times: readonly number[],
  most: number,
): { bars: { startMs: number; count: number }[]; intervalMs: number } {
  if (times.length === 0) return { bars: [], intervalMs: 60_000 }
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const time of times) {
    if (time < first) first = time
    if (time > last) last = time
  }
  const spanMs = Math.max(last - first, 10 * 60_000)
  const intervalMs = Math.ceil(spanMs / (most - 1) / 1000) * 1000
  const startMs = Math.floor(first / intervalMs) * intervalMs
  const bars = Array.from(
    { length: Math.floor((Math.max(last, first + spanMs - intervalMs) - startMs) / intervalMs) + 1 },
    (_, index) => ({ startMs: startMs + index * intervalMs, count: 0 }),
  )
  for (const time of times) {
    const bar = bars[Math.floor((time - startMs) / intervalMs)]
    if (bar) bar.count++
  }
  return { bars, intervalMs }
}
