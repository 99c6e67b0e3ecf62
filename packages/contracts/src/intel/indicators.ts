import { z } from 'zod'
import { commaList, confidencePct, idOf, instant, pageOf, pageQuery, tlp, tlps } from '../kernel/index.ts'
import { indicatorType, indicatorTypes, maxIndicatorLength } from './indicator-types.ts'
import { sightings } from './sightings.ts'
import { coveringWarningList } from './warning-lists.ts'

export const indicatorId = idOf('indicator')
export type IndicatorId = z.infer<typeof indicatorId>

const sourceName = z.string().trim().min(1).max(120)
const labels = z.array(z.string().trim().min(1).max(80)).max(30)

/** A value that means harm, as one source lists it. */
export const indicator = z
  .object({
    id: indicatorId,
    type: indicatorType,
    /** In its one spelling: lower case, not defanged, no dot at the end. */
    value: z.string(),
    source: z.string(),
    confidence: confidencePct,
    tlp,
    labels: z.array(z.string()),
    description: z.string().nullable(),
    /** Matches nothing before. */
    validFrom: instant.nullable(),
    /** Matches nothing from then on. */
    validUntil: instant.nullable(),
    enabled: z.boolean(),
    sightings,
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Indicator' })
export type Indicator = z.infer<typeof indicator>

/** `active`: matches now; `expired`: no longer; `off`: somebody switched it off. */
export const indicatorStates = ['active', 'expired', 'off'] as const

export const indicatorFilter = z.object({
  /** Part of the value. */
  text: z.string().max(300).optional(),
  type: commaList(indicatorTypes).optional().describe('comma-separated types'),
  source: z.string().max(120).optional(),
  label: z.string().max(80).optional(),
  tlp: commaList(tlps).optional().describe('comma-separated TLPs'),
  minConfidence: z.coerce.number().int().min(0).max(100).optional(),
  state: z.enum(indicatorStates).optional(),
})
export const indicatorSorts = ['updated', 'value', 'confidence'] as const
export const indicatorQuery = pageQuery.extend({
  ...indicatorFilter.shape,
  sort: z.enum(indicatorSorts).default('updated'),
})
export const indicatorPage = pageOf(indicator)

export const newIndicator = z.object({
  /** Read off the value when absent. */
  type: indicatorType.optional(),
  value: z
    .string()
    .min(1)
    .max(maxIndicatorLength * 2),
  source: sourceName,
  confidence: confidencePct.default(50),
  tlp: tlp.default('amber'),
  labels: labels.default([]),
  description: z.string().max(2000).nullable().default(null),
  validFrom: instant.nullable().default(null),
  validUntil: instant.nullable().default(null),
})
export type NewIndicator = z.infer<typeof newIndicator>

export const indicatorChange = z
  .object({
    confidence: confidencePct,
    tlp,
    labels,
    description: z.string().max(2000).nullable(),
    validFrom: instant.nullable(),
    validUntil: instant.nullable(),
    enabled: z.boolean(),
  })
  .partial()
export type IndicatorChange = z.infer<typeof indicatorChange>

/** Either ids or a filter. */
export const indicatorBulk = z.object({
  ids: z.array(indicatorId).min(1).max(10_000).optional(),
  filter: indicatorFilter.optional(),
  /** `expire`: matches nothing from now on, until its list says otherwise. */
  action: z.enum(['on', 'off', 'expire', 'delete']),
})
export type IndicatorBulkAction = z.infer<typeof indicatorBulk>['action']
export const indicatorBulkResult = z.object({ changed: z.number().int() })

export const importFormats = ['auto', 'text', 'csv', 'ndjson'] as const
/** What holds for every line of an import that does not say otherwise. */
export const indicatorImportQuery = z.object({
  source: sourceName,
  format: z.enum(importFormats).default('auto'),
  /** Of every value; read off each value when absent. */
  type: indicatorType.optional(),
  confidence: z.coerce.number().int().min(0).max(100).default(50),
  tlp: tlp.default('amber'),
  labels: z.string().max(500).optional().describe('comma-separated labels'),
  /** Days for which the indicators match, from now on; for ever when absent. */
  validDays: z.coerce.number().min(0.001).max(3650).optional(),
  /** Number of the body's first line, when a file is sent in parts. */
  firstLine: z.coerce.number().int().min(1).default(1),
  /** Nothing is kept; says what would be. */
  preview: z.enum(['true', 'false']).default('false'),
})
export type IndicatorImportQuery = z.infer<typeof indicatorImportQuery>

export const lineProblem = z.object({ line: z.number().int(), message: z.string() })
export const maxLineProblems = 200
export const maxPreviewed = 50

export const indicatorImportResult = z
  .object({
    /** Lines that held a value. */
    read: z.number().int(),
    added: z.number().int(),
    updated: z.number().int(),
    unchanged: z.number().int(),
    refused: z.number().int(),
    byType: z.record(z.string(), z.number().int()),
    /** The first 200. */
    problems: z.array(lineProblem),
    /** Of a preview: the first 50 as they would be kept. */
    preview: z.array(z.object({ line: z.number().int(), type: indicatorType, value: z.string() })),
  })
  .meta({ id: 'IndicatorImportResult' })
export type IndicatorImportResult = z.infer<typeof indicatorImportResult>

export const indicatorLookupQuery = z.object({
  value: z
    .string()
    .min(1)
    .max(maxIndicatorLength * 2),
})
/** What is known of a value: everything that covers it, a domain above it or a network around it included. */
export const indicatorLookup = z
  .object({
    type: indicatorType,
    value: z.string(),
    indicators: z.array(indicator),
    warningLists: z.array(coveringWarningList),
  })
  .meta({ id: 'IndicatorLookup' })

export const indicatorFacets = z.object({
  total: z.number().int(),
  active: z.number().int(),
  byType: z.record(z.string(), z.number().int()),
  bySource: z.record(z.string(), z.number().int()),
})

/** Upward: indicators, patterns or warning lists are not what they were. */
export const intelChanged = z.object({
  revision: z.number().int(),
  what: z.enum(['indicators', 'patterns', 'warning-lists']),
})
export type IntelChanged = z.infer<typeof intelChanged>
