import type { TextForm } from '../definitions/property.ts'
import { characterSets } from '../registries/character-sets.ts'
import { mediaTypes } from '../registries/media-types.ts'
import { isCpe } from './cpe.ts'
import { isDomainName } from './domain-name.ts'
import { isLanguageTag, isLongLanguageCode } from './language-tag.ts'

interface FormRule {
  readonly holds: (text: string) => boolean
  readonly what: string
  readonly remedy: string
}

const MAX_SELECTOR_LENGTH = 4096
const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const IPV4 = new RegExp(`^(?:${OCTET}\\.){3}${OCTET}(?:/(?:3[0-2]|[12]?\\d))?$`)
const SELECTOR = /^(?:[a-z0-9_-]{3,249}(?:\.(?:\[\d+\]|[a-z0-9_-]{1,250}))*|id)$/

/** Forms of texts that the specification demands. */
export const textForms: Readonly<Record<TextForm, FormRule>> = {
  binary: { holds: isBase64, what: 'base64', remedy: 'write the bytes as base64 with padding' },
  hex: { holds: (text) => /^(?:[a-fA-F0-9]{2})+$/.test(text), what: 'hexadecimal', remedy: 'write two digits a byte' },
  url: { holds: isUri, what: 'a URI', remedy: 'write it as RFC 3986 says, with its scheme: https://example.com/a%20b' },
  ipv4: {
    holds: (text) => IPV4.test(text),
    what: 'an IPv4 address or network',
    remedy: 'write 198.51.100.7 or 198.51.100.0/24',
  },
  ipv6: { holds: isIpv6, what: 'an IPv6 address or network', remedy: 'write 2001:db8::1 or 2001:db8::/32' },
  mac: {
    holds: (text) => /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(text),
    what: 'a MAC address',
    remedy: 'write lower case, with colons: d2:fb:49:24:37:18',
  },
  domain: { holds: isDomainName, what: 'a domain name', remedy: 'write the name alone: www.example.com' },
  email: { holds: isEmailAddress, what: 'an e-mail address', remedy: 'write the address alone: a@example.com' },
  language: { holds: isLanguageTag, what: 'a language tag', remedy: 'write one of RFC 5646: en, pt-BR' },
  'language-or-iso639': {
    holds: (text) => isLanguageTag(text) || isLongLanguageCode(text),
    what: 'a language tag',
    remedy: 'write one of RFC 5646: en, pt-BR',
  },
  cpe: { holds: isCpe, what: 'a CPE name of version 2.3', remedy: 'write cpe:2.3: and eleven parts' },
  'registry-key': {
    holds: (text) => !/^(?:HKLM|HKCC|HKCR|HKCU|HKU)(?:\\|$)/i.test(text),
    what: 'a key with its hive in full',
    remedy: 'write HKEY_LOCAL_MACHINE for HKLM, and so on',
  },
  'relationship-type': {
    holds: (text) => /^[a-z0-9-]+$/.test(text),
    what: 'a type of relationship',
    remedy: 'use a-z, 0-9 and hyphens alone',
  },
  selector: {
    holds: (text) => text.length <= MAX_SELECTOR_LENGTH && SELECTOR.test(text),
    what: 'a selector',
    remedy: 'write properties and places in lists with dots between: external_references.[0].url',
  },
  charset: {
    holds: (text) => characterSets().has(text),
    what: 'a registered character set',
    remedy: 'use the preferred MIME name of the IANA registry: UTF-8, ISO-8859-1',
  },
  'media-type': {
    holds: (text) => mediaTypes().has(text.toLowerCase()),
    what: 'a registered media type',
    remedy: 'use one of the IANA registry: application/octet-stream',
  },
}

/** A loop, not an expression: payloads are long. */
export function isBase64(text: string): boolean {
  const { length } = text
  if (length % 4 !== 0) return false
  let end = length
  if (text.endsWith('==')) end -= 2
  else if (text.endsWith('=')) end -= 1
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i)
    const ok =
      (code >= 65 && code <= 90) ||
      (code >= 97 && code <= 122) ||
      (code >= 48 && code <= 57) ||
      code === 43 ||
      code === 47
    if (!ok) return false
  }
  return true
}

const URI_CHARACTERS = /^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*$/
const AUTHORITY = /^[^:]+:\/\/([^/?#]*)/
const HOST = /^(?:[^@[\]]*@)?(?:\[[0-9A-Fa-f:.]+\]|\[v[0-9A-Fa-f]+\.[^\]]+\]|[^@:[\]]*)(?::\d*)?$/

/** @source RFC 3986 */
export function isUri(text: string): boolean {
  if (!URI_CHARACTERS.test(text) || /%(?![0-9A-Fa-f]{2})/.test(text)) return false
  const afterFragment = text.indexOf('#')
  if (afterFragment >= 0 && text.includes('#', afterFragment + 1)) return false
  const [before = '', authority = ''] = AUTHORITY.exec(text) ?? []
  return HOST.test(authority) && !/[[\]]/.test(text.slice(before.length))
}

const MAX_LOCAL = 64
const ATOMS = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
const QUOTED = /^"(?:[^"\\\r\n]|\\.)*"$/

/** The address alone, without the name of a person. @source RFC 5322 section 3.4.1, RFC 6531 */
export function isEmailAddress(text: string): boolean {
  const at = text.lastIndexOf('@')
  const local = text.slice(0, at)
  if (at < 1 || local.length > MAX_LOCAL || !(ATOMS.test(local) || QUOTED.test(local))) return false
  const domain = text.slice(at + 1)
  return isDomainName(domain) || /^\[(?:IPv6:)?[0-9A-Fa-f:.]+\]$/.test(domain)
}

const IPV6_GROUP = /^[0-9A-Fa-f]{1,4}$/
const IPV6_GROUPS = 8

/** With or without a prefix length and a zone. @source RFC 4291 section 2.2 */
export function isIpv6(text: string): boolean {
  const slash = text.indexOf('/')
  if (slash >= 0 && !/^(?:12[0-8]|1[01]\d|[1-9]?\d)$/.test(text.slice(slash + 1))) return false
  const address = (slash >= 0 ? text.slice(0, slash) : text).replace(/%[^%\s]+$/, '')
  if (address.length > 45) return false
  const halves = address.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half, i) => (half === '' ? [] : countedGroups(half, i === halves.length - 1)))
  if (groups.includes(Number.NaN)) return false
  const count = groups.reduce((sum, one) => sum + one, 0)
  return halves.length === 2 ? count < IPV6_GROUPS : count === IPV6_GROUPS
}

/** 1 for a group, 2 for an IPv4 address at the end, NaN for anything else. */
function countedGroups(half: string, isLast: boolean): number[] {
  const parts = half.split(':')
  return parts.map((part, i) => {
    if (IPV6_GROUP.test(part)) return 1
    return isLast && i === parts.length - 1 && !part.includes('/') && IPV4.test(part) ? 2 : Number.NaN
  })
}
