import { type IndicatorType, maxIndicatorLength } from '@watchfloor/contracts/intel'
import { refang } from './defang.ts'
import { hostNameOf } from './domain.ts'
import { ipText, ipWordsOf, networkOf, networkText } from './ip.ts'
import { filePathOf, registryPathOf } from './path.ts'
import { canonicalUrl } from './url.ts'

/** A value that can be indexed: its type (an address may have been written as a network of one) and its one spelling. */
export interface CanonicalIndicator {
  readonly type: IndicatorType
  readonly value: string
}

/** Why a value is none, in words for whoever wrote it. */
export interface IndicatorProblem {
  readonly problem: string
}

/** Networks wider than these cover parts of the internet that nobody means. */
const widestPrefix = { v4: 8, v6: 16 }

const digestLengths: Readonly<Partial<Record<IndicatorType, number>>> = { md5: 32, sha1: 40, sha256: 64, ja3: 32 }
const hex = /^[0-9a-f]+$/
/** @source FoxIO JA4: a_b_c, of the TLS client, server (JA4S), HTTP (JA4H) and certificate (JA4X) */
const ja4 = /^[a-z0-9]{7,12}_[0-9a-f]{4,12}_[0-9a-f]{12}(?:_[0-9a-f]{12})?$/

/**
 * The one spelling of a value, in which it is kept, compared and shown. Defanged input, upper case, dots at the end, international
 * names and percent-encoding come to the same.
 */
export function canonicalIndicator(type: IndicatorType, input: string): CanonicalIndicator | IndicatorProblem {
  if (input.length > maxIndicatorLength * 2) return { problem: `longer than ${maxIndicatorLength} characters` }
  const text = input.trim()
  if (text === '') return { problem: 'empty' }
  if (/[\p{Cc}\p{Cs}]/u.test(text)) return { problem: 'holds control characters' }
  const read = readAs(type, text)
  if ('problem' in read) return read
  return read.value.length > maxIndicatorLength ? { problem: `longer than ${maxIndicatorLength} characters` } : read
}

function readAs(type: IndicatorType, text: string): CanonicalIndicator | IndicatorProblem {
  switch (type) {
    case 'ipv4':
    case 'ipv6':
      return addressOf(refang(text).replace(/^\[(.*)\]$/, '$1'), type)
    case 'cidr':
      return cidrOf(refang(text))
    case 'domain':
      return domainOf(refang(text))
    case 'url': {
      const url = canonicalUrl(refang(text))
      return url ? { type, value: url.text } : { problem: `"${shown(text)}" is no URL` }
    }
    case 'email':
      return emailOf(refang(text))
    case 'file-name':
      return valueOr(type, filePathOf(text), `"${shown(text)}" names no file`)
    case 'registry-key':
      return valueOr(type, registryPathOf(text), `"${shown(text)}" is no key below a hive such as HKLM`)
    case 'user-agent':
      return { type, value: text }
    case 'ja4':
      return valueOr(type, ja4.test(text.toLowerCase()) ? text.toLowerCase() : undefined, `"${shown(text)}" is no JA4`)
    case 'md5':
    case 'sha1':
    case 'sha256':
    case 'ja3':
      return digestOf(type, text.toLowerCase())
  }
}

const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text)

const valueOr = (type: IndicatorType, value: string | undefined, problem: string) =>
  value === undefined ? { problem } : { type, value }

function digestOf(type: IndicatorType, text: string): CanonicalIndicator | IndicatorProblem {
  const length = digestLengths[type]
  return text.length === length && hex.test(text)
    ? { type, value: text }
    : { problem: `"${shown(text)}" is not ${length} hexadecimal digits` }
}

function addressOf(text: string, type: IndicatorType): CanonicalIndicator | IndicatorProblem {
  if (text.includes('/')) return cidrOf(text)
  const words = ipWordsOf(text)
  if (!words) return { problem: `"${shown(text)}" is no ${type === 'ipv4' ? 'IPv4' : 'IPv6'} address` }
  return { type: words.length === 1 ? 'ipv4' : 'ipv6', value: ipText(words) }
}

/** A network of a single address is that address. */
function cidrOf(text: string): CanonicalIndicator | IndicatorProblem {
  const network = networkOf(text)
  if (!network) return { problem: `"${shown(text)}" is no network such as 203.0.113.0/24` }
  const v4 = network.words.length === 1
  if (network.prefix === (v4 ? 32 : 128)) return { type: v4 ? 'ipv4' : 'ipv6', value: ipText(network.words) }
  const widest = v4 ? widestPrefix.v4 : widestPrefix.v6
  if (network.prefix < widest)
    return { problem: `${networkText(network)} covers too much of the internet; the widest is /${widest}` }
  return { type: 'cidr', value: networkText(network) }
}

function domainOf(text: string): CanonicalIndicator | IndicatorProblem {
  const name = hostNameOf(text)
  if (name === undefined) return { problem: `"${shown(text)}" is no domain name` }
  return name.includes('.')
    ? { type: 'domain', value: name }
    : { problem: `"${name}" is a single label, which would cover everything below it` }
}

function emailOf(text: string): CanonicalIndicator | IndicatorProblem {
  const value = emailAddressOf(text)
  return value === undefined ? { problem: `"${shown(text)}" is no e-mail address` } : { type: 'email', value }
}

/** `"Somebody" <A@Example.org>` and `mailto:a@example.org` are both `a@example.org`; undefined when it is no address. */
export function emailAddressOf(text: string): string | undefined {
  const open = text.lastIndexOf('<')
  const inner = open >= 0 && text.endsWith('>') ? text.slice(open + 1, -1) : text
  const address = inner.replace(/^mailto:/i, '').trim()
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at).toLowerCase()
  const host = at < 1 ? undefined : hostNameOf(address.slice(at + 1))
  if (!host || local.length > 64 || /[\s<>,;:]/.test(local)) return undefined
  return `${local}@${host}`
}
