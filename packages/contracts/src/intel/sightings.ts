import { z } from 'zod'
import { instant } from '../kernel/index.ts'

/** How often and when something listed was seen in events: detections, live ones and those of hunts, by the time of their events. */
export const sightings = z
  .object({ count: z.number().int(), firstSeen: instant.nullable(), lastSeen: instant.nullable() })
  .meta({ id: 'Sightings' })
export type Sightings = z.infer<typeof sightings>
export const neverSeen: Sightings = { count: 0, firstSeen: null, lastSeen: null }
