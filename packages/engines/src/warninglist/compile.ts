import type { IndicatorType, WarningListType } from '@watchfloor/contracts/intel'
import { IndicatorIndexBuilder } from '../indicator-index/builder.ts'
import { type CanonicalIndicator, canonicalIndicator } from '../indicator-index/canonical/canonical.ts'
import { hostNameOf } from '../indicator-index/canonical/domain.ts'
import { guessIndicatorType } from '../indicator-index/canonical/guess.ts'
import { ipText, ipWordsOf, networkOf, networkText } from '../indicator-index/canonical/ip.ts'
import type { IndicatorIndexParts } from '../indicator-index/index-parts.ts'
import { compileListPattern } from './list-pattern.ts'
import type { ListedPart } from './substrings.ts'

/** A list as it is compiled; its place in the order is what it is named by. */
export interface WarningListText {
  readonly type: WarningListType
  /** Types of indicators that it speaks of; all when empty. */
  readonly appliesTo: readonly IndicatorType[]
  readonly entries: readonly string[]
}

/** An entry that says nothing here, and why. */
export interface UnusableEntry {
  readonly list: number
  readonly entry: string
  readonly problem: string
}

/** Lists as they travel between threads. */
export interface CompiledWarningLists {
  readonly index: IndicatorIndexParts
  readonly lists: readonly { readonly type: WarningListType; readonly appliesTo: readonly IndicatorType[] }[]
  /** Names of a single label, such as `test`: they cover what ends with them. */
  readonly topLevels: readonly ListedPart[]
  /** Strings that are no indicator of ours, such as SHA-512. */
  readonly texts: readonly ListedPart[]
  readonly substrings: readonly ListedPart[]
  readonly patterns: readonly { readonly list: number; readonly pattern: string }[]
  /** The first of them; there may be more. */
  readonly unusable: readonly UnusableEntry[]
}

/** What the index gives back of an entry: its list, and whether a name covers all below it. */
export interface EntryKind {
  readonly list: number
  readonly withBelow: boolean
}
const indexRow = ({ list, withBelow }: EntryKind): number => list * 2 + Number(withBelow)
export const entryKindOf = (row: number): EntryKind => ({ list: row >>> 1, withBelow: (row & 1) === 1 })

const maxPatterns = 2000
const maxUnusableTold = 1000

/** Compiles lists into an index; what of them cannot be used is told. */
export function compileWarningLists(lists: readonly WarningListText[]): CompiledWarningLists {
  const compiler = new Compiler()
  for (const [list, { type, appliesTo, entries }] of lists.entries())
    for (const entry of entries) compiler.add(list, { type, appliesTo }, entry.trim())
  return compiler.finish(lists)
}

class Compiler {
  readonly #builder = new IndicatorIndexBuilder({ confirmation: 'inside', seed: 0x57a7, shared: true })
  readonly #topLevels: ListedPart[] = []
  readonly #texts: ListedPart[] = []
  readonly #substrings: ListedPart[] = []
  readonly #patterns: { list: number; pattern: string }[] = []
  readonly #unusable: UnusableEntry[] = []

  add(list: number, { type, appliesTo }: Omit<WarningListText, 'entries'>, entry: string): void {
    switch (type) {
      case 'cidr':
        this.#network(list, entry)
        break
      case 'hostname':
        this.#hostName(list, entry)
        break
      case 'string':
        // Lists of strings write `.example.org` for a name and all below it, as lists of host names do.
        if (/^\.[^./\s]+\.[^/\s]+$/.test(entry)) this.#hostName(list, entry)
        else this.#string(list, appliesTo, entry)
        break
      case 'substring':
        if (entry === '') this.#refuse(list, entry, 'empty: it is part of everything')
        else this.#substrings.push({ list, text: entry.toLowerCase() })
        break
      case 'regex':
        this.#pattern(list, entry)
        break
    }
  }

  #network(list: number, entry: string): void {
    const words = ipWordsOf(entry)
    // Lists may well be of networks that no indicator should be: the width has no limit here.
    const network = networkOf(entry)
    if (words) this.#indexed(list, { type: words.length === 1 ? 'ipv4' : 'ipv6', value: ipText(words) })
    else if (network) this.#indexed(list, { type: 'cidr', value: networkText(network) })
    else this.#refuse(list, entry, 'neither an address nor a network')
  }

  #hostName(list: number, entry: string): void {
    const name = hostNameOf(entry.replace(/^\./, ''))
    if (ipWordsOf(entry)) this.#network(list, entry)
    else if (name === undefined) this.#refuse(list, entry, 'no host name')
    else if (name.includes('.')) this.#indexed(list, { type: 'domain', value: name }, { withBelow: true })
    else this.#topLevels.push({ list, text: name })
  }

  /** The end of an SSDEEP looks like an address: what a list does not speak of is plain text. */
  #string(list: number, appliesTo: readonly IndicatorType[], entry: string): void {
    const type = guessIndicatorType(entry)
    const isMeant = type !== undefined && (appliesTo.length === 0 || appliesTo.includes(type))
    const read = isMeant ? canonicalIndicator(type, entry) : undefined
    if (read && !('problem' in read)) this.#indexed(list, read)
    else this.#texts.push({ list, text: entry.toLowerCase() })
  }

  #pattern(list: number, entry: string): void {
    if (this.#patterns.length >= maxPatterns) this.#refuse(list, entry, `more than ${maxPatterns} expressions`)
    else if (compileListPattern(entry)) this.#patterns.push({ list, pattern: entry })
    else this.#refuse(list, entry, 'no expression that can be compiled')
  }

  #indexed(list: number, { type, value }: CanonicalIndicator, { withBelow } = { withBelow: false }): void {
    this.#builder.add({ type, value, row: indexRow({ list, withBelow }), expiryMinute: 0 })
  }

  #refuse(list: number, entry: string, problem: string): void {
    if (this.#unusable.length < maxUnusableTold) this.#unusable.push({ list, entry: entry.slice(0, 200), problem })
  }

  finish(lists: readonly WarningListText[]): CompiledWarningLists {
    return {
      index: this.#builder.finish(),
      lists: lists.map(({ type, appliesTo }) => ({ type, appliesTo })),
      topLevels: this.#topLevels,
      texts: this.#texts,
      substrings: this.#substrings,
      patterns: this.#patterns,
      unusable: this.#unusable,
    }
  }
}
