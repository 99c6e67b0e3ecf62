/** Time as an argument. */
export interface Clock {
  /** ms since 1970-01-01T00:00:00Z. */
  now(): number
  /** Monotonic ms, for durations. */
  monotonic(): number
}

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }

/** A clock that moves only when told; for tests and replays. */
export function steppedClock(startMs: number): Clock & { advance(byMs: number): void } {
  let nowMs = startMs
  return {
    now: () => nowMs,
    monotonic: () => nowMs - startMs,
    advance(byMs) {
      nowMs += byMs
    },
  }
}
