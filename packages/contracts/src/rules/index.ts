import { z } from 'zod'
import { commaList, instant, pageOf, pageQuery, ruleId, severities, severity } from '../kernel/index.ts'
import { ruleNoise } from './noise.ts'
import { packName } from './packs.ts'

export * from './coverage.ts'
export * from './exceptions.ts'
export * from './noise.ts'
export * from './packs.ts'
export * from './samples.ts'
export * from './versions.ts'

export const sigmaStatuses = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'] as const

/** `policy`: on or off as the default policy says for its level and status; else somebody decided. */
export const ruleSwitch = z.enum(['policy', 'on', 'off'])

/** What people here decided of a rule, whatever its author says of it; `disabled` is a rule switched off. */
export const ownStatuses = ['stable', 'test', 'experimental'] as const
export type OwnStatus = (typeof ownStatuses)[number]

/** A filter narrows the rules it names; a correlation counts their matches over time. */
export const ruleKinds = ['rule', 'correlation', 'filter'] as const
export const ruleKind = z.enum(ruleKinds)
export type RuleKind = z.infer<typeof ruleKind>

export const rule = z
  .object({
    /** The rule's own `id`, else a digest of its path. */
    id: ruleId,
    kind: ruleKind,
    title: z.string(),
    description: z.string().nullable(),
    level: severity,
    /** Its author's. */
    status: z.enum(sigmaStatuses),
    /** Ours, which the policy goes by instead of the author's; null when nobody decided. */
    ownStatus: z.enum(ownStatuses).nullable(),
    author: z.string().nullable(),
    tags: z.array(z.string()),
    /** ATT&CK technique ids from the tags, e.g. `T1059.001`. */
    techniques: z.array(z.string()),
    logSource: z.object({
      product: z.string().optional(),
      service: z.string().optional(),
      category: z.string().optional(),
    }),
    /** Where it came from: a pack's name and the path within, e.g. `sigma-rules/rules/windows/…`. */
    origin: z.string(),
    switch: ruleSwitch,
    /** What the switch and the policy come to. */
    enabled: z.boolean(),
    /** `ready` runs; `refused` has errors and does not; `waiting` names rules that are not here, or leads back to itself. */
    state: z.enum(['ready', 'refused', 'waiting']),
    version: z.number().int(),
    createdAt: instant,
    updatedAt: instant,
    /** Detections in the last seven days. */
    detections7d: z.number().int(),
    lastDetectionAt: instant.nullable(),
    noise: ruleNoise,
    /** The pack that it came with; null for our own. */
    pack: z.string().nullable(),
    /** Its text is no longer the pack's. */
    isEdited: z.boolean(),
    /** The pack has a newer text than the one that was changed here. */
    hasOffer: z.boolean(),
    exceptions: z.number().int(),
    samples: z.object({ total: z.number().int(), failing: z.number().int() }),
  })
  .meta({ id: 'Rule' })
export type Rule = z.infer<typeof rule>

export const diagnostic = z
  .object({
    code: z.string(),
    level: z.enum(['error', 'warning', 'hint']),
    message: z.string(),
    remedy: z.string().optional(),
    file: z.string(),
    line: z.number().int(),
    column: z.number().int(),
  })
  .meta({ id: 'RuleDiagnostic' })
export type Diagnostic = z.infer<typeof diagnostic>

export const ruleDetail = rule
  .extend({
    yaml: z.string(),
    diagnostics: z.array(diagnostic),
    references: z.array(z.string()),
    falsePositives: z.array(z.string()),
  })
  .meta({ id: 'RuleDetail' })
export type RuleDetail = z.infer<typeof ruleDetail>

/** `noise`: detections in seven days; `cost`: CPU time in seven days; `false-positives`: alerts closed as such in thirty days. */
export const ruleSorts = ['title', 'level', 'updated', 'detections', 'noise', 'cost', 'false-positives'] as const
export type RuleSort = (typeof ruleSorts)[number]

export const ruleListQuery = pageQuery.extend({
  text: z.string().max(300).optional(),
  level: commaList(severities).optional().describe('comma-separated levels'),
  status: commaList(sigmaStatuses).optional().describe('comma-separated statuses'),
  enabled: z.enum(['true', 'false']).optional(),
  state: z.enum(['ready', 'refused', 'waiting']).optional(),
  kind: ruleKind.optional(),
  product: z.string().max(80).optional(),
  technique: z.string().max(20).optional(),
  pack: packName.optional(),
  sort: z.enum(ruleSorts).default('title'),
})
export const rulePage = pageOf(rule)

const ruleYaml = z.string().min(1).max(1_000_000)

export const ruleCheck = z.object({ yaml: ruleYaml })
export const ruleCheckResult = z.object({
  valid: z.boolean(),
  diagnostics: z.array(diagnostic),
  /** Rules that the text holds, as far as it could be read. */
  rules: z.array(z.object({ id: z.string().nullable(), title: z.string(), level: severity })),
})

/** A rule tried on events: JSON objects or raw log lines as text. */
export const ruleTry = z.object({
  yaml: ruleYaml,
  events: z
    .array(z.union([z.record(z.string(), z.unknown()), z.string().max(1_000_000)]))
    .min(1)
    .max(1000),
})
export const predicateHit = z
  .object({
    /** Absent for keywords. */
    field: z.string().nullable(),
    value: z.string(),
    /** In words: `CommandLine contains ' -enc '`. */
    predicate: z.string(),
    selection: z.string(),
  })
  .meta({ id: 'PredicateHit' })
export type PredicateHit = z.infer<typeof predicateHit>
export const ruleTryResult = z.object({
  valid: z.boolean(),
  diagnostics: z.array(diagnostic),
  results: z.array(
    z.object({
      index: z.number().int(),
      parser: z.string(),
      rightLogSource: z.boolean(),
      matched: z.boolean(),
      hits: z.array(predicateHit),
    }),
  ),
})

export const ruleSave = z.object({ yaml: ruleYaml, origin: z.string().max(500).optional() })
/** `expectedVersion` guards against overwriting somebody else's edit. */
export const ruleUpdate = z.object({
  yaml: ruleYaml,
  expectedVersion: z.number().int(),
  /** Saves also when samples kept with the rule no longer come out as they must. */
  breakSamples: z.boolean().default(false),
})

/** One batch of an import. A client sends as many as it needs with one `importId`. */
export const ruleImport = z.object({
  pack: z.string().trim().min(1).max(120),
  files: z
    .array(z.object({ path: z.string().min(1).max(500), text: z.string().max(1_000_000) }))
    .min(1)
    .max(500),
})
export const ruleImportResult = z.object({
  added: z.number().int(),
  updated: z.number().int(),
  unchanged: z.number().int(),
  /** Changed here before, so that ours stayed; the pack's text is offered. */
  kept: z.number().int(),
  refused: z.number().int(),
  waiting: z.number().int(),
  enabled: z.number().int(),
  diagnostics: z.array(diagnostic),
})

/** Either ids or a filter; `expected` is the number the person saw, refused when it is no longer so by more than a tenth. */
export const ruleBulk = z.object({
  ids: z.array(ruleId).min(1).max(10_000).optional(),
  filter: ruleListQuery.omit({ cursor: true, limit: true, sort: true }).optional(),
  /** A status of ours is set; `policy` takes every decision of ours back. */
  action: z.enum(['on', 'off', 'policy', 'delete', ...ownStatuses]),
})
export const ruleBulkResult = z.object({ changed: z.number().int() })

/** The default policy: rules whose level and status are both listed run by themselves. */
export const rulePolicy = z.object({ levels: z.array(severity), statuses: z.array(z.enum(sigmaStatuses)) })
export type RulePolicy = z.infer<typeof rulePolicy>

export const ruleFacets = z.object({
  total: z.number().int(),
  enabled: z.number().int(),
  byLevel: z.record(z.string(), z.number().int()),
  byStatus: z.record(z.string(), z.number().int()),
  byState: z.record(z.string(), z.number().int()),
  byKind: z.record(z.string(), z.number().int()),
  byProduct: z.record(z.string(), z.number().int()),
})

/** Upward: the set of rules that should run has changed; workers load it anew. */
export const rulesChanged = z.object({ revision: z.number().int() })
