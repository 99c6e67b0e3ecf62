/** Highest number of states of one automaton: they are kept in 16 bits, which halves what a scan pulls through the cache. */
const MAX_STATES = 65_535

/** Finds which of many literals stand anywhere in a text, reading it once. ASCII letters count in either case. */
export interface ByteScanner {
  /** Writes the indexes of the literals found to `found`; returns how many. An index may come twice. */
  scan(bytes: Uint8Array, length: number, found: number[]): number
}

/** Aho-Corasick automata. @param literals UTF-8 of folded texts, none of them empty; few automata when they are in order
 *  @param firstIndex what the first literal is called in the answers */
export function automataOf(literals: readonly Uint8Array[], firstIndex: number): ByteScanner[] {
  const scanners: ByteScanner[] = []
  for (let from = 0; from < literals.length; ) {
    let states = 1
    let to = from
    while (to < literals.length) {
      const added = literals[to]!.length - (to === from ? 0 : shared(literals[to - 1]!, literals[to]!))
      if (to > from && states + added > MAX_STATES) break
      states += added
      to++
    }
    scanners.push(new Automaton(literals.slice(from, to), firstIndex + from))
    from = to
  }
  return scanners
}

/** Bytes that two literals begin with in common, which share their states. */
function shared(a: Uint8Array, b: Uint8Array): number {
  let count = 0
  while (count < a.length && count < b.length && a[count] === b[count]) count++
  return count
}

class Automaton implements ByteScanner {
  /** Class of each byte; 0 for those in no literal. Upper case has the class of lower case. */
  readonly #classOf = new Uint8Array(256)
  /** Classes rounded up to a power of two, as its exponent. */
  readonly #shift: number
  /** Next state by state and class. States from `#firstEnd` on are where literals end. */
  readonly #next: Uint16Array
  readonly #firstEnd: number
  /** Where the literals of end state `#firstEnd + i` begin and end in `#outputs`. */
  readonly #outputAt: Int32Array
  readonly #outputs: Int32Array

  constructor(literals: readonly Uint8Array[], firstIndex: number) {
    const classes = this.#classify(literals)
    this.#shift = Math.ceil(Math.log2(classes))
    const trie = this.#trie(literals, firstIndex)
    const { table, firstEnd, ends } = endsLast(
      trie.table,
      completed(trie.table, 1 << this.#shift, trie.ends),
      1 << this.#shift,
    )
    this.#next = table
    this.#firstEnd = firstEnd
    this.#outputAt = new Int32Array(ends.length + 1)
    let total = 0
    for (const [i, list] of ends.entries()) {
      total += list.length
      this.#outputAt[i + 1] = total
    }
    this.#outputs = Int32Array.from(ends.flat())
  }

  scan(bytes: Uint8Array, length: number, found: number[]): number {
    const next = this.#next
    const classOf = this.#classOf
    const shift = this.#shift
    const firstEnd = this.#firstEnd
    let count = 0
    let state = 0
    for (let i = 0; i < length; i++) {
      state = next[(state << shift) + classOf[bytes[i]!]!]!
      if (state >= firstEnd) count = this.#report(state - firstEnd, found, count)
    }
    return count
  }

  #report(end: number, found: number[], count: number): number {
    const stop = this.#outputAt[end + 1]!
    for (let i = this.#outputAt[end]!; i < stop; i++) found[count++] = this.#outputs[i]!
    return count
  }

  #classify(literals: readonly Uint8Array[]): number {
    const used = new Uint8Array(256)
    for (const literal of literals) for (const byte of literal) used[byte] = 1
    let classes = 1
    for (let byte = 0; byte < 256; byte++) if (used[byte] === 1) this.#classOf[byte] = classes++
    for (let upper = 65; upper <= 90; upper++) this.#classOf[upper] = this.#classOf[upper + 32]!
    return classes
  }

  #trie(literals: readonly Uint8Array[], firstIndex: number): { table: Uint16Array; ends: (number[] | undefined)[] } {
    const capacity = literals.reduce((sum, { length }) => sum + length, 1)
    const table = new Uint16Array(capacity << this.#shift)
    const ends: (number[] | undefined)[] = [undefined]
    for (const [index, literal] of literals.entries()) {
      let state = 0
      for (const byte of literal) {
        const at = (state << this.#shift) + this.#classOf[byte]!
        if (table[at] === 0) table[at] = ends.push(undefined) - 1
        state = table[at]!
      }
      const list = ends[state] ?? []
      list.push(firstIndex + index)
      ends[state] = list
    }
    return { table: table.slice(0, ends.length << this.#shift), ends }
  }
}

/** Completes a trie in place to an automaton that never looks back; returns each state's literals with those of its suffixes. */
function completed(
  next: Uint16Array,
  stride: number,
  ends: readonly (number[] | undefined)[],
): (number[] | undefined)[] {
  const outputs = [...ends]
  const failure = new Uint16Array(ends.length)
  const queue = new Uint16Array(ends.length)
  let [head, tail] = [0, 0]
  for (let kind = 0; kind < stride; kind++) if (next[kind] !== 0) queue[tail++] = next[kind]!
  while (head < tail) {
    const state = queue[head++]!
    const fallback = failure[state]!
    const inherited = outputs[fallback]
    if (inherited !== undefined) outputs[state] = [...(outputs[state] ?? []), ...inherited]
    for (let kind = 0; kind < stride; kind++) {
      const child = next[state * stride + kind]!
      const other = next[fallback * stride + kind]!
      if (child === 0) next[state * stride + kind] = other
      else {
        failure[child] = other
        queue[tail++] = child
      }
    }
  }
  return outputs
}

/** Renumbers the states so that those where literals end come last: telling them apart then needs no look into memory. */
function endsLast(
  next: Uint16Array,
  outputs: readonly (number[] | undefined)[],
  stride: number,
): { table: Uint16Array; firstEnd: number; ends: number[][] } {
  const number = new Uint16Array(outputs.length)
  let count = 0
  for (const [state, list] of outputs.entries()) if (list === undefined) number[state] = count++
  const firstEnd = count
  for (const [state, list] of outputs.entries()) if (list !== undefined) number[state] = count++
  const table = new Uint16Array(next.length)
  for (let state = 0; state < outputs.length; state++)
    for (let kind = 0; kind < stride; kind++)
      table[number[state]! * stride + kind] = number[next[state * stride + kind]!]!
  return { table, firstEnd, ends: outputs.filter((list) => list !== undefined) }
}
