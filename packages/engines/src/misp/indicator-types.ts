import type { IndicatorType } from '@watchfloor/contracts/intel'

const addresses = ['ipv4', 'ipv6', 'cidr'] as const

/**
 * What indicators the values of an attribute are here; of one with two values (`filename|md5`), of each of them in turn. Types of attributes
 * that no indicator has are left out.
 */
const typesByPart: Readonly<Record<string, readonly IndicatorType[]>> = {
  'ip-src': addresses,
  'ip-dst': addresses,
  ip: addresses,
  domain: ['domain'],
  hostname: ['domain'],
  url: ['url'],
  uri: ['url'],
  link: ['url'],
  email: ['email'],
  'email-src': ['email'],
  'email-dst': ['email'],
  'email-reply-to': ['email'],
  'target-email': ['email'],
  'whois-registrant-email': ['email'],
  'dns-soa-email': ['email'],
  filename: ['file-name'],
  'email-attachment': ['file-name'],
  attachment: ['file-name'],
  md5: ['md5'],
  sha1: ['sha1'],
  sha256: ['sha256'],
  'ja3-fingerprint-md5': ['ja3'],
  'ja4-plus': ['ja4'],
  'user-agent': ['user-agent'],
  'http-user-agent': ['user-agent'],
  regkey: ['registry-key'],
}
/** Second values that say no more than the first. */
const saysNothing = new Set(['port', 'value'])

/** The types of indicators for each value of an attribute, in order; none where a value is no indicator. */
export function indicatorTypesOf(attributeType: string): readonly (readonly IndicatorType[])[] {
  if (attributeType === 'malware-sample') return [['file-name'], ['md5']]
  return attributeType.split('|').map((part) => (saysNothing.has(part) ? [] : (typesByPart[part] ?? [])))
}
