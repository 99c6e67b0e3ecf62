import { z } from 'zod'

export const huntsConfig = z.strictObject({
  /** Threads that read stored events again and match them; apart from those of the live stream. */
  threads: z.coerce.number().int().min(1).max(16).default(1),
  /** Runs under way at once. */
  concurrentRuns: z.coerce.number().int().min(1).max(16).default(2),
  /** Runs waiting and under way that one person may have. */
  runsPerPerson: z.coerce.number().int().min(1).max(1000).default(5),
  /** Runs waiting and under way in total. */
  runsInTotal: z.coerce.number().int().min(1).max(10_000).default(50),
  /** Share of its time that a run works while events come in; the rest it leaves to the live stream. */
  sharePct: z.coerce.number().int().min(5).max(100).default(50),
  /** Stored events read at once. */
  pageEvents: z.coerce.number().int().min(10).max(5000).default(500),
  /** Hits that a run keeps; more are counted. */
  maxHits: z.coerce.number().int().min(1).max(1_000_000).default(10_000),
  /** Days that runs and their hits are kept. */
  retentionDays: z.coerce.number().int().min(1).max(3650).default(90),
})
