import type { Evidence } from '@watchfloor/contracts/kernel'
import type { FieldValue } from '@watchfloor/engines/event'
import type { EventColumns } from '../../../platform/events/event-store.ts'
import type { FoundIndicator } from '../indicators/messages.ts'
import type { MatchedRule } from '../matched-rule.ts'
import type { PatternPart } from '../patterns/messages.ts'

/** A rule as worker threads get it: its text, which they compile themselves. */
export interface RuleText extends MatchedRule {
  readonly yaml: string
}

/** Broadcast to the threads: the whole set; a thread compiles only what it does not have. */
export interface RuleSet {
  readonly revision: number
  readonly rules: readonly RuleText[]
  /** They narrow the rules they name. */
  readonly filters: readonly RuleText[]
}

/** One task: a chunk of the log, or a part of it. */
export interface MatchTask {
  readonly epoch: string
  readonly partition: number
  readonly offset: number
  readonly chunk: Uint8Array
  /** Records from (inclusive) and to (exclusive); used to find the one record that a thread cannot bear. */
  readonly from: number
  readonly to: number
}

export interface FoundDetection {
  /** Position among the events of the chunk. */
  readonly row: number
  /** Goes with the match, since the rule may be switched off or deleted before the match is written. One object for all matches. */
  readonly rule: MatchedRule
  readonly entities: Readonly<Record<string, string>>
  readonly evidence?: Evidence
}

/** A match that correlations look at. */
export interface FoundMatch {
  /** Position among the events of the chunk. */
  readonly row: number
  readonly ruleId: string
  readonly values: Readonly<Record<string, FieldValue>>
  readonly entities: Readonly<Record<string, string>>
}

/** An event in which something was found. */
export interface EventRef {
  readonly id: string
  readonly timeMs: number
}

/** What a chunk came to: columns for the event store, detections for SQL, counts for the source. */
export interface MatchResult {
  readonly events: EventColumns
  /** Those in which something was found, by row. */
  readonly found: ReadonlyMap<number, EventRef>
  readonly detections: readonly FoundDetection[]
  /** Listed values that the events seem to hold; absent when there are none. */
  readonly indicatorHits?: readonly FoundIndicator[]
  readonly baseMatches?: readonly FoundMatch[]
  /** Events that STIX patterns over several events take as parts; absent when there are none. */
  readonly patternParts?: readonly PatternPart[]
  readonly sourceId: string
  readonly bytes: number
  readonly parseFailures: number
  readonly newestMs: number
  readonly receivedMs: number
  /** CPU time that rules took for the chunk, microseconds, estimated from some of its events. */
  readonly ruleCosts?: readonly (readonly [ruleId: string, cpuUs: number])[]
  /** How often a rule was not evaluated to its end, because an event was too dear; absent when none was. */
  readonly rulesGivenUp?: number
}
