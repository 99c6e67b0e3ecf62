import type { Json, LogSource } from '../event/index.ts'
import type { Position } from './diagnostics.ts'
import type { Modifier } from './modifiers.ts'

export const sigmaLevels = ['informational', 'low', 'medium', 'high', 'critical'] as const
export type SigmaLevel = (typeof sigmaLevels)[number]
export const sigmaStatuses = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'] as const
export type SigmaStatus = (typeof sigmaStatuses)[number]

/** A value as it stands in the rule's YAML. A number keeps its text, so that long ids lose no digit. */
export type RuleValue = { readonly at: Position } & (
  | { readonly type: 'string'; readonly text: string }
  | { readonly type: 'number'; readonly text: string; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'null' }
)

/** `field|modifier|…: values`; without a field its values are keywords. */
export interface DetectionItem {
  readonly at: Position
  readonly field: string | null
  readonly modifiers: readonly Modifier[]
  readonly values: readonly RuleValue[]
}

export type SelectionBody =
  | { readonly type: 'all' | 'any'; readonly of: readonly SelectionBody[] }
  | { readonly type: 'item'; readonly item: DetectionItem }

export interface Selection {
  readonly name: string
  readonly at: Position
  readonly body: SelectionBody
}

export type Condition =
  | { readonly op: 'selection'; readonly name: string }
  | { readonly op: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly op: 'not'; readonly of: Condition }
  /** `1 of selection*`: at least that many of the selections named; `names` is what the pattern stood for. */
  | {
      readonly op: 'count'
      readonly atLeast: number | 'all'
      readonly pattern: string
      readonly names: readonly string[]
    }

export interface Detection {
  readonly selections: readonly Selection[]
  readonly conditions: readonly Condition[]
}

/** What rules, correlations and filters say about themselves. */
export interface SigmaHead extends SigmaDocument {
  readonly id: string | null
  readonly title: string
  readonly name: string | null
  readonly description: string | null
  readonly status: SigmaStatus | null
  readonly level: SigmaLevel | null
  readonly author: string | null
  readonly date: string | null
  readonly modified: string | null
  readonly license: string | null
  readonly taxonomy: string
  readonly references: readonly string[]
  readonly tags: readonly string[]
  readonly falsePositives: readonly string[]
  readonly fields: readonly string[]
  readonly scope: readonly string[]
  readonly related: readonly { readonly id: string; readonly type: string }[]
  /** Attributes that the specification does not name, as they are. */
  readonly custom: Readonly<Record<string, Json>>
}

export interface RuleLogSource extends LogSource {
  readonly definition?: string
  readonly custom: Readonly<Record<string, Json>>
}

/** One document of a rule file. */
export interface SigmaDocument {
  readonly file: string
  /** Line of the file that it starts at, from 1. */
  readonly line: number
  /** Its own text: parsed alone, it gives the same document again. */
  readonly text: string
}

/** One Sigma rule. Plain data: it may be sent to another thread or stored as JSON. */
export interface SigmaRule extends SigmaHead {
  readonly kind: 'rule'
  readonly logSource: RuleLogSource
  readonly detection: Detection
  /** The conditions as written; the rule matches when one of them holds. */
  readonly conditionTexts: readonly string[]
}

export const correlationTypes = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
] as const
export type CorrelationType = (typeof correlationTypes)[number]

export interface SigmaCorrelation extends SigmaHead {
  readonly kind: 'correlation'
  readonly correlation: {
    readonly type: CorrelationType | null
    /** Ids or names of rules or of other correlations. */
    readonly rules: readonly string[]
    readonly groupBy: readonly string[]
    readonly timespanMs: number | null
    /** Alias → rule → field of that rule's events. */
    readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>>
    readonly condition: {
      readonly fields: readonly string[]
      readonly compare: readonly { readonly op: CompareOp | 'eq' | 'neq'; readonly value: number }[]
      readonly percentile: number | null
      /** A condition over rule names (extended temporal correlations), as written. */
      readonly text: string | null
    } | null
    /** Whether the rules it refers to raise detections of their own too. */
    readonly generate: boolean
    /** Where its parts stand, for what can be said only when the rules that it names are known. */
    readonly places: CorrelationPlaces
  }
}

export interface CorrelationPlaces {
  readonly body: Position
  /** In the order of `rules`. */
  readonly rules: readonly Position[]
  /** In the order of `groupBy`. */
  readonly groupBy: readonly Position[]
  readonly condition: Position
  readonly aliases: Position
}

export type CompareOp = 'lt' | 'lte' | 'gt' | 'gte'

export interface SigmaFilter extends SigmaHead {
  readonly kind: 'filter'
  readonly logSource: RuleLogSource
  /** Ids or names of the rules it narrows; `any` means all of the log source. */
  readonly rules: readonly string[]
  readonly detection: Detection
  readonly conditionTexts: readonly string[]
}

/** Documents that run beside rules: correlations over their matches, filters that narrow them. */
export type SigmaOther = SigmaCorrelation | SigmaFilter
