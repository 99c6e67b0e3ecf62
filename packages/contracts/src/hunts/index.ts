import { z } from 'zod'
import {
  detectionKind,
  eventId,
  idOf,
  instant,
  pageOf,
  pageQuery,
  ruleId,
  severity,
  sourceId,
  tlp,
} from '../kernel/index.ts'

export const huntId = idOf('hunt')
export const huntRunId = idOf('hunt-run')

/** What a hunt looks for. */
export const huntKinds = ['query', 'sigma', 'indicators', 'pattern'] as const
export const huntKind = z.enum(huntKinds)
export type HuntKind = z.infer<typeof huntKind>

const ruleText = z.string().max(1_000_000)

const query = z.object({
  /** Our search language. */
  kind: z.literal('query'),
  query: z.string().trim().min(1).max(8192),
})
const sigma = z.object({
  /** Sigma rules: as text, or rules that are kept. One run matches all of them at once. */
  kind: z.literal('sigma'),
  yaml: ruleText,
  ruleIds: z.array(ruleId).max(10_000),
})
/** Revisions of what is listed, in which something began to match; behind the first and up to the last. */
const freshness = { freshAfter: z.number().int().min(0).optional(), freshUpTo: z.number().int().min(0).optional() }

/** Of the indicators that are listed and on: those that meet all of it. */
export const huntedListing = z
  .object({
    /** Part of the value. */
    text: z.string().trim().min(1).max(300).optional(),
    /** Types of indicators, as they are listed. */
    types: z.array(z.string().trim().min(1).max(40)).max(20).optional(),
    source: z.string().trim().min(1).max(120).optional(),
    /** All of them. */
    labels: z.array(z.string().trim().min(1).max(80)).max(30).optional(),
    tlps: z.array(tlp).max(10).optional(),
    minConfidence: z.number().int().min(0).max(100).optional(),
    addedSince: instant.optional(),
    ...freshness,
  })
  .meta({ id: 'HuntedListing' })
export type HuntedListing = z.infer<typeof huntedListing>

/** Of the STIX patterns that are kept and on: those that meet all of it. Patterns that merely list values are indicators. */
export const huntedPatterns = z
  .object({
    ids: z.array(z.string().min(1).max(200)).min(1).max(1000).optional(),
    source: z.string().trim().min(1).max(120).optional(),
    labels: z.array(z.string().trim().min(1).max(80)).max(30).optional(),
    minConfidence: z.number().int().min(0).max(100).optional(),
    ...freshness,
  })
  .meta({ id: 'HuntedPatterns' })
export type HuntedPatterns = z.infer<typeof huntedPatterns>

const indicators = z.object({
  kind: z.literal('indicators'),
  /** Addresses, networks, domains, URLs, hashes, …: one a line; defanged ones are understood. Empty with `listed`. */
  values: z.string().trim().max(4_000_000),
  /** Instead of values: what is listed, read when the run begins. Its hits are those of the live stream. */
  listed: huntedListing.optional(),
})
const pattern = z.object({
  kind: z.literal('pattern'),
  /** A STIX pattern. Empty with `listed`. */
  pattern: z.string().trim().max(100_000),
  /** Instead of a pattern: those that are kept, read when the run begins. Their hits are those of the live stream. */
  listed: huntedPatterns.optional(),
})

export const huntSearch = z.discriminatedUnion('kind', [query, sigma, indicators, pattern]).meta({ id: 'HuntSearch' })
export type HuntSearch = z.infer<typeof huntSearch>

/** The same as it is sent: what has nothing in it may be left out. */
export const huntSearchInput = z
  .discriminatedUnion('kind', [
    query,
    sigma.extend({ yaml: ruleText.default(''), ruleIds: sigma.shape.ruleIds.default([]) }),
    indicators.extend({ values: indicators.shape.values.default('') }),
    pattern.extend({ pattern: pattern.shape.pattern.default('') }),
  ])
  .meta({ id: 'HuntSearchInput' })

/** The time gone over: fixed, or the minutes before the start of the run. */
export const huntRange = z
  .union([z.object({ from: instant, to: instant }), z.object({ lastMinutes: z.number().int().min(1).max(5_256_000) })])
  .meta({ id: 'HuntRange' })
export type HuntRange = z.infer<typeof huntRange>

/** Which of the stored events are looked at. */
const scope = {
  range: huntRange,
  /** None: all of them. */
  sourceIds: z.array(sourceId).max(200),
  /** A search in our language that leaves out events before anything else looks at them. */
  narrowing: z.string().max(8192),
}
/** The same as it is sent. */
const scopeInput = {
  range: huntRange,
  sourceIds: scope.sourceIds.default([]),
  narrowing: scope.narrowing.default(''),
}
/** `detections`: hits become detections marked retrospective. `hits`: they stay in the run. */
const keep = z.enum(['hits', 'detections'])

const name = z.string().trim().min(1).max(200)

export const huntRunStart = z.object({
  name: name.optional(),
  /** The saved hunt that this is a run of; its runs are compared. */
  huntId: huntId.optional(),
  search: huntSearchInput,
  ...scopeInput,
  keep: keep.default('hits'),
  /** Whether alerts are made of the detections. */
  alerts: z.boolean().default(true),
})
export type HuntRunStart = z.infer<typeof huntRunStart>

export const huntRunStates = ['queued', 'running', 'paused', 'done', 'failed', 'cancelled'] as const
export const huntRunState = z.enum(huntRunStates)
export type HuntRunState = z.infer<typeof huntRunState>

export const huntRun = z
  .object({
    id: huntRunId,
    /** The saved hunt that it ran for. */
    huntId: huntId.nullable(),
    name: z.string(),
    kind: huntKind,
    /** `person`: somebody started it; `schedule`: its time had come; `change`: a rule was new or had changed. */
    reason: z.enum(['person', 'schedule', 'change']),
    state: huntRunState,
    startedBy: z.string(),
    from: instant,
    to: instant,
    sourceIds: z.array(sourceId),
    narrowing: z.string(),
    keep,
    alerts: z.boolean(),
    createdAt: instant,
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
    /** Events of the range when the run began; null before. */
    eventsTotal: z.number().int().nullable(),
    eventsDone: z.number().int(),
    /** Events a second while it ran. */
    eventsPerSecond: z.number().nullable(),
    secondsLeft: z.number().nullable(),
    /** Events that could not be looked at in the time allowed for one. */
    eventsSkipped: z.number().int(),
    hits: z.number().int(),
    /** Hits kept; fewer than `hits` when there were more than a run may keep. */
    hitsKept: z.number().int(),
    /** Detections that were new. */
    detections: z.number().int(),
    /** Why it failed, or what else is to be known. */
    message: z.string().nullable(),
  })
  .meta({ id: 'HuntRun' })
export type HuntRun = z.infer<typeof huntRun>

export const huntRunDetail = huntRun.extend({ search: huntSearch }).meta({ id: 'HuntRunDetail' })
export type HuntRunDetail = z.infer<typeof huntRunDetail>

export const huntRunQuery = pageQuery.extend({ huntId: huntId.optional(), state: huntRunState.optional() })
/** Newest first. */
export const huntRunPage = pageOf(huntRun)

/** What an event met, of what was looked for. */
export const huntMatch = z.object({
  /** Null for words without a field. */
  field: z.string().nullable(),
  value: z.string(),
  /** In words: `CommandLine contains ' -enc '`. */
  predicate: z.string(),
  selection: z.string(),
})

export const huntHit = z
  .object({
    eventId,
    time: instant,
    sourceId,
    sourceName: z.string(),
    /** The rule, indicator or pattern. */
    ruleId,
    title: z.string(),
    kind: detectionKind,
    level: severity,
    entities: z.record(z.string(), z.string()),
    matched: z.array(huntMatch),
    /** The beginning of the record as it came. */
    preview: z.string(),
  })
  .meta({ id: 'HuntHit' })
export type HuntHit = z.infer<typeof huntHit>

export const huntHitQuery = pageQuery.extend({
  ruleId: ruleId.optional(),
  /** `host.name=ws-7`: only hits that name this entity. */
  entity: z.string().max(400).optional(),
})
/** Oldest first. */
export const huntHitPage = pageOf(huntHit)

export const huntSummary = z
  .object({
    intervalMs: z.number().int(),
    /** Hits over the run's range, also those that were not kept. */
    bars: z.array(z.object({ start: instant, count: z.number().int() })),
    /** Of the hits kept, the most frequent. */
    rules: z.array(z.object({ ruleId, title: z.string(), level: severity, count: z.number().int() })),
    entities: z.array(
      z.object({ field: z.string(), values: z.array(z.object({ value: z.string(), count: z.number().int() })) }),
    ),
  })
  .meta({ id: 'HuntSummary' })
export type HuntSummary = z.infer<typeof huntSummary>

export const huntExportQuery = z.object({ format: z.enum(['ndjson', 'csv']).default('ndjson') })
export const huntKeepResult = z.object({ detections: z.number().int() })

export const huntDiagnostic = z.object({
  level: z.enum(['error', 'warning']),
  code: z.string(),
  message: z.string(),
  remedy: z.string().optional(),
  /** In the text, from 1. */
  line: z.number().int(),
  column: z.number().int(),
  length: z.number().int(),
})
export type HuntDiagnostic = z.infer<typeof huntDiagnostic>
export const huntCheck = z.object({ search: huntSearchInput, narrowing: z.string().max(8192).default('') })
export const huntCheckResult = z.object({
  valid: z.boolean(),
  diagnostics: z.array(huntDiagnostic),
  /** What it comes to: rules, indicators. */
  parts: z.number().int(),
})
export type HuntCheckResult = z.infer<typeof huntCheckResult>

export const huntToRule = z.object({ query: z.string().trim().min(1).max(8192), title: name })
/** `yaml` is null when the query says something that a rule cannot. */
export const huntToRuleResult = z.object({
  yaml: z.string().nullable(),
  problems: z.array(z.object({ part: z.string(), message: z.string() })),
})
export type HuntToRuleResult = z.infer<typeof huntToRuleResult>

const savedHunt = {
  name,
  description: z.string().max(4000),
  tags: z.array(z.string().trim().min(1).max(60)).max(20),
  search: huntSearch,
  ...scope,
  keep,
  /** Whether alerts are made of the detections. */
  alerts: z.boolean(),
  /** Five-field cron in UTC; each run goes over what came since the one before. */
  schedule: z.string().trim().max(100).nullable(),
}

export const huntSave = z.object({
  name,
  description: savedHunt.description.default(''),
  tags: savedHunt.tags.default([]),
  search: huntSearchInput,
  ...scopeInput,
  keep: keep.default('hits'),
  alerts: savedHunt.alerts.default(true),
  schedule: savedHunt.schedule.default(null),
})
export type HuntSave = z.infer<typeof huntSave>
/** `expectedVersion` guards against overwriting somebody else's edit. */
export const huntUpdate = huntSave.extend({ expectedVersion: z.number().int() })

export const hunt = z
  .object({
    ...savedHunt,
    id: huntId,
    kind: huntKind,
    owner: z.string(),
    version: z.number().int(),
    createdAt: instant,
    updatedAt: instant,
    /** When it runs next by itself. */
    nextRunAt: instant.nullable(),
    /** The last five runs, newest first, to compare their counts. */
    runs: z.array(
      z.object({
        id: huntRunId,
        state: huntRunState,
        createdAt: instant,
        hits: z.number().int(),
        eventsDone: z.number().int(),
      }),
    ),
  })
  .meta({ id: 'Hunt' })
export type Hunt = z.infer<typeof hunt>

export const huntListQuery = pageQuery.extend({ text: z.string().max(200).optional() })
/** Newest first. */
export const huntPage = pageOf(hunt)
