import type { Fields } from '@watchfloor/engines/event'
import type { PatternVersion } from '@watchfloor/engines/stix-pattern'
import type { MatchedRule } from '../matched-rule.ts'

/** A pattern as threads get it: its text, which they compile themselves. */
export interface PatternText {
  readonly rule: MatchedRule & { readonly kind: 'pattern' }
  readonly text: string
  readonly patternVersion: PatternVersion
  /** Matches events that are received from then on, and before that. */
  readonly validFromMs: number | null
  readonly validUntilMs: number | null
  readonly scope: 'event' | 'sequence'
}

/** Broadcast to the match threads: the whole set; a thread compiles only what it does not have. */
export interface PatternTexts {
  readonly patterns: readonly PatternText[]
}

/** The topic of that broadcast. */
export const patternTopic = 'patterns'

/** An event that patterns over several events take as a part, as it leaves the match thread and stands in the log. */
export interface PatternPart {
  /** Rule ids of the patterns. */
  readonly patterns: readonly string[]
  readonly eventId: string
  readonly timeMs: number
  readonly sourceId: string
  readonly entities: Readonly<Record<string, string>>
  readonly ecs: Fields
}

/** What the thread that collects parts is asked for. `session` ends with the thread. */
export type CollectTask =
  | { readonly kind: 'open'; readonly session: number; readonly patterns: readonly PatternText[] }
  /** Goes on with another set; patterns that have not changed keep what they wait for. */
  | { readonly kind: 'change'; readonly session: number; readonly patterns: readonly PatternText[] }
  | { readonly kind: 'observe'; readonly session: number; readonly records: readonly PartRecord[] }

/** A record of the log of parts. */
export interface PartRecord {
  readonly offset: number
  readonly storedAtMs: number
  readonly parts: Uint8Array
}

/** Events that together fulfil a pattern; the last of them to come completes it. */
export interface CollectedHit {
  readonly ruleId: string
  readonly eventIds: readonly string[]
  readonly met: readonly { readonly path: string; readonly value: string }[]
  readonly completedBy: Omit<PatternPart, 'patterns' | 'ecs'>
}

export type CollectAnswer =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'hits'
      readonly hits: readonly CollectedHit[]
      /** The oldest record that something still waits of and that is worth keeping. */
      readonly oldest: number | undefined
      /** Parts that wait, over all patterns. */
      readonly waiting: number
      /** Parts that had to go although they could still have matched, and searches that ended at their limit; since the start. */
      readonly evicted: number
      readonly limited: number
    }
  /** The thread died since and its successor knows nothing: open it again. */
  | { readonly kind: 'lost' }
