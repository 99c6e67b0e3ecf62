import { z } from 'zod'
import { eventId, ruleId } from './ids.ts'
import { confidencePct, instant, tlp } from './values.ts'

/** What detects. */
export const detectionKinds = ['sigma', 'correlation', 'indicator', 'pattern', 'yara', 'hunt'] as const
export const detectionKind = z.enum(detectionKinds)
export type DetectionKind = z.infer<typeof detectionKind>

/** Events that an evidence names at most; it says how many there were. */
export const maxEvidenceEvents = 100

/** A value of the event is on an indicator list. */
export const indicatorEvidence = z.object({
  type: z.literal('indicator'),
  indicatorId: z.string(),
  /** e.g. `ipv4`, `domain`, `sha256`. */
  indicatorType: z.string(),
  /** As the event has it. */
  value: z.string(),
  /** As it is listed: a subdomain matches its domain, an address its network. */
  indicator: z.string(),
  field: z.string(),
  /** Who lists it, the most confident first. */
  sources: z.array(z.object({ name: z.string(), confidence: confidencePct, tlp })).min(1),
  labels: z.array(z.string()),
})

/** Matches of other rules came together within a time. */
export const correlationEvidence = z.object({
  type: z.literal('correlation'),
  /** What the events have in common: field → value. */
  group: z.record(z.string(), z.string()),
  /** What was counted or computed; null for temporal correlations. */
  value: z.number().nullable(),
  from: instant,
  to: instant,
  /** The newest of the events, at most `maxEvidenceEvents`. */
  eventIds: z.array(eventId).max(maxEvidenceEvents),
  rules: z.array(z.object({ ruleId, title: z.string(), count: z.number().int() })),
})

/** A STIX pattern held over one or more events. */
export const patternEvidence = z.object({
  type: z.literal('pattern'),
  patternId: z.string(),
  pattern: z.string(),
  eventIds: z.array(eventId).max(maxEvidenceEvents),
  /** Object paths of the pattern with the values that they met. */
  matched: z.array(z.object({ path: z.string(), value: z.string() })),
})

/** A YARA rule matched an artifact. The event of the detection says the same. */
export const yaraEvidence = z.object({
  type: z.literal('yara'),
  artifactId: z.string(),
  artifactName: z.string(),
  sha256: z.string(),
  sizeBytes: z.number().int(),
  /** By its bytes, e.g. `pe`. */
  fileType: z.string(),
  /** Where the artifact came from, and who brought it. */
  source: z.string(),
  submittedBy: z.string(),
  rule: z.string(),
  ruleSet: z.object({ id: z.string(), name: z.string(), version: z.number().int() }),
  /** The file of the set that holds the rule: its namespace. */
  file: z.string(),
  tags: z.array(z.string()),
  description: z.string().nullable(),
  author: z.string().nullable(),
  references: z.array(z.string()),
  /** The first by offset, with the printable characters of what matched. */
  strings: z.array(z.object({ identifier: z.string(), offset: z.number().int(), preview: z.string() })).max(50),
  /** All that were found. */
  stringsFound: z.number().int(),
})

/** A hunt over stored history found the event, by a query or a rule that is not kept. */
export const huntEvidence = z.object({
  type: z.literal('hunt'),
  runId: z.string(),
  /** What was looked for. */
  search: z.string(),
  matched: z.array(z.object({ field: z.string().nullable(), value: z.string(), predicate: z.string() })).max(50),
})

/** What a detection rests on where the rule's predicates on its event do not say it all. */
export const evidence = z
  .discriminatedUnion('type', [indicatorEvidence, correlationEvidence, patternEvidence, yaraEvidence, huntEvidence])
  .meta({ id: 'Evidence' })
export type Evidence = z.infer<typeof evidence>
export type IndicatorEvidence = z.infer<typeof indicatorEvidence>
export type CorrelationEvidence = z.infer<typeof correlationEvidence>
export type PatternEvidence = z.infer<typeof patternEvidence>
export type YaraEvidence = z.infer<typeof yaraEvidence>
export type HuntEvidence = z.infer<typeof huntEvidence>
