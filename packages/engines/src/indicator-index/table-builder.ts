import { spread } from './fingerprint.ts'
import { bucketOf, bucketsFor, type TableParts } from './table.ts'

/** Words that grow. */
class Words {
  array: Uint32Array<ArrayBuffer>
  length = 0

  constructor(capacity: number) {
    this.array = new Uint32Array(capacity)
  }

  push(value: number): void {
    if (this.length === this.array.length) this.#grow(this.length + 1)
    this.array[this.length++] = value
  }

  pushAll(values: Uint32Array, count: number): void {
    if (this.length + count > this.array.length) this.#grow(this.length + count)
    for (let at = 0; at < count; at++) this.array[this.length++] = values[at] as number
  }

  #grow(wanted: number): void {
    const grown = new Uint32Array(Math.max(wanted, Math.ceil(this.array.length * 1.7)))
    grown.set(this.array)
    this.array = grown
  }
}

const encoder = new TextEncoder()
const maxTextBytes = 0xffff
const firstEntries = 64

/** Where the parts of a table are made. */
export interface Memory {
  words(count: number): Uint32Array
  bytes(count: number): Uint8Array
}

/** Collects the entries of one table in the order in which they come. */
export class TableBuilder {
  readonly #words: number
  readonly #keys: Words
  readonly #rows = new Words(firstEntries)
  readonly #expiries = new Words(firstEntries)
  readonly #texts: { offsets: Words; bytes: Uint8Array; used: number } | undefined
  count = 0

  constructor(words: number, options: { readonly keepsText: boolean }) {
    this.#words = words
    this.#keys = new Words(firstEntries * words)
    this.#texts = options.keepsText
      ? { offsets: new Words(firstEntries), bytes: new Uint8Array(firstEntries * 16), used: 0 }
      : undefined
  }

  add(key: Uint32Array, row: number, expiryMinute: number, text: string): void {
    this.#keys.pushAll(key, this.#words)
    this.#rows.push(row)
    this.#expiries.push(expiryMinute)
    if (this.#texts) this.#keep(this.#texts, text)
    this.count++
  }

  /** Everything of a table with keys as wide as this one's. Texts cannot be taken over. */
  addTable(parts: TableParts): void {
    if (parts.words !== this.#words || parts.texts || this.#texts)
      throw new TypeError('only tables without texts, with keys of one width, can be joined')
    this.#keys.pushAll(parts.keys, parts.keys.length)
    this.#rows.pushAll(parts.rows, parts.count)
    this.#expiries.pushAll(parts.expiryMinutes, parts.count)
    this.count += parts.count
  }

  #keep(texts: { offsets: Words; bytes: Uint8Array; used: number }, text: string): void {
    const room = 2 + text.length * 3
    if (texts.used + room > texts.bytes.length) {
      const grown = new Uint8Array(Math.max(texts.used + room, Math.ceil(texts.bytes.length * 1.7)))
      grown.set(texts.bytes)
      texts.bytes = grown
    }
    const { written } = encoder.encodeInto(text, texts.bytes.subarray(texts.used + 2))
    if (written > maxTextBytes) throw new RangeError('a value is too long for the index')
    texts.bytes[texts.used] = written >>> 8
    texts.bytes[texts.used + 1] = written & 255
    texts.offsets.push(texts.used)
    texts.used += 2 + written
  }

  /** The table, sorted by bucket in two passes. */
  build(memory: Memory): TableParts {
    const { count } = this
    const words = this.#words
    const buckets = bucketsFor(count)
    const directory = memory.words(buckets + 1)
    const places = new Uint32Array(count)
    const given = this.#keys.array
    for (let entry = 0; entry < count; entry++) {
      const bucket = bucketOf(spread(given, entry * words, words), buckets)
      places[entry] = bucket
      directory[bucket + 1] = (directory[bucket + 1] as number) + 1
    }
    for (let bucket = 0; bucket < buckets; bucket++)
      directory[bucket + 1] = (directory[bucket + 1] as number) + (directory[bucket] as number)
    const next = directory.slice(0, buckets)
    for (let entry = 0; entry < count; entry++) {
      const bucket = places[entry] as number
      places[entry] = next[bucket] as number
      next[bucket] = (next[bucket] as number) + 1
    }
    const texts = this.#texts
    return {
      words,
      count,
      directory,
      keys: this.#placedKeys(places, memory),
      rows: placed(this.#rows.array, places, memory),
      expiryMinutes: placed(this.#expiries.array, places, memory),
      ...(texts
        ? {
            texts: {
              offsets: placed(texts.offsets.array, places, memory),
              bytes: copied(texts.bytes.subarray(0, texts.used), memory),
            },
          }
        : {}),
    }
  }

  #placedKeys(places: Uint32Array, memory: Memory): Uint32Array {
    const words = this.#words
    const given = this.#keys.array
    const keys = memory.words(places.length * words)
    for (let entry = 0; entry < places.length; entry++) {
      const to = (places[entry] as number) * words
      for (let word = 0; word < words; word++) keys[to + word] = given[entry * words + word] as number
    }
    return keys
  }
}

function placed(given: Uint32Array, places: Uint32Array, memory: Memory): Uint32Array {
  const sorted = memory.words(places.length)
  for (let entry = 0; entry < places.length; entry++) sorted[places[entry] as number] = given[entry] as number
  return sorted
}

function copied(bytes: Uint8Array, memory: Memory): Uint8Array {
  const copy = memory.bytes(bytes.length)
  copy.set(bytes)
  return copy
}
