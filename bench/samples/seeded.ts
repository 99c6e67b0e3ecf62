/** mulberry32: small, seeded, the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Draws the same values for the same seed. */
export class Seeded {
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = randomOf(seed)
  }
  below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }
  pick<T>(among: readonly T[]): T {
    return among[this.below(among.length)]!
  }
  /** The first of a list are drawn far more often than the last, as with everything that people use. */
  pickSkewed<T>(among: readonly T[]): T {
    return among[Math.floor(this.#random() ** 2 * among.length)]!
  }
  chance(of: number): boolean {
    return this.#random() < of
  }
  hex(length: number): string {
    let text = ''
    for (let i = 0; i < length; i++) text += this.below(16).toString(16)
    return text
  }
  guid(): string {
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-a${this.hex(3)}-${this.hex(12)}`
  }
}
