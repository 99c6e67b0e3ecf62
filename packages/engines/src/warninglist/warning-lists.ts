import type { IndicatorType } from '@watchfloor/contracts/intel'
import type { RE2JS } from 're2js'
import type { CanonicalIndicator } from '../indicator-index/canonical/canonical.ts'
import { ipWordsOf, networkOf } from '../indicator-index/canonical/ip.ts'
import { canonicalUrl, urlKey } from '../indicator-index/canonical/url.ts'
import { IndicatorIndex, type IndicatorMatch } from '../indicator-index/indicator-index.ts'
import { comparedText } from '../indicator-index/keys.ts'
import { type CompiledWarningLists, entryKindOf } from './compile.ts'
import { compileListPattern } from './list-pattern.ts'
import { SubstringIndex } from './substrings.ts'

export interface WarningListHit {
  /** Place of the list in the order in which they were compiled. */
  readonly list: number
  readonly entry: string
}

/** A value that no indicator of ours is, such as a SHA-512: only strings, substrings and expressions can cover it. */
export interface OtherValue {
  readonly type: 'other'
  readonly value: string
}

/** Says which lists cover a value. */
export class WarningLists {
  readonly #index: IndicatorIndex
  readonly #compiled: CompiledWarningLists
  readonly #topLevels: ReadonlyMap<string, readonly number[]>
  readonly #texts: ReadonlyMap<string, readonly number[]>
  readonly #substrings: SubstringIndex
  readonly #patterns: readonly { list: number; text: string; pattern: RE2JS }[]

  constructor(compiled: CompiledWarningLists) {
    this.#compiled = compiled
    this.#index = new IndicatorIndex(compiled.index)
    this.#topLevels = listsByText(compiled.topLevels)
    this.#texts = listsByText(compiled.texts)
    this.#substrings = new SubstringIndex(compiled.substrings)
    this.#patterns = compiled.patterns.flatMap(({ list, pattern }) => {
      const made = compileListPattern(pattern)
      return made ? [{ list, text: pattern, pattern: made }] : []
    })
  }

  /** Each list once, with the entry that covers the value: the most specific of them. */
  covering(of: CanonicalIndicator | OtherValue): WarningListHit[] {
    const hits = new Map<number, string>()
    const tell = (list: number, entry: string) => {
      const { appliesTo } = this.#compiled.lists[list]!
      if (hits.has(list)) return
      if (appliesTo.length === 0 || of.type === 'other' || appliesTo.includes(of.type)) hits.set(list, entry)
    }
    const text = of.value.toLowerCase()
    if (of.type !== 'other') {
      for (const match of this.#indexed(of)) if (this.#isMeant(match, of)) tell(entryKindOf(match.row).list, match.key)
      const topLevel = topLevelOf(of)
      for (const list of this.#topLevels.get(topLevel) ?? []) tell(list, topLevel)
    }
    for (const list of this.#texts.get(text) ?? []) tell(list, text)
    for (const { list, text: part } of this.#substrings.within(text)) tell(list, part)
    for (const { list, text: shown, pattern } of this.#patterns) if (pattern.matcher(of.value).find()) tell(list, shown)
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
        host(hostOf(type, value))
        break
      case 'email':
        index.exact('email', value, 0, found)
        host(hostOf(type, value))
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
        index.digest(type, value, 0, found)
        break
      case 'ja3':
        // Lists do not say of what a digest of that length is.
        index.digest('ja3', value, 0, found)
        index.digest('md5', value, 0, found)
        break
      case 'ja4':
      case 'user-agent':
        index.exact(type, value, 0, found)
        break
    }
    return found.sort((a, b) => b.key.length - a.key.length)
  }

  /**
   * A list of networks covers a network that lies within one of them. A list of strings covers just these; of a URL also its host, where the
   * list says that it speaks of URLs.
   */
  #isMeant(match: IndicatorMatch, { type, value }: CanonicalIndicator): boolean {
    if (match.type === 'cidr') return type !== 'cidr' || networkOf(match.key)!.prefix <= networkOf(value)!.prefix
    if (type === 'cidr') return false
    const { list, withBelow } = entryKindOf(match.row)
    const { type: listType, appliesTo } = this.#compiled.lists[list]!
    if (withBelow || listType !== 'string' || match.key === comparedText(type, value)) return true
    return type === 'url' && appliesTo.includes('url') && match.key === hostOf(type, value)
  }
}

function listsByText(parts: readonly { list: number; text: string }[]): Map<string, number[]> {
  const lists = new Map<string, number[]>()
  for (const { list, text } of parts) {
    const others = lists.get(text)
    if (others) others.push(list)
    else lists.set(text, [list])
  }
  return lists
}

/** The name or address within a value that has one; else ''. */
function hostOf(type: IndicatorType, value: string): string {
  if (type === 'url') return canonicalUrl(value)?.host ?? ''
  if (type === 'email') return value.slice(value.lastIndexOf('@') + 1)
  return type === 'domain' ? value : ''
}

function topLevelOf({ type, value }: CanonicalIndicator): string {
  const host = hostOf(type, value)
  return host.slice(host.lastIndexOf('.') + 1)
}
