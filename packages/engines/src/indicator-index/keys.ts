import type { IndicatorType } from '@watchfloor/contracts/intel'
import { ipWordsOf, networkOf } from './canonical/ip.ts'
import { urlKey } from './canonical/url.ts'
import type { Fingerprint } from './fingerprint.ts'

/** Addresses and networks are kept whole; a network of each family is a table of its own. */
export const tableNames = [
  'ipv4',
  'ipv6',
  'cidr4',
  'cidr6',
  'domain',
  'url',
  'email',
  'file-name',
  'md5',
  'sha1',
  'sha256',
  'ja3',
  'ja4',
  'user-agent',
  'registry-key',
] as const
export type TableName = (typeof tableNames)[number]

/** How hits are told from what only looks alike; see `IndicatorIndexBuilder`. */
export type Confirmation = 'inside' | 'by-store'

/** Words of 32 bits that a key takes. */
export const wordsOf = (table: TableName, confirmation: Confirmation): number =>
  confirmation === 'inside' ? exactWords[table] : Math.min(exactWords[table], addressTables.has(table) ? 5 : 2)

const exactWords: Readonly<Record<TableName, number>> = {
  ipv4: 1,
  ipv6: 4,
  cidr4: 2,
  cidr6: 5,
  md5: 4,
  ja3: 4,
  sha1: 5,
  sha256: 8,
  domain: 2,
  url: 2,
  email: 2,
  'file-name': 2,
  ja4: 2,
  'user-agent': 2,
  'registry-key': 2,
}
const addressTables: ReadonlySet<TableName> = new Set(['ipv4', 'ipv6', 'cidr4', 'cidr6'])

/** Tables whose keys are fingerprints, so that a hit says nothing before the text was compared. */
export const textTables: ReadonlySet<TableName> = new Set([
  'domain',
  'url',
  'email',
  'file-name',
  'ja4',
  'user-agent',
  'registry-key',
])

export const maxKeyWords = 8

/** What a canonical value is compared by: the value itself, of a URL what stands behind the scheme. */
export const comparedText = (type: IndicatorType, value: string): string => (type === 'url' ? urlKey(value) : value)

/** Writes the key of a canonical value. @returns its table, or undefined when the value is not canonical */
export function keyInto(
  type: IndicatorType,
  value: string,
  fingerprint: Fingerprint,
  key: Uint32Array,
): TableName | undefined {
  switch (type) {
    case 'ipv4':
    case 'ipv6': {
      const words = ipWordsOf(value)
      if (!words) return undefined
      key.set(words)
      return words.length === 1 ? 'ipv4' : 'ipv6'
    }
    case 'cidr': {
      const network = networkOf(value)
      if (!network) return undefined
      key.set(network.words)
      key[network.words.length] = network.prefix
      return network.words.length === 1 ? 'cidr4' : 'cidr6'
    }
    case 'md5':
    case 'sha1':
    case 'sha256':
    case 'ja3':
      return digestInto(value, key) === exactWords[type] ? type : undefined
    case 'domain':
    case 'file-name':
      fingerprint.backward(value, key)
      return type
    case 'url':
      fingerprint.forward(urlKey(value), key)
      return type
    case 'email':
    case 'ja4':
    case 'user-agent':
    case 'registry-key':
      fingerprint.forward(value, key)
      return type
  }
}

/** Writes a digest's words. @returns how many, 0 when it is none */
export function digestInto(hex: string, key: Uint32Array): number {
  const words = hex.length >>> 3
  if (words > maxKeyWords || words << 3 !== hex.length) return 0
  for (let word = 0; word < words; word++) {
    let value = 0
    for (let at = word * 8; at < word * 8 + 8; at++) {
      const digit = digitOf(hex.charCodeAt(at))
      if (digit < 0) return 0
      value = (value << 4) | digit
    }
    key[word] = value
  }
  return words
}

function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const lower = code | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}
