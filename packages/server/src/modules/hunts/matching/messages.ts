import type { HuntHit } from '@watchfloor/contracts/hunts'
import type { IndicatorType } from '@watchfloor/contracts/intel'
import type { DetectionKind, Evidence, Severity } from '@watchfloor/contracts/kernel'
import type { Fields } from '@watchfloor/engines/event'
import type { CanonicalIndicator } from '@watchfloor/engines/indicator-index'
import type { NormaliseHint } from '@watchfloor/engines/logs'
import type { CorrelationHit } from '@watchfloor/engines/sigma'
import type { PatternText } from '../../detections/index.ts'

/** A rule (or query, indicator, pattern) as hits name it. */
export interface HuntedRule {
  readonly kind: DetectionKind
  readonly id: string
  readonly version: number
  readonly title: string
  readonly level: Severity
  readonly techniques: readonly string[]
}

/** A Sigma rule or correlation with its text. */
export interface HuntedSigma extends HuntedRule {
  readonly yaml: string
  /** What correlations may call it. */
  readonly ownId: string | null
  readonly name: string | null
  /** It is there for correlations alone, and has no hits of its own. */
  readonly isQuiet?: boolean
}

/** What a thread looks for. */
export type Wanted =
  | {
      readonly kind: 'sigma'
      readonly rules: readonly HuntedSigma[]
      readonly correlations: readonly HuntedSigma[]
      readonly filters: readonly string[]
    }
  | { readonly kind: 'query'; readonly query: string; readonly rule: HuntedRule }
  | { readonly kind: 'indicators'; readonly values: readonly CanonicalIndicator[]; readonly rule: HuntedRule }
  | { readonly kind: 'patterns'; readonly patterns: readonly PatternText[] }
  | { readonly kind: 'pattern'; readonly pattern: string; readonly rule: HuntedRule }

/** A stored event as a thread gets it. */
export interface HuntedEvent {
  readonly id: string
  readonly timeMs: number
  readonly raw: string
  readonly hint: NormaliseHint
  /** The fields as they are stored; all but Sigma rules look at those. */
  readonly ecs?: Fields
}

/** What is wanted goes along only when the thread has asked for it: it may be large, and there are many pages. */
export interface HuntTask {
  readonly runId: string
  readonly events: readonly HuntedEvent[]
  readonly wanted?: Wanted
  /** Nothing of an earlier try counts. */
  readonly anew?: boolean
  /** No more events come before it. */
  readonly endMs?: number
}

export interface FoundHit {
  /** Position in the events of the task. */
  readonly row: number
  readonly rule: HuntedRule
  readonly matched: HuntHit['matched']
  readonly evidence?: Evidence
  /** The listed value that it is of, for indicators. */
  readonly listed?: { readonly type: IndicatorType; readonly indicator: string; readonly key: string }
}

/** Matches of rules came together; whose the newest event is, the one who asked finds out. */
export interface FoundCorrelation {
  readonly rule: HuntedRule
  readonly hit: CorrelationHit
  readonly matched: HuntHit['matched']
}

export type HuntAnswer =
  | { readonly kind: 'found'; readonly hits: readonly FoundHit[]; readonly correlated?: readonly FoundCorrelation[] }
  /** The thread does not know what this run wants. */
  | { readonly kind: 'ask' }
