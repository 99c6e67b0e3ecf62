/**
 * Finds many literals in one pass over a text: Aho and Corasick's automaton with full transitions on typed arrays. Characters that
 * no literal holds share one class, so that the table stays small.
 * @source Aho, Corasick: Efficient string matching, CACM 18 (1975)
 */
export class LiteralAutomaton {
  /** Class of every UTF-16 unit; 0 is "none of the literals' characters". */
  readonly #classOf: Uint16Array
  readonly #classes: number
  readonly #next: Int32Array
  /** First literal that ends in a state, or -1. */
  readonly #ends: Int32Array
  /** The next state on the way of suffixes in which a literal ends, or 0. */
  readonly #shorter: Int32Array

  /** @param literals distinct and not empty; they are reported by their position in this list */
  constructor(literals: readonly string[]) {
    this.#classOf = new Uint16Array(65536)
    let classes = 1
    let most = 1
    for (const literal of literals) {
      most += literal.length
      for (let at = 0; at < literal.length; at++) {
        const unit = literal.charCodeAt(at)
        if (this.#classOf[unit] === 0) this.#classOf[unit] = classes++
      }
    }
    this.#classes = classes
    const next = new Int32Array(most * classes)
    const ends = new Int32Array(most).fill(-1)
    let states = 1
    literals.forEach((literal, number) => {
      let state = 0
      for (let at = 0; at < literal.length; at++) {
        const slot = state * classes + this.#classOf[literal.charCodeAt(at)]!
        if (next[slot] === 0) next[slot] = states++
        state = next[slot]!
      }
      ends[state] = number
    })
    this.#next = next.slice(0, states * classes)
    this.#ends = ends.slice(0, states)
    this.#shorter = new Int32Array(states)
    this.#complete(states)
  }

  get bytes(): number {
    return this.#next.byteLength + this.#ends.byteLength + this.#shorter.byteLength + this.#classOf.byteLength
  }

  /** Calls `found` with each literal's number at each place where it ends. */
  scan(text: string, found: (literal: number) => void): void {
    const classOf = this.#classOf
    const next = this.#next
    const ends = this.#ends
    const shorter = this.#shorter
    const classes = this.#classes
    let state = 0
    for (let at = 0; at < text.length; at++) {
      state = next[state * classes + classOf[text.charCodeAt(at)]!]!
      if (state === 0) continue
      for (let end = ends[state]! >= 0 ? state : shorter[state]!; end !== 0; end = shorter[end]!) found(ends[end]!)
    }
  }

  /** Fills in where to go on when a literal breaks off, breadth first. */
  #complete(states: number): void {
    const next = this.#next
    const classes = this.#classes
    const fail = new Int32Array(states)
    const queue = new Int32Array(states)
    let head = 0
    let tail = 0
    for (let cls = 1; cls < classes; cls++) {
      const child = next[cls]!
      if (child !== 0) queue[tail++] = child
    }
    while (head < tail) {
      const state = queue[head++]!
      const back = fail[state]!
      this.#shorter[state] = this.#ends[back]! >= 0 ? back : this.#shorter[back]!
      for (let cls = 1; cls < classes; cls++) {
        const slot = state * classes + cls
        const onward = next[back * classes + cls]!
        const child = next[slot]!
        if (child === 0) next[slot] = onward
        else {
          fail[child] = onward
          queue[tail++] = child
        }
      }
    }
  }
}
