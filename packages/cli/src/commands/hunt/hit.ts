import type { FieldValue } from '@watchfloor/engines/event'
import type { SigmaLevel } from '@watchfloor/engines/sigma'

/** One rule that one record met. */
export interface Hit {
  /** The rule's id; of a rule without one, its name or its title. */
  readonly ruleId: string
  readonly title: string
  /** A rule that names none counts as informational. */
  readonly level: SigmaLevel
  /** When the record says it happened, ms since 1970 UTC; null when it does not say. */
  readonly timeMs: number | null
  readonly host: string
  readonly source: HitSource
  readonly matched: readonly MatchedField[]
  /** The record as JSON text: as it stands in the file when it is a JSON object there, else its fields with the text under `raw`. */
  readonly eventJson: string
}

export interface HitSource {
  /** As it can be opened from where the command ran; the member of an archive stands after a `!`. */
  readonly file: string
  /** Line of the file, of EVTX the number of the record. */
  readonly record: number
}

export interface MatchedField {
  /** null: a keyword, looked for in the whole record. */
  readonly field: string | null
  readonly value: string
  /** In words, e.g. `CommandLine contains ' -enc '`. */
  readonly predicate: string
}

/** A record that a rule met which correlations look at. */
export interface Match {
  /** Of the rule, as correlations know it. */
  readonly key: string
  readonly timeMs: number
  readonly host: string
  readonly source: HitSource
  /** The fields that correlations want, as far as the record has them. */
  readonly values: Readonly<Record<string, FieldValue>>
}

export const instantOf = (timeMs: number | null): string | null =>
  timeMs === null ? null : new Date(timeMs).toISOString()

/** The hit as a line of JSON: `{ruleId, title, level, time, source: {file, record}, matched: [{field, value, predicate}], event}`. */
export function hitLine({ ruleId, title, level, timeMs, source, matched, eventJson }: Hit): string {
  const head = JSON.stringify({ ruleId, title, level, time: instantOf(timeMs), source, matched })
  // The record is JSON already, and keeps the digits and the order it was written in.
  return `${head.slice(0, -1)},"event":${eventJson}}\n`
}
