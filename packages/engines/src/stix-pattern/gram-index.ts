/** Characters that are looked at together. */
const gramLength = 4
export const minLiteral = gramLength

const hintBits = 16

/** Four characters of most events, by which nothing is told apart. */
const common =
  'c:\\windows\\system32\\cmd.exe C:\\Windows\\System32\\cmd.exe "C:\\Program Files (x86)\\Microsoft \\Users\\ \\AppData\\Local\\Temp\\ .dll powershell.exe http://www.https://.com/ process file example'
const commonPenalty = 1_000_000

/**
 * Which of many literals may stand in texts: a literal is told by four of its characters that few others have, so that a text is gone over once,
 * however many literals there are. Says yes to more than it should, never no to one that is there.
 */
export class GramIndex {
  /** Literal → its gram. */
  readonly #grams: readonly number[]
  readonly #literalsByGram = new Map<number, number[]>()
  /** Whether a gram may be one of them, by some bits of it. */
  readonly #hints = new Uint8Array(1 << hintBits)
  /** In which round a literal was seen last. */
  readonly #seenIn: Uint32Array
  #round = 0

  /** @param literals of at least `minLiteral` characters */
  constructor(literals: readonly string[]) {
    const counts = new Map<number, number>()
    for (const gram of gramsOf(common)) counts.set(gram, commonPenalty)
    for (const literal of literals)
      for (const gram of new Set(gramsOf(literal))) counts.set(gram, (counts.get(gram) ?? 0) + 1)
    this.#grams = literals.map((literal) =>
      [...gramsOf(literal)].reduce((rarest, gram) =>
        (counts.get(gram) ?? 0) < (counts.get(rarest) ?? 0) ? gram : rarest,
      ),
    )
    this.#seenIn = new Uint32Array(literals.length)
    for (const [at, gram] of this.#grams.entries()) {
      this.#hints[hintOf(gram)] = 1
      const list = this.#literalsByGram.get(gram)
      if (list === undefined) this.#literalsByGram.set(gram, [at])
      else list.push(at)
    }
  }

  get size(): number {
    return this.#grams.length
  }

  /** Forgets what was seen. */
  begin(): void {
    this.#round++
  }

  /** @param take is told each literal that may stand in this text, when it is seen for the first time */
  look(text: string, take: (literal: number) => void): void {
    let gram = 0
    for (let at = 0; at < text.length; at++) {
      gram = (gram << 8) ^ text.charCodeAt(at)
      if (at < gramLength - 1 || this.#hints[hintOf(gram)] === 0) continue
      const literals = this.#literalsByGram.get(gram)
      if (literals === undefined) continue
      for (const literal of literals) {
        if (this.#seenIn[literal] === this.#round) continue
        this.#seenIn[literal] = this.#round
        take(literal)
      }
    }
  }

  /** Whether a literal was seen since `begin`. */
  has(literal: number): boolean {
    return this.#seenIn[literal] === this.#round
  }
}

/** Of the last four characters: whatever was before is shifted out. */
function* gramsOf(text: string): Generator<number> {
  let gram = 0
  for (let at = 0; at < text.length; at++) {
    gram = (gram << 8) ^ text.charCodeAt(at)
    if (at >= gramLength - 1) yield gram
  }
}

const hintOf = (gram: number): number => Math.imul(gram, 0x9e3779b1) >>> (32 - hintBits)
