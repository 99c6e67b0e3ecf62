import type { Condition, CorrelationType, SigmaCorrelation } from '../rule.ts'

export type Comparison = NonNullable<SigmaCorrelation['correlation']['condition']>['compare'][number]

/** One rule, or one other correlation, whose matches a correlation looks at. */
export interface CorrelationInput {
  /** Key of the rule or correlation. */
  readonly source: string
  readonly kind: 'rule' | 'correlation'
  /** As the correlation refers to it. */
  readonly name: string
  /** Fields of its events that make the group, in the order of `groupBy`. */
  readonly groupFields: readonly string[]
  /** Fields of its events that are counted or computed with. */
  readonly valueFields: readonly string[]
}

/** A correlation that is sound: everything it names is known. Plain data. */
export interface CompiledCorrelation {
  readonly key: string
  readonly type: CorrelationType
  readonly timespanMs: number
  readonly inputs: readonly CorrelationInput[]
  /** Names as written, aliases included. */
  readonly groupBy: readonly string[]
  readonly compare: readonly Comparison[]
  readonly percentile: number | null
  /** Over names of inputs; of extended temporal correlations. */
  readonly expression: Condition | null
  /** Whether the rules and correlations that it names raise detections of their own too. */
  readonly generate: boolean
  /**
   * How a window is judged. `at-once`: more events can only make the condition true, so it is judged as events come, over the
   * timespan before each. `when-settled`: more events may make it false again (upper bounds, averages, `not`), so windows follow
   * each other from a group's first event, and each is judged when it has passed.
   * A sum counts as growing: where negative numbers occur, one that was reached once has fired.
   */
  readonly judged: 'at-once' | 'when-settled'
}
