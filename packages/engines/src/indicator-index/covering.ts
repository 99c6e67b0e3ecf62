import type { IndicatorType } from '@watchfloor/contracts/intel'
import type { CanonicalIndicator } from './canonical/canonical.ts'
import { type IpWords, ipText, ipWordsOf, maskedWord, networkOf, networkText } from './canonical/ip.ts'
import { canonicalUrl, urlKey } from './canonical/url.ts'

const maxParts = 48

/**
 * Every indicator that would meet a value: itself, domains above it, networks around it, URLs without its query and folders above
 * it, of a URL or an e-mail address its host. What the index finds by fingerprint, written out for a database to look up.
 */
export function coveringIndicators({ type, value }: CanonicalIndicator): CanonicalIndicator[] {
  switch (type) {
    case 'ipv4':
    case 'ipv6':
      return [{ type, value }, ...networksAround(ipWordsOf(value), 128)]
    case 'cidr': {
      const network = networkOf(value)
      return network ? networksAround(network.words, network.prefix) : []
    }
    case 'domain':
      return domainsAbove(value)
    case 'email':
      return [{ type, value }, ...hostAbove(value.slice(value.lastIndexOf('@') + 1))]
    case 'url':
      return [...urlsAbove(value), ...hostAbove(canonicalUrl(value)?.host ?? '')]
    case 'file-name':
      return suffixes(value, '/', 1).map((suffix) => ({ type, value: suffix }))
    case 'registry-key':
      return registryKeysAbove(value)
    default:
      return [{ type, value }]
  }
}

function hostAbove(host: string): CanonicalIndicator[] {
  const words = ipWordsOf(host)
  if (words) return coveringIndicators({ type: words.length === 1 ? 'ipv4' : 'ipv6', value: ipText(words) })
  return domainsAbove(host)
}

const domainsAbove = (name: string): CanonicalIndicator[] =>
  suffixes(name, '.', 2).map((value) => ({ type: 'domain', value }))

/** The ends of a text that begin behind a separator and have at least so many parts; the text itself. */
function suffixes(text: string, separator: string, minParts: number): string[] {
  const found = [text]
  let parts = 1
  for (let at = text.lastIndexOf(separator); at >= 0 && parts <= maxParts; at = text.lastIndexOf(separator, at - 1)) {
    if (parts >= minParts && at + 1 < text.length) found.push(text.slice(at + 1))
    parts++
    if (at === 0) break
  }
  return found
}

function networksAround(words: IpWords | undefined, longest: number): CanonicalIndicator[] {
  if (!words) return []
  const found: CanonicalIndicator[] = []
  for (let prefix = Math.min(longest, words.length * 32 - 1); prefix >= 8; prefix--) {
    const masked = words.map((word, at) => maskedWord(word, prefix - at * 32))
    const network: IpWords = masked.length === 1 ? [masked[0]!] : [masked[0]!, masked[1]!, masked[2]!, masked[3]!]
    found.push({ type: 'cidr', value: networkText({ words: network, prefix }) })
  }
  return found
}

const schemes = ['http', 'https', 'ftp']

function urlsAbove(value: string): CanonicalIndicator[] {
  const key = urlKey(value)
  const query = key.indexOf('?')
  const path = query < 0 ? key : key.slice(0, query)
  const keys = new Set([key, path])
  let slashes = 0
  for (let at = path.indexOf('/'); at >= 0 && slashes <= maxParts; at = path.indexOf('/', at + 1))
    if (++slashes > 1) keys.add(path.slice(0, at + 1))
  const own = value.slice(0, value.length - key.length - 3)
  const all = schemes.includes(own) ? schemes : [own, ...schemes]
  return [...keys].flatMap((one) =>
    all.map((scheme): CanonicalIndicator => ({ type: 'url', value: `${scheme}://${one}` })),
  )
}

function registryKeysAbove(path: string): CanonicalIndicator[] {
  const type: IndicatorType = 'registry-key'
  const parts = path.split('\\')
  const found: CanonicalIndicator[] = [{ type, value: path }]
  for (let length = Math.min(parts.length - 1, maxParts); length >= 3; length--)
    found.push({ type, value: parts.slice(0, length).join('\\') })
  return found
}
