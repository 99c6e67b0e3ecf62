import type { EventState } from './event-state.ts'
import { type LiteralScanner, scannersOf } from './literal-automaton.ts'
import type { PredicateTable } from './predicates.ts'
import type { Witness } from './witness.ts'

/** Rules that a witness brings up, and the predicate that it decides (-1: none). */
interface Finding {
  readonly rules: number[]
  decides: number
}

/** Where found rules go: each once per event. */
export interface CandidateList {
  add(rules: readonly number[]): void
}

/** Finds, from the values of one field, the rules of a group that may match. */
export class FieldIndex {
  /** -1: keywords, anywhere in the event. */
  readonly slot: number
  readonly #exact = new Map<string, Finding>()
  readonly #byLiteral = {
    contains: new Map<string, Finding>(),
    startsWith: new Map<string, Finding>(),
    endsWith: new Map<string, Finding>(),
  }
  readonly #present: number[] = []
  #searches: readonly { scanner: LiteralScanner; findings: readonly Finding[] }[] = []
  readonly #found: number[] = []

  constructor(slot: number) {
    this.slot = slot
  }

  add(rule: number, { how, text }: Witness, decides: number): void {
    if (how === 'present') {
      this.#present.push(rule)
      return
    }
    const findings = how === 'exact' ? this.#exact : this.#byLiteral[how]
    const finding = findings.get(text) ?? { rules: [], decides: -1 }
    findings.set(text, finding)
    if (finding.rules.at(-1) !== rule) finding.rules.push(rule)
    if (decides >= 0) finding.decides = decides
  }

  /** To be called once, after the last `add`. */
  finish(): void {
    const directions = [
      ['contains', 'anywhere'],
      ['startsWith', 'fromStart'],
      ['endsWith', 'fromEnd'],
    ] as const
    this.#searches = directions.flatMap(([how, direction]) => {
      const findings = [...this.#byLiteral[how].values()]
      return scannersOf([...this.#byLiteral[how].keys()], direction).map((scanner) => ({ scanner, findings }))
    })
  }

  collect(state: EventState, table: PredicateTable, into: CandidateList): void {
    if (this.slot < 0) {
      for (const text of state.foldedKeywords) this.#search(text, table, into)
      return
    }
    const value = state.value(this.slot)
    if (value === undefined) return
    if (this.#present.length > 0) into.add(this.#present)
    if (value === null) return
    if (typeof value !== 'object') this.#search(state.folded(this.slot, value), table, into)
    else for (const text of state.foldedList(this.slot)) this.#search(text, table, into)
  }

  #search(text: string, table: PredicateTable, into: CandidateList): void {
    if (this.#exact.size > 0) {
      const finding = this.#exact.get(text)
      if (finding !== undefined) take(finding, table, into)
    }
    const found = this.#found
    for (const { scanner, findings } of this.#searches) {
      const count = scanner.scan(text, found, 0)
      for (let i = 0; i < count; i++) take(findings[found[i]!]!, table, into)
    }
  }
}

function take(finding: Finding, table: PredicateTable, into: CandidateList): void {
  if (finding.decides >= 0) table.markTrue(finding.decides)
  into.add(finding.rules)
}
