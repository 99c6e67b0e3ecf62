/** Highest number of states of one automaton: they are kept in 16 bits, which halves what a scan pulls through the cache. */
const MAX_STATES = 65_535

/** Finds which of many literals stand in a text, reading it once. */
export interface LiteralScanner {
  /** Appends the indexes of the literals found to `found` and returns how many there are now; an index may come twice. */
  scan(text: string, found: number[], count: number): number
}

type Direction = 'anywhere' | 'fromStart' | 'fromEnd'

/**
 * @param literals none of them empty
 * @param direction `anywhere`: Aho-Corasick; the others walk a trie from one end of the text and stop at the first miss
 */
export function scannersOf(literals: readonly string[], direction: Direction): LiteralScanner[] {
  const scanners: LiteralScanner[] = []
  let from = 0
  while (from < literals.length) {
    let states = 1
    let to = from
    while (to < literals.length && states + literals[to]!.length <= MAX_STATES) states += literals[to++]!.length
    // A single literal longer than that cannot happen: rule files are smaller than the limit allows.
    if (to === from) to++
    const automaton = new Automaton(literals.slice(from, to), from, direction)
    scanners.push(automaton)
    from = to
  }
  return scanners
}

class Automaton implements LiteralScanner {
  readonly #direction: Direction
  /** Class of each character below 256; 0 for those in no literal. */
  readonly #classOfLow = new Uint8Array(256)
  readonly #classOfHigh = new Map<number, number>()
  readonly #classes: number
  /** Next state by state and class. */
  readonly #next: Uint16Array
  /** Where a state's literals begin in `#outputs`; a list ends with -1; 0 means none. */
  readonly #outputAt: Int32Array
  readonly #outputs: Int32Array

  constructor(literals: readonly string[], firstIndex: number, direction: Direction) {
    this.#direction = direction
    this.#classes = this.#classify(literals)
    const spelled = direction === 'fromEnd' ? literals.map(reversed) : literals
    const { next, ends } = this.#trie(spelled, firstIndex)
    const outputs = direction === 'anywhere' ? withFailures(next, this.#classes, ends) : ends
    this.#next = next
    this.#outputAt = new Int32Array(outputs.length)
    const flat: number[] = [-1]
    for (const [state, list] of outputs.entries()) {
      if (list === undefined) continue
      this.#outputAt[state] = flat.length
      for (const literal of list) flat.push(literal)
      flat.push(-1)
    }
    this.#outputs = Int32Array.from(flat)
  }

  scan(text: string, found: number[], count: number): number {
    return this.#direction === 'anywhere' ? this.#scanAll(text, found, count) : this.#walk(text, found, count)
  }

  #scanAll(text: string, found: number[], count: number): number {
    const next = this.#next
    const classes = this.#classes
    const classOfLow = this.#classOfLow
    const outputAt = this.#outputAt
    let state = 0
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      const kind = unit < 256 ? classOfLow[unit]! : (this.#classOfHigh.get(unit) ?? 0)
      state = next[state * classes + kind]!
      const at = outputAt[state]!
      if (at !== 0) count = this.#report(at, found, count)
    }
    return count
  }

  #walk(text: string, found: number[], count: number): number {
    const step = this.#direction === 'fromEnd' ? -1 : 1
    let state = 0
    for (let i = step < 0 ? text.length - 1 : 0; i >= 0 && i < text.length; i += step) {
      const unit = text.charCodeAt(i)
      const kind = unit < 256 ? this.#classOfLow[unit]! : (this.#classOfHigh.get(unit) ?? 0)
      state = this.#next[state * this.#classes + kind]!
      if (state === 0) break
      const at = this.#outputAt[state]!
      if (at !== 0) count = this.#report(at, found, count)
    }
    return count
  }

  #report(at: number, found: number[], count: number): number {
    for (let i = at; this.#outputs[i]! >= 0; i++) found[count++] = this.#outputs[i]!
    return count
  }

  #classify(literals: readonly string[]): number {
    let classes = 1
    for (const literal of literals)
      for (let i = 0; i < literal.length; i++) {
        const unit = literal.charCodeAt(i)
        // Byte-sized classes below 256 always fit: there are at most 255 of them.
        if (unit < 256) this.#classOfLow[unit] ||= 1
        else if (!this.#classOfHigh.has(unit)) this.#classOfHigh.set(unit, 0)
      }
    for (let unit = 0; unit < 256; unit++) if (this.#classOfLow[unit] === 1) this.#classOfLow[unit] = classes++
    for (const unit of this.#classOfHigh.keys()) this.#classOfHigh.set(unit, classes++)
    return classes
  }

  #trie(literals: readonly string[], firstIndex: number): { next: Uint16Array; ends: (number[] | undefined)[] } {
    const capacity = literals.reduce((sum, { length }) => sum + length, 1)
    const classes = this.#classes
    const table = new Uint16Array(capacity * classes)
    const ends: (number[] | undefined)[] = [undefined]
    for (const [index, literal] of literals.entries()) {
      let state = 0
      for (let i = 0; i < literal.length; i++) {
        const unit = literal.charCodeAt(i)
        const at = state * classes + (unit < 256 ? this.#classOfLow[unit]! : this.#classOfHigh.get(unit)!)
        if (table[at] === 0) table[at] = ends.push(undefined) - 1
        state = table[at]!
      }
      const list = ends[state] ?? []
      list.push(firstIndex + index)
      ends[state] = list
    }
    return { next: table.slice(0, ends.length * classes), ends }
  }
}

const reversed = (text: string): string => {
  let out = ''
  for (let i = text.length - 1; i >= 0; i--) out += text[i]
  return out
}

/** Completes a trie to an automaton that never looks back; returns each state's literals with those of its suffixes. */
function withFailures(
  next: Uint16Array,
  classes: number,
  ends: readonly (number[] | undefined)[],
): (number[] | undefined)[] {
  const outputs = [...ends]
  const failure = new Uint16Array(ends.length)
  const queue = new Uint16Array(ends.length)
  let [head, tail] = [0, 0]
  for (let kind = 0; kind < classes; kind++) if (next[kind] !== 0) queue[tail++] = next[kind]!
  while (head < tail) {
    const state = queue[head++]!
    const fallback = failure[state]!
    const inherited = outputs[fallback]
    if (inherited !== undefined) outputs[state] = [...(outputs[state] ?? []), ...inherited]
    for (let kind = 0; kind < classes; kind++) {
      const child = next[state * classes + kind]!
      const other = next[fallback * classes + kind]!
      if (child === 0) next[state * classes + kind] = other
      else {
        failure[child] = other
        queue[tail++] = child
      }
    }
  }
  return outputs
}
