import type { ByteScanner } from './byte-automaton.ts'
import { EdgeTrie, NEEDS_FOLDING } from './edge-trie.ts'
import type { EventState, Scalar } from './event-state.ts'
import { type CandidateList, type Finding, take } from './finding.ts'
import type { PredicateTable } from './predicates.ts'
import { scannersOf } from './scanners.ts'
import type { TextBytes } from './text-bytes.ts'
import type { Witness } from './witness.ts'

/** What a search works with besides the text. */
export interface SearchContext {
  readonly state: EventState
  readonly table: PredicateTable
  readonly text: TextBytes
}

/** Finds, from the values of one field, the rules of a group that may match. */
export class FieldIndex {
  /** -1: keywords, anywhere in the event. */
  readonly slot: number
  readonly #context: SearchContext
  readonly #into: CandidateList
  readonly #exact = new Map<string, Finding>()
  readonly #contains = new Map<string, Finding>()
  readonly #startsWith = new Map<string, Finding>()
  readonly #endsWith = new Map<string, Finding>()
  readonly #present: number[] = []
  #longestExact = -1
  #ascii: readonly ByteScanner[] = []
  #beyondAscii: readonly ByteScanner[] = []
  #tries: readonly { trie: EdgeTrie; findings: readonly Finding[] }[] = []
  #foundBy: readonly Finding[] = []
  readonly #found: number[] = []
  /** Characters of the shortest literal that it scans for; infinite when it scans for none. */
  shortest = Infinity

  constructor(slot: number, context: SearchContext, into: CandidateList) {
    this.slot = slot
    this.#context = context
    this.#into = into
  }

  add(mark: number, { how, text }: Witness, decides: number): void {
    if (how === 'present') {
      this.#present.push(mark)
      return
    }
    const findings = this.#findingsOf(how)
    const finding = findings.get(text) ?? { into: this.#into, marks: [], decides: -1 }
    findings.set(text, finding)
    if (finding.marks.at(-1) !== mark) finding.marks.push(mark)
    if (decides >= 0) finding.decides = decides
  }

  #findingsOf(how: 'exact' | 'contains' | 'startsWith' | 'endsWith'): Map<string, Finding> {
    if (how === 'exact') return this.#exact
    return how === 'contains' ? this.#contains : how === 'startsWith' ? this.#startsWith : this.#endsWith
  }

  /** To be called once, after the last `add`, where the index itself is to be asked. */
  finish(): void {
    const { ascii, beyondAscii, order } = scannersOf(this.#contains.keys())
    this.#ascii = ascii
    this.#beyondAscii = beyondAscii
    this.#foundBy = order.map((text) => this.#contains.get(text)!)
    const edges = [
      [this.#startsWith, 'start'],
      [this.#endsWith, 'end'],
    ] as const
    this.#tries = edges.flatMap(([findings, edge]) =>
      findings.size === 0 ? [] : [{ trie: new EdgeTrie([...findings.keys()], edge), findings: [...findings.values()] }],
    )
    for (const text of this.#exact.keys()) this.#longestExact = Math.max(this.#longestExact, text.length)
    for (const text of this.#contains.keys()) this.shortest = Math.min(this.shortest, text.length)
  }

  /** Literals that it scans for, with what they lead to. */
  get contained(): Iterable<[string, Finding]> {
    return this.#contains
  }

  /** Takes up the rules that ask for no more than the field. */
  notePresence(): void {
    if (this.#present.length > 0) this.#into.add(this.#present)
  }

  /** Whole values and edges of a field that holds one scalar. */
  lookUp(text: string, value: Scalar): void {
    const { state, table } = this.#context
    // Folding never makes a text shorter: a longer one needs not be folded to be no literal.
    if (text.length <= this.#longestExact) this.#lookUpExact(state.folded(this.slot, value))
    for (const { trie, findings } of this.#tries) {
      let count = trie.walk(text, false, this.#found)
      if (count === NEEDS_FOLDING) count = trie.walk(state.folded(this.slot, value), true, this.#found)
      for (let i = 0; i < count; i++) take(findings[this.#found[i]!]!, table)
    }
  }

  /** The same for one value of a list, folded. */
  lookUpFolded(folded: string): void {
    const { table } = this.#context
    if (folded.length <= this.#longestExact) this.#lookUpExact(folded)
    for (const { trie, findings } of this.#tries) {
      const count = trie.walk(folded, true, this.#found)
      for (let i = 0; i < count; i++) take(findings[this.#found[i]!]!, table)
    }
  }

  /** Looks for contained literals in the text that `context.text` holds. */
  scan(): void {
    this.#scanWith(this.#ascii)
    if (!this.#context.text.isAscii) this.#scanWith(this.#beyondAscii)
  }

  #scanWith(scanners: readonly ByteScanner[]): void {
    const { text, table } = this.#context
    const found = this.#found
    for (let s = 0; s < scanners.length; s++) {
      const count = scanners[s]!.scan(text.bytes, text.length, found)
      for (let i = 0; i < count; i++) take(this.#foundBy[found[i]!]!, table)
    }
  }

  #lookUpExact(folded: string): void {
    const finding = this.#exact.get(folded)
    if (finding !== undefined) take(finding, this.#context.table)
  }
}
