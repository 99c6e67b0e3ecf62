import type { PredicateTable } from './predicates.ts'

/** Where marks go: each counts once per event. */
export interface CandidateList {
  add(marks: readonly number[]): void
}

/** What a witness leads to: marks of rules of a group that may match, and the predicate that it decides (-1: none). */
export interface Finding {
  readonly into: CandidateList
  readonly marks: number[]
  decides: number
}

export function take({ into, marks, decides }: Finding, table: PredicateTable): void {
  if (decides >= 0) table.markTrue(decides)
  into.add(marks)
}
