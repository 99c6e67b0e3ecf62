import { type IpWords, ipText, ipWordsOf, maskedWord } from '../indicator-index/canonical/ip.ts'
import { MmdbDecoder, type MmdbValue } from './decode.ts'
import { type MmdbMetadata, readMetadata } from './metadata.ts'
import { corrupt, MmdbProblem } from './problem.ts'

export interface MmdbAnswer {
  /** The network that the record is about, e.g. `198.51.100.0/24`; also told when there is none for it. */
  readonly network: string
  /** Undefined when the database says nothing of the address. */
  readonly record: MmdbValue | undefined
}

/** Zero bytes between the search tree and the data. */
const separatorBytes = 16

/**
 * A MaxMind DB in memory: who holds an address, where it is. The bytes are not copied; nothing is kept of what is looked up.
 * @source MaxMind DB file format 2.0
 */
export class MmdbReader {
  readonly metadata: MmdbMetadata
  readonly #bytes: Uint8Array
  readonly #decoder: MmdbDecoder
  readonly #treeBytes: number
  /** Where addresses of version 4 begin, and how many zero bits lie before. */
  readonly #v4Start: { readonly node: number; readonly depth: number }

  /** @error MMDB_NO_METADATA, MMDB_UNSUPPORTED, MMDB_CORRUPT */
  constructor(bytes: Uint8Array) {
    this.metadata = readMetadata(bytes)
    this.#bytes = bytes
    const { nodeCount, recordSizeBits } = this.metadata
    this.#treeBytes = (nodeCount * recordSizeBits) / 4
    if (this.#treeBytes + separatorBytes > bytes.length)
      throw corrupt(`${nodeCount} nodes of the search tree do not fit into ${bytes.length} bytes`)
    this.#decoder = new MmdbDecoder(bytes, this.#treeBytes + separatorBytes)
    this.#v4Start = this.#findV4Start()
  }

  /**
   * What the database says of an address. Addresses of version 6 are unknown to a database of version 4.
   * @error MMDB_BAD_ADDRESS, MMDB_CORRUPT
   */
  lookup(address: string): MmdbAnswer {
    const words = ipWordsOf(address)
    if (!words) throw new MmdbProblem('MMDB_BAD_ADDRESS', `"${address.slice(0, 80)}" is no IP address`)
    const bits = words.length * 32
    if (bits === 128 && this.metadata.ipVersion === 4) return { network: '::/0', record: undefined }
    let node = bits === 32 ? this.#v4Start.node : 0
    let depth = 0
    while (depth < bits && node < this.metadata.nodeCount) {
      node = this.#child(node, (words[depth >>> 5]! >>> (31 - (depth & 31))) & 1)
      depth++
    }
    return { network: networkText(masked(words, depth), depth), record: this.#recordAt(node) }
  }

  /**
   * Every network that has a record, in order, each once: networks that only point to those of version 4 (6to4, Teredo) are passed over.
   * @error MMDB_CORRUPT
   */
  *networks(): Generator<{ readonly network: string; readonly record: MmdbValue }> {
    const { nodeCount, ipVersion } = this.metadata
    const width = ipVersion === 6 ? 4 : 1
    const open: { node: number; words: number[]; depth: number }[] = [
      { node: 0, words: new Array<number>(width).fill(0), depth: 0 },
    ]
    let visitsLeft = nodeCount * 2 + 2
    for (let next = open.pop(); next; next = open.pop()) {
      if (--visitsLeft < 0) throw corrupt('the search tree leads back into itself')
      const { node, words, depth } = next
      if (this.#isAliasOfV4(node, words, depth)) continue
      if (node >= nodeCount) {
        const record = this.#recordAt(node)
        if (record !== undefined) yield { network: networkText(words, depth), record }
        continue
      }
      if (depth >= width * 32) throw corrupt('the search tree is deeper than an address is long')
      const right = [...words]
      right[depth >>> 5] = (right[depth >>> 5]! | (1 << (31 - (depth & 31)))) >>> 0
      open.push({ node: this.#child(node, 1), words: right, depth: depth + 1 })
      open.push({ node: this.#child(node, 0), words, depth: depth + 1 })
    }
  }

  #isAliasOfV4(node: number, words: readonly number[], depth: number): boolean {
    const { node: start, depth: startDepth } = this.#v4Start
    if (startDepth === 0 || node !== start || node >= this.metadata.nodeCount) return false
    return depth !== startDepth || words.some((word) => word !== 0)
  }

  #findV4Start(): { node: number; depth: number } {
    let node = 0
    let depth = 0
    if (this.metadata.ipVersion === 6)
      for (; depth < 96 && node < this.metadata.nodeCount; depth++) node = this.#child(node, 0)
    return { node, depth }
  }

  /** @source MaxMind DB file format 2.0, "Binary Search Tree Section": a pointer of 28 bits has its highest four in the middle byte */
  #child(node: number, side: number): number {
    const bytes = this.#bytes
    switch (this.metadata.recordSizeBits) {
      case 24: {
        const at = node * 6 + side * 3
        return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
      }
      case 28: {
        const at = node * 7 + side * 4
        const middle = bytes[node * 7 + 3]!
        const high = side === 0 ? middle >>> 4 : middle & 15
        return high * 0x100_0000 + ((bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!)
      }
      case 32: {
        const at = node * 8 + side * 4
        return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
      }
    }
  }

  #recordAt(node: number): MmdbValue | undefined {
    const { nodeCount } = this.metadata
    if (node === nodeCount) return undefined
    if (node < nodeCount) throw corrupt('the search tree is deeper than an address is long')
    const offset = node - nodeCount - separatorBytes
    if (offset < 0) throw corrupt('the search tree points before the data')
    return this.#decoder.valueAt(offset)
  }
}

function masked(words: IpWords, prefix: number): IpWords {
  if (words.length === 1) return [maskedWord(words[0], prefix)]
  const [a, b, c, d] = words
  return [maskedWord(a, prefix), maskedWord(b, prefix - 32), maskedWord(c, prefix - 64), maskedWord(d, prefix - 96)]
}

/** Networks below ::/96 are those of version 4. */
function networkText(words: readonly number[], depth: number): string {
  const [a = 0, b = 0, c = 0, d = 0] = words
  if (words.length === 1) return `${ipText([a])}/${depth}`
  if (depth >= 96 && a === 0 && b === 0 && c === 0) return `${ipText([d])}/${depth - 96}`
  return `${ipText([a, b, c, d])}/${depth}`
}
