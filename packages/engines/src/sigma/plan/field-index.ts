import { textOf } from '../compile/field-values.ts'
import type { ByteScanner } from './byte-automaton.ts'
import { EdgeTrie, NEEDS_FOLDING } from './edge-trie.ts'
import type { EventState } from './event-state.ts'
import type { PredicateTable } from './predicates.ts'
import { scannersOf } from './scanners.ts'
import type { TextBytes } from './text-bytes.ts'
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

/** What a search works with besides the text. */
export interface SearchContext {
  readonly state: EventState
  readonly table: PredicateTable
  readonly text: TextBytes
  readonly into: CandidateList
}

/** Finds, from the values of one field, the rules of a group that may match. */
export class FieldIndex {
  /** -1: keywords, anywhere in the event. */
  readonly slot: number
  readonly #exact = new Map<string, Finding>()
  readonly #contains = new Map<string, Finding>()
  readonly #startsWith = new Map<string, Finding>()
  readonly #endsWith = new Map<string, Finding>()
  readonly #present: number[] = []
  #scanners: readonly ByteScanner[] = []
  #tries: readonly { trie: EdgeTrie; findings: readonly Finding[] }[] = []
  #contained: readonly Finding[] = []
  readonly #found: number[] = []

  constructor(slot: number) {
    this.slot = slot
  }

  add(rule: number, { how, text }: Witness, decides: number): void {
    if (how === 'present') {
      this.#present.push(rule)
      return
    }
    const findings = this.#findingsOf(how)
    const finding = findings.get(text) ?? { rules: [], decides: -1 }
    findings.set(text, finding)
    if (finding.rules.at(-1) !== rule) finding.rules.push(rule)
    if (decides >= 0) finding.decides = decides
  }

  #findingsOf(how: 'exact' | 'contains' | 'startsWith' | 'endsWith'): Map<string, Finding> {
    if (how === 'exact') return this.#exact
    return how === 'contains' ? this.#contains : how === 'startsWith' ? this.#startsWith : this.#endsWith
  }

  /** To be called once, after the last `add`. */
  finish(): void {
    const { scanners, order } = scannersOf(this.#contains.keys())
    this.#scanners = scanners
    this.#contained = order.map((text) => this.#contains.get(text)!)
    const edges = [
      [this.#startsWith, 'start'],
      [this.#endsWith, 'end'],
    ] as const
    this.#tries = edges.flatMap(([findings, edge]) =>
      findings.size === 0 ? [] : [{ trie: new EdgeTrie([...findings.keys()], edge), findings: [...findings.values()] }],
    )
  }

  collect(context: SearchContext): void {
    const { state } = context
    const value = state.value(this.slot)
    if (value === undefined) return
    if (this.#present.length > 0) context.into.add(this.#present)
    if (value === null) return
    if (typeof value !== 'object') {
      this.#search(textOf(value), () => state.folded(this.slot, value), context)
      return
    }
    const folded = state.foldedList(this.slot)
    for (let i = 0; i < folded.length; i++) this.#search(folded[i]!, () => folded[i]!, context)
  }

  /** Looks for contained literals in the text that `context.text` holds. */
  scan({ text, table, into }: SearchContext): void {
    const found = this.#found
    for (const scanner of this.#scanners) {
      const count = scanner.scan(text.bytes, text.length, found)
      for (let i = 0; i < count; i++) take(this.#contained[found[i]!]!, table, into)
    }
  }

  #search(text: string, folded: () => string, context: SearchContext): void {
    if (this.#exact.size > 0) {
      const finding = this.#exact.get(folded())
      if (finding !== undefined) take(finding, context.table, context.into)
    }
    for (const { trie, findings } of this.#tries) {
      let count = trie.walk(text, false, this.#found)
      if (count === NEEDS_FOLDING) count = trie.walk(folded(), true, this.#found)
      for (let i = 0; i < count; i++) take(findings[this.#found[i]!]!, context.table, context.into)
    }
    if (this.#scanners.length === 0) return
    context.text.set(text)
    this.scan(context)
  }
}

function take(finding: Finding, table: PredicateTable, into: CandidateList): void {
  if (finding.decides >= 0) table.markTrue(finding.decides)
  into.add(finding.rules)
}
