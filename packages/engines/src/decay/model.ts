import { z } from 'zod'

/** Shortest and longest lifetime of a model; the longest is a century. */
const minLifetimeMs = 1000
const maxLifetimeMs = 36_525 * 86_400_000

const scorePct = z.number().min(0).max(100)
const lifetime = {
  /** From the last sight of a value until its score is 0. */
  lifetimeMs: z.number().int().min(minLifetimeMs).max(maxLifetimeMs),
  /** Decayed below it. */
  thresholdPct: scorePct,
}
const baseScore = {
  /** Of an indicator that nothing says more about. */
  defaultBasePct: scorePct.default(80),
  /**
   * Weights of namespaces or predicates of taxonomies, e.g. `admiralty-scale` or `admiralty-scale:source-reliability`; and the worth of
   * their tags, e.g. `admiralty-scale:source-reliability="a"` → 100.
   */
  tagWeights: z.record(z.string().max(300), z.number().min(0).max(1000)).default({}),
  tagScoresPct: z.record(z.string().max(300), scorePct).default({}),
}

/**
 * How the score of an indicator falls. `polynomial`: slowly first and fast at the end when `speed` is below 1, the other way above;
 * `linear`: evenly; `none`: never.
 * @source MISP decaying models
 */
export const decayModel = z.discriminatedUnion('curve', [
  z.object({ curve: z.literal('polynomial'), ...lifetime, speed: z.number().min(0.01).max(100), ...baseScore }),
  z.object({ curve: z.literal('linear'), ...lifetime, ...baseScore }),
  z.object({ curve: z.literal('none'), thresholdPct: scorePct, ...baseScore }),
])
export type DecayModel = z.output<typeof decayModel>

const dayMs = 86_400_000

/** What applies when nobody has said otherwise. @source MISP's "NIDS Simple Decaying Model" and "Phishing model" */
export const defaultDecayModels = {
  general: decayModel.parse({ curve: 'polynomial', lifetimeMs: 120 * dayMs, speed: 2, thresholdPct: 30 }),
  phishing: decayModel.parse({ curve: 'polynomial', lifetimeMs: 3 * dayMs, speed: 2.3, thresholdPct: 30 }),
  lasting: decayModel.parse({ curve: 'none', thresholdPct: 30 }),
} as const
