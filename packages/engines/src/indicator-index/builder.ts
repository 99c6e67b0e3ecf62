import type { IndicatorType } from '@watchfloor/contracts/intel'
import { Fingerprint } from './fingerprint.ts'
import type { IndicatorIndexParts } from './index-parts.ts'
import { type Confirmation, comparedText, keyInto, maxKeyWords, type TableName, textTables, wordsOf } from './keys.ts'
import type { TableParts } from './table.ts'
import { type Memory, TableBuilder } from './table-builder.ts'

/** One indicator as the index takes it. */
export interface IndexedIndicator {
  readonly type: IndicatorType
  /** As `canonicalIndicator` writes it. */
  readonly value: string
  /** What a hit gives back, 0 to 2³²-1. */
  readonly row: number
  /** Minute since 1970 at which it ends; 0: never. */
  readonly expiryMinute: number
}

export interface IndicatorIndexOptions {
  /**
   * `inside`: the index keeps what it compares with, and every hit is one. `by-store`: it keeps 64 bits of digests and of text, in
   * half the memory, and whoever asks compares each hit with the stored value (`isConfirmed`).
   */
  readonly confirmation: Confirmation
  /** A number that senders of events do not know. */
  readonly seed: number
  /** Parts lie in shared memory, so that many threads read one copy. */
  readonly shared: boolean
}

/** Indicators at most; the memory for more should be planned. */
const maxIndicators = 100_000_000
const maxRow = 0xffffffff

const sharedMemory: Memory = {
  words: (count) => new Uint32Array(new SharedArrayBuffer(count * 4)),
  bytes: (count) => new Uint8Array(new SharedArrayBuffer(count)),
}
const ownMemory: Memory = {
  words: (count) => new Uint32Array(count),
  bytes: (count) => new Uint8Array(count),
}

/** Takes indicators in any order and number, and makes an index of them that never changes. */
export class IndicatorIndexBuilder {
  readonly #options: IndicatorIndexOptions
  readonly #fingerprint: Fingerprint
  readonly #key = new Uint32Array(maxKeyWords)
  readonly #tables = new Map<TableName, TableBuilder>()
  count = 0

  constructor(options: IndicatorIndexOptions) {
    this.#options = options
    this.#fingerprint = new Fingerprint(options.seed)
  }

  /**
   * @returns whether it was taken: not when its value is not canonical for its type
   * @throws RangeError when the row is no 32-bit number, or there are more than 100 million
   */
  add({ type, value, row, expiryMinute }: IndexedIndicator): boolean {
    if (!Number.isInteger(row) || row < 0 || row > maxRow) throw new RangeError(`row ${row} is no 32-bit number`)
    if (this.count >= maxIndicators) throw new RangeError(`an index takes ${maxIndicators} indicators at most`)
    const name = keyInto(type, value, this.#fingerprint, this.#key)
    if (!name) return false
    this.#tableOf(name).add(this.#key, row, Math.min(expiryMinute, maxRow), comparedText(type, value))
    this.count++
    return true
  }

  /** Takes over all of an index that was built `by-store` with the same seed, without reading its values again. */
  addIndex(parts: IndicatorIndexParts): void {
    if (parts.seed !== this.#options.seed) throw new TypeError('only indexes with one seed can be joined')
    for (const [name, table] of Object.entries(parts.tables)) this.#tableOf(name as TableName).addTable(table)
    this.count += parts.count
  }

  #tableOf(name: TableName): TableBuilder {
    const existing = this.#tables.get(name)
    if (existing) return existing
    const { confirmation } = this.#options
    const made = new TableBuilder(wordsOf(name, confirmation), {
      keepsText: confirmation === 'inside' && textTables.has(name),
    })
    this.#tables.set(name, made)
    return made
  }

  /** The index's parts; they may be sent to other threads as they are. Nothing can be added afterwards. */
  finish(): IndicatorIndexParts {
    const memory = this.#options.shared ? sharedMemory : ownMemory
    const tables: Partial<Record<TableName, TableParts>> = {}
    for (const [name, table] of this.#tables) {
      tables[name] = table.build(memory)
      this.#tables.delete(name)
    }
    return { seed: this.#options.seed, count: this.count, tables }
  }
}
