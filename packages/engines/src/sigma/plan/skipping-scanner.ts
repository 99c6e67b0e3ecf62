import type { ByteScanner } from './byte-automaton.ts'

/** Below this length of the shortest literal there is little to skip. */
export const MIN_SKIPPED_LITERAL_BYTES = 4
/** Bytes of a block: longer ones are rarer in a text, which makes for longer skips. */
const BLOCK = 3
const HASH_BITS = 13
const HASH_MASK = (1 << HASH_BITS) - 1

/**
 * Looks for few, longer literals by skipping what cannot be part of any: it reads about one byte in as many as the shortest
 * literal has. @source Wu, Manber: "A fast algorithm for multi-pattern searching", 1994, with blocks of three bytes
 */
export class SkippingScanner implements ByteScanner {
  readonly #literals: readonly Uint8Array[]
  readonly #firstIndex: number
  readonly #shortest: number
  /** How far the window may move when it ends with a block. */
  readonly #shift = new Uint8Array(1 << HASH_BITS)
  /** Bytes that a look moves on by, in a text that has nothing in common with the literals. */
  readonly meanShift: number
  /** Literals whose window ends with a block. */
  readonly #candidates = new Map<number, number[]>()
  readonly #lower = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte))

  /** @param literals UTF-8 of folded texts, each of at least `MIN_SKIPPED_LITERAL_BYTES` */
  constructor(literals: readonly Uint8Array[], firstIndex: number) {
    this.#literals = literals
    this.#firstIndex = firstIndex
    this.#shortest = Math.min(255, ...literals.map(({ length }) => length))
    this.#shift.fill(this.#shortest - BLOCK + 1)
    for (const [index, literal] of literals.entries())
      for (let end = BLOCK - 1; end < this.#shortest; end++) {
        const hash = hashOf(literal[end - 2]!, literal[end - 1]!, literal[end]!)
        const distance = this.#shortest - 1 - end
        if (distance < this.#shift[hash]!) this.#shift[hash] = distance
        if (distance > 0) continue
        const list = this.#candidates.get(hash)
        if (list === undefined) this.#candidates.set(hash, [index])
        else list.push(index)
      }
    this.meanShift = this.#shift.reduce((sum, one) => sum + one, 0) / this.#shift.length
  }

  scan(bytes: Uint8Array, length: number, found: number[]): number {
    const shift = this.#shift
    const lower = this.#lower
    let count = 0
    let end = this.#shortest - 1
    while (end < length) {
      const hash = hashOf(lower[bytes[end - 2]!]!, lower[bytes[end - 1]!]!, lower[bytes[end]!]!)
      const distance = shift[hash]!
      if (distance === 0) count = this.#compare(hash, bytes, length, end, found, count)
      end += distance === 0 ? 1 : distance
    }
    return count
  }

  #compare(hash: number, bytes: Uint8Array, length: number, end: number, found: number[], count: number): number {
    const start = end - this.#shortest + 1
    for (const index of this.#candidates.get(hash)!) {
      const literal = this.#literals[index]!
      if (start + literal.length > length) continue
      let i = 0
      while (i < literal.length && this.#lower[bytes[start + i]!] === literal[i]) i++
      if (i === literal.length) found[count++] = this.#firstIndex + index
    }
    return count
  }
}

const hashOf = (first: number, second: number, third: number): number =>
  ((first << 8) ^ (second << 4) ^ third ^ (first >> 4)) & HASH_MASK
