import { z } from 'zod'
import { detectionId, detectionKind, eventId, evidence, instant, ruleId, severity, sourceId } from '../kernel/index.ts'

/** One rule, indicator or pattern that matched one event. Its id is made of both, so that a replay writes the same row. */
export const detection = z
  .object({
    id: detectionId,
    kind: detectionKind.default('sigma'),
    /** The rule; `indicator:…` and `pattern:…` name what is no rule. */
    ruleId,
    ruleTitle: z.string(),
    ruleVersion: z.number().int(),
    level: severity,
    eventId,
    sourceId,
    /** When the event happened. */
    time: instant,
    detectedAt: instant,
    /** Entities named in the event: `host.name`, `user.name`, `source.ip`, … */
    entities: z.record(z.string(), z.string()),
    techniques: z.array(z.string()),
    /** Found by going over stored history, not as the event came in. */
    retrospective: z.boolean().default(false),
    evidence: evidence.nullable().default(null),
  })
  .meta({ id: 'Detection' })
export type Detection = z.infer<typeof detection>

/** Upward: detections of one committed batch, for alerts. */
export const detectionsMade = z.object({
  detections: z.array(detection),
})
export type DetectionsMade = z.infer<typeof detectionsMade>

/** What the live stream is matched with besides rules: indicators of how many listings, in how much shared memory, of which revision; STIX patterns. */
export const indicatorMatching = z
  .object({
    indicators: z.number().int(),
    bytes: z.number().int(),
    revision: z.number().int(),
    patterns: z.number().int(),
  })
  .meta({ id: 'IndicatorMatching' })
