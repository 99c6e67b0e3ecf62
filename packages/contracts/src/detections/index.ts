import { z } from 'zod'
import { detectionId, eventId, instant, ruleId, severity, sourceId } from '../kernel/index.ts'

/** One rule that matched one event. Its id is made of both, so that a replay writes the same row. */
export const detection = z
  .object({
    id: detectionId,
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
  })
  .meta({ id: 'Detection' })
export type Detection = z.infer<typeof detection>

/** Upward: detections of one committed batch, for alerts. */
export const detectionsMade = z.object({
  detections: z.array(detection),
})
export type DetectionsMade = z.infer<typeof detectionsMade>
