/**
 * Fingerprints of text, 64 bits in two lanes, computed character by character, so that every suffix of a name and every prefix of a
 * path costs one pass together. They are seeded: who does not know the seed cannot make texts that meet. They only choose what is
 * compared; a hit is confirmed by comparing the text itself.
 * @source the lanes of cyrb53 and the finaliser of MurmurHash3
 */
export class Fingerprint {
  readonly #seed: number
  #a = 0
  #b = 0

  constructor(seed: number) {
    this.#seed = seed | 0
  }

  begin(): void {
    this.#a = 0xdeadbeef ^ this.#seed
    this.#b = 0x41c6ce57 ^ Math.imul(this.#seed, 0x9e3779b1)
  }

  add(code: number): void {
    this.#a = Math.imul(this.#a ^ code, 0x9e3779b1)
    this.#b = Math.imul(this.#b ^ code, 0x5f356495)
    this.#a = (this.#a << 13) | (this.#a >>> 19)
    this.#b = (this.#b << 17) | (this.#b >>> 15)
  }

  /** Writes the fingerprint of what was added so far into the first two words; more may be added afterwards. */
  into(key: Uint32Array): void {
    const a = this.#a
    const b = this.#b
    const high = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35)
    key[0] = high ^ (high >>> 16)
    key[1] = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35)
  }

  /** Of the whole text, from its first character. */
  forward(text: string, key: Uint32Array): void {
    this.begin()
    for (let at = 0; at < text.length; at++) this.add(text.charCodeAt(at))
    this.into(key)
  }

  /** Of the whole text, from its last character. */
  backward(text: string, key: Uint32Array): void {
    this.begin()
    for (let at = text.length - 1; at >= 0; at--) this.add(text.charCodeAt(at))
    this.into(key)
  }
}

/** Spreads a key of any width over 32 bits. */
export function spread(keys: Uint32Array, start: number, words: number): number {
  let hash = 0x2545f491
  for (let at = start; at < start + words; at++) {
    hash = Math.imul(hash ^ (keys[at] as number), 0x85ebca6b)
    hash ^= hash >>> 15
  }
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
