import type { ByteScanner } from './byte-automaton.ts'
import { EdgeTrie, NEEDS_FOLDING } from './edge-trie.ts'
import type { EventState, Scalar } from './event-state.ts'
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
  #contained: readonly Finding[] = []
  readonly #found: number[] = []
  /** Characters of the shortest literal that it scans for; infinite when it scans for none. */
  shortest = Infinity

  constructor(slot: number, context: SearchContext, into: CandidateList) {
    this.slot = slot
    this.#context = context
    this.#into = into
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
    const { ascii, beyondAscii, order } = scannersOf(this.#contains.keys())
    this.#ascii = ascii
    this.#beyondAscii = beyondAscii
    this.#contained = order.map((text) => this.#contains.get(text)!)
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

  /** Takes up the rules that ask for no more than the field. */
  notePresence(): void {
    if (this.#present.length > 0) this.#into.add(this.#present)
  }

  /** Whole values and edges of a field that holds one scalar. */
  lookUp(text: string, value: Scalar): void {
    const { state } = this.#context
    // Folding never makes a text shorter: a longer one needs not be folded to be no literal.
    if (text.length <= this.#longestExact) this.#takeExact(state.folded(this.slot, value))
    for (const { trie, findings } of this.#tries) {
      let count = trie.walk(text, false, this.#found)
      if (count === NEEDS_FOLDING) count = trie.walk(state.folded(this.slot, value), true, this.#found)
      for (let i = 0; i < count; i++) this.#take(findings[this.#found[i]!]!)
    }
  }

  /** The same for one value of a list, folded. */
  lookUpFolded(folded: string): void {
    if (folded.length <= this.#longestExact) this.#takeExact(folded)
    for (const { trie, findings } of this.#tries) {
      const count = trie.walk(folded, true, this.#found)
      for (let i = 0; i < count; i++) this.#take(findings[this.#found[i]!]!)
    }
  }

  /** Looks for contained literals in the text that `context.text` holds. */
  scan(): void {
    this.#scanWith(this.#ascii)
    if (!this.#context.text.isAscii) this.#scanWith(this.#beyondAscii)
  }

  #scanWith(scanners: readonly ByteScanner[]): void {
    const { text } = this.#context
    const found = this.#found
    for (let s = 0; s < scanners.length; s++) {
      const count = scanners[s]!.scan(text.bytes, text.length, found)
      for (let i = 0; i < count; i++) this.#take(this.#contained[found[i]!]!)
    }
  }

  #takeExact(folded: string): void {
    const finding = this.#exact.get(folded)
    if (finding !== undefined) this.#take(finding)
  }

  #take(finding: Finding): void {
    if (finding.decides >= 0) this.#context.table.markTrue(finding.decides)
    this.#into.add(finding.rules)
  }
}
