import { z } from 'zod'
import { confidencePct, idOf, instant, jsonValue, pageOf, pageQuery, tlp } from '../kernel/index.ts'
import { sightings } from './sightings.ts'

export const patternId = idOf('pattern')
export type PatternId = z.infer<typeof patternId>

export const maxPatternLength = 20_000
export const patternVersions = ['2.0', '2.1'] as const

/**
 * Who holds a pattern against events. `index`: it merely lists values, which are kept as indicators and looked up; `event`: each event by
 * itself; `sequence`: several events together.
 */
export const patternScopes = ['index', 'event', 'sequence'] as const
export const patternScope = z.enum(patternScopes)
export type PatternScope = z.infer<typeof patternScope>

/** A STIX pattern that means harm, as one source publishes it. */
export const stixPattern = z
  .object({
    id: patternId,
    /** Id of the STIX indicator that it came with. */
    stixId: z.string().nullable(),
    name: z.string(),
    description: z.string().nullable(),
    pattern: z.string(),
    patternVersion: z.enum(patternVersions),
    scope: patternScope,
    /** Indicators that stand for it, when it merely lists values. */
    indicators: z.number().int(),
    source: z.string(),
    confidence: confidencePct,
    tlp,
    labels: z.array(z.string()),
    /** Matches nothing live before. */
    validFrom: instant.nullable(),
    /** Matches nothing from then on. */
    validUntil: instant.nullable(),
    enabled: z.boolean(),
    /** Counts changes of the pattern. */
    version: z.number().int(),
    sightings,
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'StixPattern' })
export type StixPatternRecord = z.infer<typeof stixPattern>

const patternText = z.string().trim().min(1).max(maxPatternLength)
const labels = z.array(z.string().trim().min(1).max(80)).max(30)

export const newPattern = z.object({
  name: z.string().trim().min(1).max(300),
  description: z.string().max(4000).nullable().default(null),
  pattern: patternText,
  patternVersion: z.enum(patternVersions).default('2.1'),
  source: z.string().trim().min(1).max(120),
  confidence: confidencePct.default(50),
  tlp: tlp.default('amber'),
  labels: labels.default([]),
  validFrom: instant.nullable().default(null),
  validUntil: instant.nullable().default(null),
  enabled: z.boolean().default(true),
})
export type NewPattern = z.infer<typeof newPattern>

/** `expectedVersion` guards against overwriting somebody else's edit. */
export const patternChange = z
  .object({
    name: newPattern.shape.name,
    description: z.string().max(4000).nullable(),
    pattern: patternText,
    confidence: confidencePct,
    tlp,
    labels,
    validFrom: instant.nullable(),
    validUntil: instant.nullable(),
    enabled: z.boolean(),
    expectedVersion: z.number().int(),
  })
  .partial()
export type PatternChange = z.infer<typeof patternChange>

export const patternStates = ['active', 'expired', 'off'] as const
export const patternFilter = z.object({
  /** Part of the name or of the pattern. */
  text: z.string().max(300).optional(),
  source: z.string().max(120).optional(),
  label: z.string().max(80).optional(),
  scope: patternScope.optional(),
  state: z.enum(patternStates).optional(),
})
/** Changed last, first. */
export const patternQuery = pageQuery.extend(patternFilter.shape)
export const patternPage = pageOf(stixPattern)

export const patternDiagnostic = z.object({
  /** `error`: cannot run; `invalid`: the specification forbids it, its meaning is plain, it runs; `warning`: probably not what was meant. */
  level: z.enum(['error', 'invalid', 'warning']),
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  /** In the text, from 1. */
  line: z.number().int(),
  column: z.number().int(),
  length: z.number().int(),
})
export type PatternDiagnosticRecord = z.infer<typeof patternDiagnostic>

export const patternCheck = z.object({
  pattern: z.string().max(maxPatternLength),
  patternVersion: z.enum(patternVersions).default('2.1'),
})
export const patternCheckResult = z
  .object({
    /** Whether it can run. */
    runs: z.boolean(),
    scope: patternScope.nullable(),
    /** Values that it comes to, when it merely lists them. */
    values: z.array(z.object({ type: z.string(), value: z.string() })),
    diagnostics: z.array(patternDiagnostic),
  })
  .meta({ id: 'PatternCheckResult' })
export type PatternCheckResult = z.infer<typeof patternCheckResult>

/** Objects of a bundle that are read at once; longer bundles are sent in parts, with the identities that they name. */
export const maxBundleObjects = 5_000

/** A STIX bundle, 2.0 or 2.1: its indicators with STIX patterns are kept, other objects are counted. */
export const patternImport = z.object({
  bundle: z.object({
    type: z.literal('bundle'),
    objects: z.array(z.record(z.string(), jsonValue)).max(maxBundleObjects),
  }),
  /** Who says so, where the bundle names nobody. */
  source: newPattern.shape.source,
  confidence: newPattern.shape.confidence,
  tlp: newPattern.shape.tlp,
  labels: newPattern.shape.labels,
})
export type PatternImport = z.infer<typeof patternImport>

export const maxImportProblems = 200
export const patternImportResult = z
  .object({
    added: z.number().int(),
    updated: z.number().int(),
    unchanged: z.number().int(),
    /** Indicators whose pattern cannot be kept. */
    refused: z.number().int(),
    /** Indicators of other languages than STIX, and objects of other types. */
    passedOver: z.number().int(),
    /** Values of patterns that merely list them, kept as indicators. */
    indicators: z.number().int(),
    /** The first 200. */
    problems: z.array(z.object({ stixId: z.string(), name: z.string(), message: z.string() })),
  })
  .meta({ id: 'PatternImportResult' })
export type PatternImportResult = z.infer<typeof patternImportResult>
