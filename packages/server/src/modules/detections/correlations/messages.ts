import type { FieldValue } from '@watchfloor/engines/event'
import type { CorrelationHit, CorrelatorStats } from '@watchfloor/engines/sigma'

/** One match of a rule that a correlation looks at, as it leaves the match thread and stands in the log. */
export interface BaseMatch {
  readonly ruleId: string
  readonly eventId: string
  readonly timeMs: number
  /** Fields that correlations group by or count, as far as the event has them. */
  readonly values: Readonly<Record<string, FieldValue>>
  readonly sourceId: string
  readonly entities: Readonly<Record<string, string>>
}

/** Correlations that run, and the names by which they may call rules. */
export interface CorrelationSet {
  readonly correlations: readonly { readonly id: string; readonly version: number; readonly yaml: string }[]
  readonly rules: readonly { readonly id: string; readonly name: string | null }[]
}

/** What a set of correlations asks of the rules. */
export interface CorrelationNeeds {
  /** Rule → fields of its events that its matches bring along. */
  readonly wanted: Readonly<Record<string, readonly string[]>>
  /** Rules and correlations that are looked at by one that does not want them to raise detections of their own. */
  readonly silent: readonly string[]
  /** What keeps a correlation from running, in words. */
  readonly problems: readonly { readonly id: string; readonly message: string }[]
}

export interface CorrelatorLimits {
  readonly maxGroups: number
  readonly latenessMs: number
}

export type CorrelateTask =
  /** Begins with nothing but what a snapshot holds. `session` is to be given with every later task. */
  | {
      readonly kind: 'open'
      readonly session: number
      readonly set: CorrelationSet
      readonly limits: CorrelatorLimits
      readonly snapshot: readonly Uint8Array[]
    }
  /** Goes on with another set; correlations that have not changed keep what they know. */
  | { readonly kind: 'change'; readonly session: number; readonly set: CorrelationSet }
  | {
      readonly kind: 'observe'
      readonly session: number
      readonly records: readonly { readonly arrivedMs: number; readonly matches: Uint8Array }[]
    }
  | { readonly kind: 'advance'; readonly session: number; readonly arrivedMs: number }
  | { readonly kind: 'snapshot'; readonly session: number }

export type CorrelateAnswer =
  | { readonly kind: 'needs'; readonly needs: CorrelationNeeds }
  | { readonly kind: 'hits'; readonly hits: readonly CorrelationHit[]; readonly stats: CorrelatorStats }
  | { readonly kind: 'snapshot'; readonly chunks: readonly Uint8Array[] }
  /** The thread died since and its successor knows nothing: open it again. */
  | { readonly kind: 'lost' }

/** What a hit's context says of the newest event. */
export interface HitContext {
  readonly sourceId: string
  readonly entities: Readonly<Record<string, string>>
}
