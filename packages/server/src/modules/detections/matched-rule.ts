import type { DetectionKind, Severity } from '@watchfloor/contracts/kernel'

/** What a detection says of its rule (or indicator, or pattern), as it was in the version that matched. */
export interface MatchedRule {
  /** Absent: `sigma`. */
  readonly kind?: DetectionKind
  readonly id: string
  readonly version: number
  readonly title: string
  readonly level: Severity
  readonly techniques: readonly string[]
  /** Its matches serve correlations alone and raise nothing by themselves. */
  readonly isQuiet?: boolean
  /** Fields that correlations want of its matches; absent when none looks at it. */
  readonly wanted?: readonly string[]
}
