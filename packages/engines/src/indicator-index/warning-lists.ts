import type { IndicatorType, WarningListType } from '@watchfloor/contracts/intel'
import { RE2JS } from 're2js'
import { IndicatorIndexBuilder } from './builder.ts'
import type { CanonicalIndicator } from './canonical/canonical.ts'
import { canonicalIndicator } from './canonical/canonical.ts'
import { readIndicator } from './canonical/guess.ts'
import { ipWordsOf, networkOf } from './canonical/ip.ts'
import { canonicalUrl, urlKey } from './canonical/url.ts'
import type { IndicatorIndexParts } from './index-parts.ts'
import { IndicatorIndex, type IndicatorMatch } from './indicator-index.ts'
import { comparedText } from './keys.ts'

/** A list as it is compiled; its place in the order is what it is named by. */
export interface WarningListText {
  readonly type: WarningListType
  /** Types of indicators that it speaks of; all when empty. */
  readonly appliesTo: readonly IndicatorType[]
  readonly entries: readonly string[]
}

/** Lists as they travel between threads. */
export interface CompiledWarningLists {
  readonly index: IndicatorIndexParts
  readonly lists: readonly { readonly type: WarningListType; readonly appliesTo: readonly IndicatorType[] }[]
  readonly substrings: readonly { readonly list: number; readonly text: string }[]
  readonly patterns: readonly { readonly list: number; readonly pattern: string }[]
}

const maxPatterns = 2000
const maxPatternLength = 2000

/** Compiles lists into an index. Entries that are no value of a type that is matched say nothing here and are passed over. */
export function compileWarningLists(lists: readonly WarningListText[]): CompiledWarningLists {
  const builder = new IndicatorIndexBuilder({ confirmation: 'inside', seed: 0x57a7, shared: true })
  const substrings: { list: number; text: string }[] = []
  const patterns: { list: number; pattern: string }[] = []
  for (const [list, { type, entries }] of lists.entries())
    for (const entry of entries) {
      if (type === 'substring') substrings.push({ list, text: entry.toLowerCase() })
      else if (type === 'regex') {
        if (patterns.length < maxPatterns && compilePattern(entry)) patterns.push({ list, pattern: entry })
      } else {
        const read = readEntry(type, entry)
        if (!('problem' in read)) builder.add({ ...read, row: list, expiryMinute: 0 })
      }
    }
  return {
    index: builder.finish(),
    lists: lists.map(({ type, appliesTo }) => ({ type, appliesTo })),
    substrings,
    patterns,
  }
}

function readEntry(type: 'cidr' | 'hostname' | 'string', entry: string): ReturnType<typeof readIndicator> {
  if (type === 'cidr') return canonicalIndicator(entry.includes('/') ? 'cidr' : 'ipv4', entry)
  if (type === 'hostname') return canonicalIndicator('domain', entry.replace(/^\./, ''))
  return readIndicator(entry)
}

/** `/pattern/i` as lists write it, or the bare pattern; undefined when it cannot be compiled. */
function compilePattern(entry: string): RE2JS | undefined {
  if (entry.length > maxPatternLength) return undefined
  const delimited = /^\/(.*)\/([a-z]*)$/s.exec(entry)
  const flags = delimited?.[2]?.includes('i') === false ? 0 : RE2JS.CASE_INSENSITIVE
  try {
    return RE2JS.compile(delimited?.[1]?.replaceAll('\\/', '/') ?? entry, flags)
  } catch {
    return undefined
  }
}

export interface WarningListHit {
  /** Place of the list in the order in which they were compiled. */
  readonly list: number
  readonly entry: string
}

/** Says which lists cover a value. */
export class WarningLists {
  readonly #index: IndicatorIndex
  readonly #compiled: CompiledWarningLists
  readonly #patterns: readonly { list: number; text: string; pattern: RE2JS }[]

  constructor(compiled: CompiledWarningLists) {
    this.#compiled = compiled
    this.#index = new IndicatorIndex(compiled.index)
    this.#patterns = compiled.patterns.flatMap(({ list, pattern }) => {
      const made = compilePattern(pattern)
      return made ? [{ list, text: pattern, pattern: made }] : []
    })
  }

  /** Each list once, with the entry that covers the value. */
  covering(indicator: CanonicalIndicator): WarningListHit[] {
    const hits = new Map<number, string>()
    const tell = (list: number, entry: string) => {
      const { appliesTo } = this.#compiled.lists[list]!
      if (!hits.has(list) && (appliesTo.length === 0 || appliesTo.includes(indicator.type))) hits.set(list, entry)
    }
    for (const match of this.#indexed(indicator)) if (this.#isMeant(match, indicator)) tell(match.row, match.key)
    const text = indicator.value.toLowerCase()
    for (const { list, text: part } of this.#compiled.substrings) if (text.includes(part)) tell(list, part)
    for (const { list, text: shown, pattern } of this.#patterns)
      if (pattern.matcher(indicator.value).find()) tell(list, shown)
    return [...hits].map(([list, entry]) => ({ list, entry }))
  }

  #indexed({ type, value }: CanonicalIndicator): IndicatorMatch[] {
    const found: IndicatorMatch[] = []
    const index = this.#index
    const host = (name: string) => {
      const words = ipWordsOf(name)
      if (words) index.ip(words, 0, found)
      else index.domain(name, 0, found)
    }
    switch (type) {
      case 'ipv4':
      case 'ipv6':
      case 'domain':
        host(value)
        break
      case 'cidr':
        index.ip(networkOf(value)!.words, 0, found)
        break
      case 'url':
        index.url(urlKey(value), 0, found)
        host(canonicalUrl(value)?.host ?? '')
        break
      case 'email':
        index.exact('email', value, 0, found)
        host(value.slice(value.lastIndexOf('@') + 1))
        break
      case 'file-name':
        index.filePath(value, 0, found)
        break
      case 'registry-key':
        index.registry(value, 0, found)
        break
      case 'md5':
      case 'sha1':
      case 'sha256':
      case 'ja3':
        index.digest(type, value, 0, found)
        break
      case 'ja4':
      case 'user-agent':
        index.exact(type, value, 0, found)
        break
    }
    return found
  }

  /** A list of strings covers just these; a list of networks covers a network that lies within one of them. */
  #isMeant(match: IndicatorMatch, { type, value }: CanonicalIndicator): boolean {
    if (match.type === 'cidr') return type !== 'cidr' || networkOf(match.key)!.prefix <= networkOf(value)!.prefix
    if (type === 'cidr') return false
    return this.#compiled.lists[match.row]!.type !== 'string' || match.key === comparedText(type, value)
  }
}
