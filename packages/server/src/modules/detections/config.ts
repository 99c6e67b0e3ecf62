import { availableParallelism } from 'node:os'
import { z } from 'zod'

export const detectionsConfig = z.strictObject({
  /** Threads that parse, normalise and match. */
  threads: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(Math.max(1, availableParallelism() - 1)),
  /** Batches of the log under way at once. */
  window: z.coerce.number().int().min(1).max(256).default(16),
  /** Events written to the stores at once. */
  maxBatchEvents: z.coerce.number().int().min(1).max(100_000).default(5000),
  /** How often the stores are made durable, so that the log can be trimmed behind them. */
  checkpointSeconds: z.coerce.number().min(0.05).max(600).default(10),
  /** Groups that correlations remember, over all of them; the one that heard nothing for longest goes first. */
  correlationGroups: z.coerce.number().int().min(1).max(10_000_000).default(1_000_000),
  /** How much older than the newest of its group a match may be and still count, in seconds. */
  correlationLatenessSeconds: z.coerce.number().min(0).max(86_400).default(900),
  /** How often what correlations remember is made durable. */
  correlationCheckpointSeconds: z.coerce.number().min(0.05).max(3600).default(60),
  /** Days that detections are kept. */
  retentionDays: z.coerce.number().int().min(1).default(365),
})
