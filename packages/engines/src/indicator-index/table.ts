import { spread } from './fingerprint.ts'

/** Entries of one kind, sorted by bucket. Every part may lie in shared memory. */
export interface TableParts {
  /** 32-bit words of a key. */
  readonly words: number
  readonly count: number
  /** Of each bucket, its first entry; one more at the end. */
  readonly directory: Uint32Array
  readonly keys: Uint32Array
  readonly rows: Uint32Array
  /** Minute since 1970 at which an entry ends; 0: never. */
  readonly expiryMinutes: Uint32Array
  /** What fingerprints stand for: of each entry, where its text begins; the texts, each behind its length in two bytes. */
  readonly texts?: { readonly offsets: Uint32Array; readonly bytes: Uint8Array }
}

/** Entries of a bucket on average: fewer cost more directory, more cost more comparing. */
const entriesPerBucket = 4

export const bucketsFor = (count: number): number => Math.max(1, Math.ceil(count / entriesPerBucket))

/** Entries that one value may meet: the same value from so many sources says nothing more. */
const maxMatches = 64

/** The bucket of a key's hash. */
export const bucketOf = (hash: number, buckets: number): number => Math.floor((hash / 4_294_967_296) * buckets)

const decoder = new TextDecoder()

/** Immutable; finds the entries of a key. */
export class Table {
  readonly parts: TableParts
  readonly #buckets: number

  constructor(parts: TableParts) {
    this.parts = parts
    this.#buckets = parts.directory.length - 1
  }

  /**
   * Adds the rows of the entries with this key that have not ended, `maxMatches` at most.
   * @param text its part from `from` to `to` is what the key is the fingerprint of; compared where texts are kept
   */
  find(key: Uint32Array, nowMinute: number, found: number[], text = '', from = 0, to = 0): void {
    const { words, directory, keys, rows, expiryMinutes } = this.parts
    const bucket = bucketOf(spread(key, 0, words), this.#buckets)
    const end = directory[bucket + 1] as number
    for (let entry = directory[bucket] as number; entry < end; entry++) {
      let at = entry * words
      if (keys[at] !== key[0]) continue
      let word = 1
      while (word < words && keys[++at] === key[word]) word++
      if (word < words) continue
      const expiry = expiryMinutes[entry] as number
      if (expiry !== 0 && expiry <= nowMinute) continue
      if (this.parts.texts && this.#textOf(entry) !== text.slice(from, to)) continue
      found.push(rows[entry] as number)
      if (found.length >= maxMatches) return
    }
  }

  #textOf(entry: number): string {
    const { offsets, bytes } = this.parts.texts!
    const at = offsets[entry] as number
    const length = ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
    // A decoder takes no view of shared memory.
    return decoder.decode(bytes.slice(at + 2, at + 2 + length))
  }
}
