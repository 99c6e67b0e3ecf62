import type { DecayModel } from './model.ts'

/** When a value was last known to be of harm, in milliseconds since 1970. What is absent is not known. */
export interface Renewals {
  readonly timestampMs: number
  readonly lastSeenMs?: number | undefined
  readonly lastSightingMs?: number | undefined
}

/**
 * From when a score falls: the last sighting, else when the source last saw it, else when it was written. A later one of them renews an earlier.
 * @source MISP, `computeCurrentScore`; its order of preference, save that what was written or seen after the last sighting counts as re-observed
 */
export function renewedAtMs({ timestampMs, lastSeenMs, lastSightingMs }: Renewals): number {
  if (lastSightingMs !== undefined) return Math.max(lastSightingMs, lastSeenMs ?? lastSightingMs)
  return lastSeenMs ?? timestampMs
}

/**
 * Score after decay, 0 to 100.
 * @param ageMs since the value was last renewed; 0 when that lies ahead
 * @param basePct its score when it was new
 * @source MISP decaying models, polynomial: base * (1 - (t / lifetime)^(1 / speed))
 */
export function scoreAt(model: DecayModel, basePct: number, ageMs: number): number {
  const base = Math.min(100, Math.max(0, basePct))
  if (model.curve === 'none' || ageMs <= 0) return base
  const part = ageMs / model.lifetimeMs
  if (part >= 1) return 0
  return base * (1 - (model.curve === 'linear' ? part : part ** (1 / model.speed)))
}

/** Whether an indicator of that score no longer counts. */
export const isDecayed = (model: DecayModel, score: number): boolean => score < model.thresholdPct

/**
 * Age at which a score falls to a value: later it is below. The inverse of `scoreAt`, in closed form, so that the instant can be kept and
 * indexed. 0 when it never was above; Infinity when it never falls so far.
 * @param scorePct the threshold of the model when absent
 */
export function crossingAgeMs(model: DecayModel, basePct: number, scorePct: number = model.thresholdPct): number {
  const base = Math.min(100, Math.max(0, basePct))
  if (base < scorePct || (base === scorePct && model.curve !== 'none')) return 0
  // A score never falls below 0, so that whatever wants less is never passed.
  if (model.curve === 'none' || scorePct <= 0) return Number.POSITIVE_INFINITY
  const part = 1 - scorePct / base
  return model.lifetimeMs * (model.curve === 'linear' ? part : part ** model.speed)
}

/** The instant at which an indicator decays, in milliseconds since 1970; Infinity: never. */
export const decaysAtMs = (model: DecayModel, basePct: number, renewals: Renewals): number =>
  renewedAtMs(renewals) + crossingAgeMs(model, basePct)

export interface CurvePoint {
  readonly ageMs: number
  readonly score: number
}

/**
 * A curve to draw: its points are where the score has fallen by equal steps as well as where equal times have passed, so that neither a steep
 * beginning nor a flat end is drawn with corners.
 * @param steps of either kind, 2 to 500
 */
export function decayCurve(model: DecayModel, basePct: number, steps = 40): CurvePoint[] {
  const count = Math.min(500, Math.max(2, Math.trunc(steps)))
  const spanMs = model.curve === 'none' ? 1 : model.lifetimeMs
  const ages = new Set<number>([0, spanMs])
  for (let step = 1; step < count; step++) {
    ages.add((spanMs * step) / count)
    if (model.curve !== 'none') ages.add(crossingAgeMs(model, basePct, (basePct * step) / count))
  }
  return [...ages]
    .filter((ageMs) => ageMs <= spanMs)
    .sort((a, b) => a - b)
    .map((ageMs) => ({ ageMs, score: scoreAt(model, basePct, ageMs) }))
}
