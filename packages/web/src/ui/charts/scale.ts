/** The next round number at or above: 1, 2, 5, 10, 20, 50, … */
export function niceCeiling(value: number): number {
  if (value <= 1) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  for (const step of [1, 2, 5, 10]) if (value <= step * power) return step * power
  return 10 * power
}

const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const tickSteps = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * secondMs),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minuteMs),
  ...[1, 2, 3, 4, 6, 12].map((hours) => hours * hourMs),
  ...[1, 2, 7, 14, 30, 61, 91, 182, 365].map((days) => days * dayMs),
]

/**
 * Instants at round wall-clock times within a span, at most `most` of them.
 * @param offsetMs what the zone's clock is ahead of UTC at an instant
 */
export function timeTicks(fromMs: number, toMs: number, most: number, offsetMs: (ms: number) => number): number[] {
  const spanMs = toMs - fromMs
  const stepMs =
    tickSteps.find((each) => spanMs / each <= most) ?? Math.ceil(spanMs / most / (365 * dayMs)) * 365 * dayMs
  const ticks: number[] = []
  for (let wall = Math.ceil((fromMs + offsetMs(fromMs)) / stepMs) * stepMs; ticks.length < most; wall += stepMs) {
    // Twice, because a clock may change between the guess and the instant.
    const ms = wall - offsetMs(wall - offsetMs(fromMs))
    if (ms >= toMs) break
    if (ms >= fromMs) ticks.push(ms)
  }
  return ticks
}
