import { z } from 'zod'

/** How loud and how dear a rule is. CPU time is estimated from samples taken in the match threads. */
export const ruleNoise = z
  .object({
    /** Detections of each of the last fourteen days (UTC), today last. */
    daily: z.array(z.number().int()),
    cpuMs7d: z.number(),
    /** Of the last 30 days. */
    alerts30d: z.number().int(),
    closed30d: z.number().int(),
    falsePositives30d: z.number().int(),
  })
  .meta({ id: 'RuleNoise' })
export type RuleNoise = z.infer<typeof ruleNoise>

export const ruleNoiseQuery = z.object({ days: z.coerce.number().int().min(1).max(90).default(30) })
export const ruleNoiseDetail = ruleNoise
  .extend({
    days: z.array(z.object({ day: z.string(), detections: z.number().int(), cpuMs: z.number() })),
    /** Of the CPU time that all rules took in the last seven days, in per cent. */
    cpuSharePct: z.number(),
  })
  .meta({ id: 'RuleNoiseDetail' })
export type RuleNoiseDetail = z.infer<typeof ruleNoiseDetail>
