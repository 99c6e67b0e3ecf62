import { z } from 'zod'
import { eventId, instant, pageOf, sourceId } from '../kernel/index.ts'

/** How a source's records reach us. */
export const sourceKinds = ['http', 'bulk', 'hec', 'syslog', 'file', 'upload', 'demo', 'scan'] as const
export const sourceKind = z.enum(sourceKinds)
export type SourceKind = z.infer<typeof sourceKind>

const sourceName = z.string().trim().min(1).max(120)

export const source = z
  .object({
    id: sourceId,
    name: sourceName,
    kind: sourceKind,
    createdAt: instant,
    /** False: what arrives for it is refused. */
    enabled: z.boolean(),
    /** Product and service that its records are taken for when they do not say it themselves. */
    product: z.string().max(80).nullable(),
    service: z.string().max(80).nullable(),
    /** Days that its events are kept; null: the default. */
    retentionDays: z.number().int().min(1).max(3650).nullable(),
    /** Bytes of events kept at most; null: no limit. */
    retentionBytes: z.number().int().min(1_000_000).nullable(),
    /** Alarm when nothing came for this many minutes; null: no alarm. */
    silenceMinutes: z.number().int().min(1).max(43_200).nullable(),
    /** For kind `file`: the path or pattern that is followed. */
    path: z.string().max(1000).nullable(),
    /** Totals since the source was made. */
    received: z.number().int(),
    parseFailures: z.number().int(),
    rejected: z.number().int(),
    bytesReceived: z.number().int(),
    lastSeenAt: instant.nullable(),
    /** Seconds between the newest event's own time and its receipt. */
    lagSeconds: z.number().nullable(),
    /** Events a second over the last minute. */
    ratePerSecond: z.number(),
    storedEvents: z.number().int(),
    storedBytes: z.number().int(),
    health: z.enum(['new', 'ok', 'silent', 'failing', 'disabled']),
  })
  .meta({ id: 'Source' })
export type Source = z.infer<typeof source>

export const sourceList = z.object({ items: z.array(source) })

export const sourceCreate = z.object({
  name: sourceName,
  kind: z.enum(['http', 'syslog', 'file']),
  product: z.string().max(80).nullish(),
  service: z.string().max(80).nullish(),
  retentionDays: source.shape.retentionDays.optional(),
  retentionBytes: source.shape.retentionBytes.optional(),
  silenceMinutes: source.shape.silenceMinutes.optional(),
  path: z.string().max(1000).nullish(),
})
export const sourceUpdate = sourceCreate.omit({ kind: true }).extend({ enabled: z.boolean() }).partial()

/** Answer of every intake route. */
export const intakeResult = z
  .object({
    accepted: z.number().int(),
    rejected: z.number().int(),
    /** The first hundred lines that were refused; 1-based line numbers of the request's body. */
    errors: z.array(z.object({ line: z.number().int(), code: z.string(), message: z.string() })),
    /** True when this `Idempotency-Key` had been answered before and nothing was added. */
    replayed: z.boolean(),
  })
  .meta({ id: 'IntakeResult' })
export type IntakeResult = z.infer<typeof intakeResult>

/** A scalar or list of an event's field. */
export const fieldValue: z.ZodType<string | number | boolean | null | readonly unknown[]> = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.unknown()),
])

export const eventView = z
  .object({
    id: eventId,
    time: instant,
    receivedAt: instant,
    sourceId,
    sourceName: z.string(),
    parser: z.string(),
    /** Flat ECS names. */
    fields: z.record(z.string(), fieldValue),
    raw: z.string(),
  })
  .meta({ id: 'Event' })
export type EventView = z.infer<typeof eventView>

export const eventDetail = eventView
  .extend({
    /** What a Sigma rule sees. */
    taxonomy: z.record(z.string(), fieldValue),
    logSources: z.array(
      z.object({ product: z.string().optional(), service: z.string().optional(), category: z.string().optional() }),
    ),
    /** ECS field → the original fields it was taken from. */
    derivedFrom: z.record(z.string(), z.array(z.string())),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'EventDetail' })
export type EventDetail = z.infer<typeof eventDetail>

/** Time range and search text, shared by every search route. `q` is our query language. */
export const eventRange = z.object({
  q: z.string().max(8192).default(''),
  from: instant,
  to: instant,
})

export const eventSearchQuery = eventRange.extend({
  order: z.enum(['newest', 'oldest']).default('newest'),
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
})
export const eventPage = pageOf(eventView).extend({ tookMs: z.number() })

export const histogramQuery = eventRange.extend({ buckets: z.coerce.number().int().min(1).max(500).default(60) })
export const histogram = z.object({
  intervalMs: z.number().int(),
  total: z.number().int(),
  bars: z.array(z.object({ start: instant, count: z.number().int() })),
})

export const fieldListQuery = eventRange.extend({ sample: z.coerce.number().int().min(1).max(5000).default(500) })
/** `sharePct` is the share of sampled events that hold the field. */
export const fieldList = z.object({
  sampled: z.number().int(),
  fields: z.array(z.object({ field: z.string(), count: z.number().int(), sharePct: z.number() })),
})

export const topValuesQuery = eventRange.extend({
  field: z.string().min(1).max(300),
  limit: z.coerce.number().int().min(1).max(100).default(10),
})
export const topValues = z.object({
  field: z.string(),
  total: z.number().int(),
  values: z.array(z.object({ value: z.string(), count: z.number().int() })),
})

export const queryDiagnostic = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string().optional(),
  offset: z.number().int(),
  length: z.number().int(),
})
export const queryCheck = z.object({ valid: z.boolean(), diagnostics: z.array(queryDiagnostic) })
export const completeQuery = z.object({
  q: z.string().max(8192),
  cursor: z.coerce.number().int().min(0),
  from: instant,
  to: instant,
})
export const completions = z.object({
  from: z.number().int(),
  to: z.number().int(),
  items: z.array(
    z.object({ text: z.string(), kind: z.enum(['field', 'operator', 'value']), detail: z.string().optional() }),
  ),
})

export const exportQuery = eventRange.extend({
  format: z.enum(['ndjson', 'csv']).default('ndjson'),
  columns: z.string().max(4000).optional(),
})

export const deadLetter = z.object({
  id: z.number().int(),
  at: instant,
  reason: z.string(),
  sourceId: z.string().nullable(),
  /** The first 2,000 characters. */
  sample: z.string(),
  sizeBytes: z.number().int(),
})
export const deadLetterPage = z.object({ items: z.array(deadLetter), next: z.string().optional() })

/** Live: counts of what came in, once a second, to those who may read events. */
export const ingestPulse = z.object({ at: instant, eventsPerSecond: z.number(), behind: z.number().int() })
