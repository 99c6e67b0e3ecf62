import type { IndicatorType } from '@watchfloor/contracts/intel'
import { canonicalIndicator } from '../indicator-index/canonical/canonical.ts'
import { ipv6Of } from '../indicator-index/canonical/ip.ts'
import { coinOf } from './coins.ts'
import { kindOfDottedName } from './dotted-names.ts'
import { trimmedKey, trimmedPath } from './paths.ts'

/** What a text holds besides indicators of ours: names of weaknesses and techniques, other digests, accounts of money. */
export const otherTextTypes = [
  'cve',
  'attack-technique',
  'attack-tactic',
  'sha224',
  'sha384',
  'sha512',
  'crypto-address',
] as const
export type TextIndicatorType = IndicatorType | (typeof otherTextTypes)[number]

/** A part of the text and what it is. */
export interface Scanned {
  readonly type: TextIndicatorType
  readonly value: string
  /** Characters of the match that belong to it; the rest is looked at again. */
  readonly length: number
}

/** Finds one kind. Every expression begins at the start of a word and has no choice of how to go on, so that a scan takes linear time. */
export interface Scanner {
  readonly pattern: RegExp
  readonly read: (found: RegExpMatchArray, context: { readonly isDefanged: boolean }) => Scanned | undefined
}

const canonical = (type: IndicatorType, text: string, length = text.length): Scanned | undefined => {
  const read = canonicalIndicator(type, text)
  return 'problem' in read ? undefined : { type: read.type, value: read.value, length }
}

const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

/** Without what ends the sentence, or a bracket that began before it. */
function trimmedUrl(found: string): string {
  const counts = new Map<string, number>()
  for (const char of found) counts.set(char, (counts.get(char) ?? 0) + 1)
  let end = found.length
  for (; end > 0; end--) {
    const last = found[end - 1]!
    const opening = pairs[last]
    const isUnpaired = opening !== undefined && counts.get(last)! > (counts.get(opening) ?? 0)
    if (!isUnpaired && !/[.,;:!?'"*_~]/.test(last)) break
    counts.set(last, counts.get(last)! - 1)
  }
  return found.slice(0, end)
}

function readUrl([found]: RegExpMatchArray): Scanned | undefined {
  const trimmed = trimmedUrl(found!)
  const meant = trimmed
    .replace(/^h(?:xx|tt|\*\*)p/i, 'http')
    .replace(/^fxp/i, 'ftp')
    .replace(/^meow/i, 'http')
  return canonical('url', meant, trimmed.length)
}

const digestTypes: Readonly<Record<number, TextIndicatorType>> = {
  32: 'md5',
  40: 'sha1',
  56: 'sha224',
  64: 'sha256',
  96: 'sha384',
  128: 'sha512',
}

function readDigest([found]: RegExpMatchArray): Scanned | undefined {
  const type = digestTypes[found!.length]
  const value = found!.toLowerCase()
  if (type === undefined || new Set(value).size < 4) return undefined
  return { type, value, length: value.length }
}

function readNumbers(found: RegExpMatchArray): Scanned | undefined {
  const before = found.input!.slice(Math.max(0, found.index! - 12), found.index)
  if (/\b(?:version|build|release|ver\.?)\s*$/i.test(before)) return undefined
  return canonical(found[0].includes('/') ? 'cidr' : 'ipv4', found[0])
}

function readIpv6([found]: RegExpMatchArray): Scanned | undefined {
  const trimmed = found!.replace(/[:.]$/, '')
  const address = trimmed.endsWith(':') ? `${trimmed}:` : trimmed
  const [bare = ''] = address.split('/')
  if (bare.split(':').filter((group) => group !== '').length < 2 || !ipv6Of(bare)) return undefined
  return canonical(address.includes('/') ? 'cidr' : 'ipv6', address, Math.min(address.length, found!.length))
}

function readDotted([found]: RegExpMatchArray, { isDefanged }: { readonly isDefanged: boolean }): Scanned | undefined {
  const kind = kindOfDottedName(found!, { isDefanged })
  return kind === undefined ? undefined : canonical(kind, found!)
}

const readPath =
  (separator: '\\' | '/') =>
  ([found]: RegExpMatchArray): Scanned | undefined => {
    const path = trimmedPath(found!, separator)
    return path.lastIndexOf(separator) < 3 ? undefined : canonical('file-name', path, path.length)
  }

/** In the order in which they have the say over a part of the text. */
export const scanners: readonly Scanner[] = [
  {
    pattern:
      /(?<![A-Za-z0-9+.-])(?:h(?:tt|xx|\*\*)ps?|meow|ftps?|sftp|fxp|wss?|tcp|udp|rtsp|ldaps?):\/\/[^\s<>"`{}|\\^]{1,2048}/gi,
    read: readUrl,
  },
  {
    pattern:
      /(?<![A-Za-z0-9.!#$%&'*+/=?^_`{|}~-])[A-Za-z0-9!#$%&*+/=?^_{|}~-](?:[A-Za-z0-9.!#$%&*+/=?^_{|}~-]{0,63})@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}(?![\p{L}\p{N}-])/gu,
    read: ([found]) => canonical('email', found!),
  },
  {
    pattern: /(?<![A-Za-z0-9_\\])(?:HKEY_[A-Z_]{4,25}|HK(?:LM|CU|U|CR|CC))(?:\\[^\\\r\n"'<>|*?;,:]{1,120}){1,30}/gi,
    read: ([found]) => {
      const key = trimmedKey(found!)
      return canonical('registry-key', key, key.length)
    },
  },
  {
    pattern: /(?<![A-Za-z0-9_\\])(?:[A-Za-z]:|%[A-Za-z_()]{2,30}%)(?:\\[^\\\r\n"'<>|*?;,:]{1,120}){1,30}/g,
    read: readPath('\\'),
  },
  {
    pattern:
      /(?<![\p{L}\p{N}._~:/\\-])\/(?:bin|boot|dev|etc|home|lib|lib64|mnt|opt|private|proc|root|run|sbin|srv|sys|tmp|usr|var|Applications|Library|Users)\/[^\s"'<>|*?;,:()[\]{}]{1,400}/gu,
    read: ([found]) => {
      const path = found!.replace(/[.,;:!?/]+$/, '')
      return canonical('file-name', path, path.length)
    },
  },
  { pattern: /(?<![A-Za-z0-9])[0-9A-Fa-f]{32,128}(?![A-Za-z0-9])/g, read: readDigest },
  {
    pattern: /(?<![A-Za-z0-9])CVE[-\u2010-\u2013](\d{4})[-\u2010-\u2013](\d{4,7})(?!\d)/gi,
    read: ([found, year, number]) => ({ type: 'cve', value: `CVE-${year}-${number}`, length: found!.length }),
  },
  {
    pattern: /(?<![A-Za-z0-9_.-])T(\d{4})(?:\.(\d{3}))?(?![A-Za-z0-9_-])/g,
    read: ([found]) => ({ type: 'attack-technique', value: found!, length: found!.length }),
  },
  {
    pattern: /(?<![A-Za-z0-9_.-])TA\d{4}(?![A-Za-z0-9_-])/g,
    read: ([found]) => ({ type: 'attack-tactic', value: found!, length: found!.length }),
  },
  {
    pattern:
      /(?<![A-Za-z0-9])(?:0x[0-9a-fA-F]{40}|[bB][cC]1[A-Za-z0-9]{8,87}|[1348][1-9A-HJ-NP-Za-km-z]{25,94})(?![A-Za-z0-9])/g,
    read: ([found]) => (coinOf(found!) ? { type: 'crypto-address', value: found!, length: found!.length } : undefined),
  },
  { pattern: /(?<![\p{L}\p{N}_.-])\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?(?![\p{L}\p{N}_-]|\.\d)/gu, read: readNumbers },
  {
    pattern: /(?<![\p{L}\p{N}_:.-])[0-9A-Fa-f:]{2,39}(?:\.\d{1,3}){0,3}(?:\/\d{1,3})?(?![\p{L}\p{N}_-])/gu,
    read: readIpv6,
  },
  {
    pattern:
      /(?<![\p{L}\p{N}_.@\\-])[\p{L}\p{N}_][\p{L}\p{N}_-]{0,62}(?:\.[\p{L}\p{N}_-]{1,63}){1,10}(?![\p{L}\p{N}_-])/gu,
    read: readDotted,
  },
]
