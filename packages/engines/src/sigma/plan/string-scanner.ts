/** Characters of a block: longer ones are rarer in a text, which makes for longer skips. */
const BLOCK = 3
const HASH_BITS = 12
const HASH_MASK = (1 << HASH_BITS) - 1
/** Shorter literals leave little to skip. */
export const MIN_SKIPPED_CHARS = 6
/** Answer of `scan` besides a count: the text must be folded and searched in another way. */
export const NOT_ASCII = -1

/**
 * Looks for few, longer literals in a string as it is, reading about one character in as many as the shortest literal has. It sees
 * letters of other scripts only where it reads; where it does not, no literal can be: every letter of a literal is one letter of the
 * text, folded. @source Wu, Manber: "A fast algorithm for multi-pattern searching", 1994
 */
export class StringScanner {
  readonly #literals: readonly string[]
  readonly #shortest: number
  /** How far the window may move when it ends with a block. */
  readonly #shift = new Uint8Array(1 << HASH_BITS)
  /** Literals whose window ends with a block. */
  readonly #candidates = new Map<number, number[]>()

  /** @param literals folded, ASCII alone, each of at least `MIN_SKIPPED_CHARS` */
  constructor(literals: readonly string[]) {
    this.#literals = literals
    this.#shortest = 255
    for (const { length } of literals) this.#shortest = Math.min(this.#shortest, length)
    this.#shift.fill(this.#shortest - BLOCK + 1)
    for (const [index, literal] of literals.entries())
      for (let end = BLOCK - 1; end < this.#shortest; end++) {
        const hash = hashOf(literal.charCodeAt(end - 2), literal.charCodeAt(end - 1), literal.charCodeAt(end))
        const distance = this.#shortest - 1 - end
        if (distance < this.#shift[hash]!) this.#shift[hash] = distance
        if (distance > 0) continue
        const list = this.#candidates.get(hash)
        if (list === undefined) this.#candidates.set(hash, [index])
        else list.push(index)
      }
  }

  /** Writes the indexes of the literals found to `found`; returns how many, or `NOT_ASCII`. An index may come twice. */
  scan(text: string, found: number[]): number {
    const shift = this.#shift
    const { length } = text
    let count = 0
    let end = this.#shortest - 1
    while (end < length) {
      const first = text.charCodeAt(end - 2)
      const second = text.charCodeAt(end - 1)
      const third = text.charCodeAt(end)
      if ((first | second | third) > 127) return NOT_ASCII
      const hash = hashOf(first, second, third)
      const distance = shift[hash]!
      if (distance === 0) {
        count = this.#compare(hash, text, end - this.#shortest + 1, found, count)
        if (count === NOT_ASCII) return NOT_ASCII
        end++
      } else end += distance
    }
    return count
  }

  #compare(hash: number, text: string, start: number, found: number[], known: number): number {
    let count = known
    for (const index of this.#candidates.get(hash)!) {
      const literal = this.#literals[index]!
      if (start + literal.length > text.length) continue
      let i = 0
      while (i < literal.length) {
        const unit = text.charCodeAt(start + i)
        if (unit > 127) return NOT_ASCII
        if ((unit >= 65 && unit <= 90 ? unit + 32 : unit) !== literal.charCodeAt(i)) break
        i++
      }
      if (i === literal.length) found[count++] = index
    }
    return count
  }
}

/** The same for letters of both cases, and for some other characters too, which makes for shorter skips at worst. */
const hashOf = (first: number, second: number, third: number): number =>
  (((first | 0x20) << 7) ^ ((second | 0x20) << 3) ^ (third | 0x20)) & HASH_MASK
