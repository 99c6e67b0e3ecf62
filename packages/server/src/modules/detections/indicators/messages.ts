import type { IndicatorType } from '@watchfloor/contracts/intel'
import type { IndicatorIndexParts } from '@watchfloor/engines/indicator-index'

/** Broadcast to the match threads: the indexes to look in, in shared memory. */
export interface IndicatorIndexes {
  readonly indicators: readonly IndicatorIndexParts[]
}

/** The topic of that broadcast. */
export const indicatorTopic = 'indicators'

/** A value of an event that seems to be listed; the listing is looked at before anything is said. */
export interface FoundIndicator {
  /** Position in the columns. */
  readonly row: number
  /** Of the listing. */
  readonly seq: number
  readonly type: IndicatorType
  /** What was met, as the index compares it. */
  readonly key: string
  readonly field: string
  readonly value: string
  readonly entities: Readonly<Record<string, string>>
}

/** The same without a listing: whoever lists the value now is looked up. */
export interface FoundListedValue extends Omit<FoundIndicator, 'seq'> {
  /** As it is listed. */
  readonly indicator: string
}

/** What the thread that builds indexes is asked for, one after the other. */
export type BuildTask =
  /** A new index; what was begun before is dropped. */
  | { readonly kind: 'begin'; readonly seed: number }
  /** Indicators, a line each: `seq TAB type TAB minute of its end TAB value`. */
  | { readonly kind: 'lines'; readonly lines: string }
  /** All of another index. */
  | { readonly kind: 'join'; readonly index: IndicatorIndexParts }
  | { readonly kind: 'finish' }

export interface BuildAnswer {
  readonly added: number
  readonly refused: number
  /** After `finish`. */
  readonly index?: IndicatorIndexParts
}
