import type { IndicatorType } from '@watchfloor/contracts/intel'
import { type IpWords, ipText, maskedWord, networkText } from './canonical/ip.ts'
import { Fingerprint } from './fingerprint.ts'
import type { IndicatorIndexParts } from './index-parts.ts'
import { comparedText, digestInto, maxKeyWords, type TableName } from './keys.ts'
import { Table } from './table.ts'

/** An entry of the index that a value met. */
export interface IndicatorMatch {
  readonly type: IndicatorType
  /** What was met, as the index compares it: the domain above a name, the network around an address, a URL without its scheme. */
  readonly key: string
  readonly row: number
}

type TextTable = 'email' | 'ja4' | 'user-agent'
type DigestTable = 'md5' | 'sha1' | 'sha256' | 'ja3'

/** Prefixes and suffixes of one value that are looked up; names and paths have fewer, what has more is made to cost. */
const maxParts = 48

const dot = 46
const slash = 47
const question = 63
const backslash = 92

/** True when a match of an index built `by-store` is one: the stored value is what was met. */
export const isConfirmed = (match: IndicatorMatch, stored: { type: IndicatorType; value: string }): boolean =>
  match.type === stored.type && comparedText(stored.type, stored.value) === match.key

/** Finds indicators. Values are given in their canonical spelling; every look-up adds what it finds to `found`. */
export class IndicatorIndex {
  readonly count: number
  readonly #fingerprint: Fingerprint
  readonly #tables: Partial<Record<TableName, Table>> = {}
  readonly #prefixes4: readonly number[]
  readonly #prefixes6: readonly number[]
  readonly #key = new Uint32Array(maxKeyWords)
  readonly #rows: number[] = []

  constructor(parts: IndicatorIndexParts) {
    this.count = parts.count
    this.#fingerprint = new Fingerprint(parts.seed)
    for (const [name, table] of Object.entries(parts.tables)) this.#tables[name as TableName] = new Table(table)
    this.#prefixes4 = prefixesOf(this.#tables.cidr4)
    this.#prefixes6 = prefixesOf(this.#tables.cidr6)
  }

  /** Whether anything of the type is listed; asking for what is not costs nothing to skip. */
  has(type: IndicatorType): boolean {
    if (type === 'cidr') return this.#tables.cidr4 !== undefined || this.#tables.cidr6 !== undefined
    return this.#tables[type] !== undefined
  }

  /** The address itself, and every network around it. */
  ip(words: IpWords, nowMinute: number, found: IndicatorMatch[]): void {
    const key = this.#key
    const v4 = words.length === 1
    const exact = v4 ? this.#tables.ipv4 : this.#tables.ipv6
    if (exact) {
      this.#key.set(words)
      exact.find(this.#key, nowMinute, this.#rows)
      if (this.#rows.length > 0) this.#tell(v4 ? 'ipv4' : 'ipv6', ipText(words), found)
    }
    const networks = v4 ? this.#tables.cidr4 : this.#tables.cidr6
    if (!networks) return
    for (const prefix of v4 ? this.#prefixes4 : this.#prefixes6) {
      for (let word = 0; word < words.length; word++)
        this.#key[word] = maskedWord(words[word] as number, prefix - word * 32)
      this.#key[words.length] = prefix
      networks.find(this.#key, nowMinute, this.#rows)
      if (this.#rows.length === 0) continue
      this.#tell('cidr', networkText({ words: v4 ? [key[0]!] : [key[0]!, key[1]!, key[2]!, key[3]!], prefix }), found)
    }
  }

  /** The name, and every domain above it that has a dot. */
  domain(name: string, nowMinute: number, found: IndicatorMatch[]): void {
    const table = this.#tables.domain
    if (table) this.#suffixes(table, 'domain', name, dot, nowMinute, found)
  }

  /** The file, by its name, by any end of its path, and by the whole. */
  filePath(path: string, nowMinute: number, found: IndicatorMatch[]): void {
    const table = this.#tables['file-name']
    if (table) this.#suffixes(table, 'file-name', path, slash, nowMinute, found)
  }

  /** The URL, the same without its query, and every folder above it that is listed with a slash at its end; never the host alone. */
  url(key: string, nowMinute: number, found: IndicatorMatch[]): void {
    const table = this.#tables.url
    if (!table) return
    const fingerprint = this.#fingerprint
    fingerprint.begin()
    let slashes = 0
    let inPath = true
    let asked = -1
    for (let at = 0; at < key.length; at++) {
      const code = key.charCodeAt(at)
      if (inPath && code === question) {
        if (asked !== at) this.#ask(table, 'url', key, 0, at, nowMinute, found)
        inPath = false
      }
      fingerprint.add(code)
      if (inPath && code === slash && ++slashes > 1 && slashes <= maxParts) {
        asked = at + 1
        this.#ask(table, 'url', key, 0, asked, nowMinute, found)
      }
    }
    if (asked !== key.length) this.#ask(table, 'url', key, 0, key.length, nowMinute, found)
  }

  /** The key or value, and every key above it that is at least three deep. */
  registry(path: string, nowMinute: number, found: IndicatorMatch[]): void {
    const table = this.#tables['registry-key']
    if (!table) return
    const fingerprint = this.#fingerprint
    fingerprint.begin()
    let parts = 0
    for (let at = 0; at < path.length; at++) {
      const code = path.charCodeAt(at)
      if (code === backslash && ++parts > 2 && parts <= maxParts)
        this.#ask(table, 'registry-key', path, 0, at, nowMinute, found)
      fingerprint.add(code)
    }
    this.#ask(table, 'registry-key', path, 0, path.length, nowMinute, found)
  }

  /** The text as a whole. */
  exact(type: TextTable, text: string, nowMinute: number, found: IndicatorMatch[]): void {
    const table = this.#tables[type]
    if (!table) return
    this.#fingerprint.begin()
    for (let at = 0; at < text.length; at++) this.#fingerprint.add(text.charCodeAt(at))
    this.#ask(table, type, text, 0, text.length, nowMinute, found)
  }

  /** @param hex in lower case, of the length that the type has */
  digest(type: DigestTable, hex: string, nowMinute: number, found: IndicatorMatch[]): void {
    const table = this.#tables[type]
    if (!table || digestInto(hex, this.#key) === 0) return
    table.find(this.#key, nowMinute, this.#rows)
    if (this.#rows.length > 0) this.#tell(type, hex, found)
  }

  #suffixes(
    table: Table,
    type: 'domain' | 'file-name',
    text: string,
    separator: number,
    nowMinute: number,
    found: IndicatorMatch[],
  ): void {
    const fingerprint = this.#fingerprint
    fingerprint.begin()
    let parts = 0
    for (let at = text.length - 1; at >= 0; at--) {
      const code = text.charCodeAt(at)
      // What has no dot is a top-level domain, and never listed.
      if (code === separator && ++parts <= maxParts && (type !== 'domain' || parts > 1))
        this.#ask(table, type, text, at + 1, text.length, nowMinute, found)
      fingerprint.add(code)
    }
    this.#ask(table, type, text, 0, text.length, nowMinute, found)
  }

  /** Looks up the part of a text whose fingerprint was just computed. */
  #ask(
    table: Table,
    type: IndicatorType,
    text: string,
    from: number,
    to: number,
    nowMinute: number,
    found: IndicatorMatch[],
  ): void {
    this.#fingerprint.into(this.#key)
    table.find(this.#key, nowMinute, this.#rows, text, from, to)
    if (this.#rows.length > 0) this.#tell(type, text.slice(from, to), found)
  }

  #tell(type: IndicatorType, key: string, found: IndicatorMatch[]): void {
    for (const row of this.#rows) found.push({ type, key, row })
    this.#rows.length = 0
  }
}

/** The lengths of the prefixes that a table of networks holds, longest first. */
function prefixesOf(table: Table | undefined): number[] {
  if (!table) return []
  const { keys, words, count } = table.parts
  const lengths = new Set<number>()
  for (let entry = 0; entry < count; entry++) lengths.add(keys[entry * words + words - 1] as number)
  return [...lengths].sort((a, b) => b - a)
}
