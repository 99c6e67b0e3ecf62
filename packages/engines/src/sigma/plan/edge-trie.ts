/** Answers of `walk` besides a count: the text must be folded first. */
export const NEEDS_FOLDING = -1

/** Finds which of many literals a text begins (or ends) with; looks no further than it has to. */
export class EdgeTrie {
  readonly #fromEnd: boolean
  readonly #classOfLow = new Uint8Array(128)
  readonly #classOfHigh = new Map<number, number>()
  readonly #classes: number
  readonly #next: Uint16Array | Int32Array
  readonly #ends: readonly (readonly number[] | undefined)[]

  /** @param literals folded, none of them empty */
  constructor(literals: readonly string[], edge: 'start' | 'end') {
    this.#fromEnd = edge === 'end'
    this.#classes = this.#classify(literals)
    const capacity = literals.reduce((sum, { length }) => sum + length, 1)
    const table = new Int32Array(capacity * this.#classes)
    const ends: (number[] | undefined)[] = [undefined]
    for (const [index, literal] of literals.entries()) {
      let state = 0
      for (let i = 0; i < literal.length; i++) {
        const unit = literal.charCodeAt(this.#fromEnd ? literal.length - 1 - i : i)
        const at = state * this.#classes + this.#classOf(unit)
        if (table[at] === 0) table[at] = ends.push(undefined) - 1
        state = table[at]!
      }
      const list = ends[state] ?? []
      list.push(index)
      ends[state] = list
    }
    const used = table.subarray(0, ends.length * this.#classes)
    // Half the size where the numbers of the states allow it.
    this.#next = ends.length <= 0x10000 ? Uint16Array.from(used) : used.slice()
    this.#ends = ends
  }

  /**
   * Writes the indexes of the literals found to `found`; returns how many, or `NEEDS_FOLDING`. ASCII letters count in either
   * case.
   * @param folded whether the text was folded: then it never asks for it
   */
  walk(text: string, folded: boolean, found: number[]): number {
    const { length } = text
    let count = 0
    let state = 0
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(this.#fromEnd ? length - 1 - i : i)
      if (unit > 127 && !folded) return NEEDS_FOLDING
      state = this.#next[state * this.#classes + this.#classOf(unit)]!
      if (state === 0) break
      const list = this.#ends[state]
      if (list !== undefined) for (const literal of list) found[count++] = literal
    }
    return count
  }

  /** Whether the folded text begins (or ends) with one of the literals. */
  meets(folded: string): boolean {
    const { length } = folded
    let state = 0
    for (let i = 0; i < length; i++) {
      const unit = folded.charCodeAt(this.#fromEnd ? length - 1 - i : i)
      state = this.#next[state * this.#classes + this.#classOf(unit)]!
      if (state === 0) return false
      if (this.#ends[state] !== undefined) return true
    }
    return false
  }

  #classOf(unit: number): number {
    return unit < 128 ? this.#classOfLow[unit]! : (this.#classOfHigh.get(unit) ?? 0)
  }

  #classify(literals: readonly string[]): number {
    let classes = 1
    for (const literal of literals)
      for (let i = 0; i < literal.length; i++) {
        const unit = literal.charCodeAt(i)
        if (this.#classOf(unit) !== 0) continue
        if (unit < 128) this.#classOfLow[unit] = classes++
        else this.#classOfHigh.set(unit, classes++)
      }
    for (let upper = 65; upper <= 90; upper++) this.#classOfLow[upper] = this.#classOfLow[upper + 32]!
    return classes
  }
}
