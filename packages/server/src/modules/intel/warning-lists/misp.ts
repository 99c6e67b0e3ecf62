import type { IndicatorType, WarningListEffect } from '@watchfloor/contracts/intel'

/** Types of MISP attributes, and what indicators they are here. Types that no indicator has are left out. */
const typesByAttribute: Readonly<Record<string, readonly IndicatorType[]>> = {
  'ip-src': ['ipv4', 'ipv6', 'cidr'],
  'ip-dst': ['ipv4', 'ipv6', 'cidr'],
  'ip-src|port': ['ipv4', 'ipv6', 'cidr'],
  'ip-dst|port': ['ipv4', 'ipv6', 'cidr'],
  'domain|ip': ['domain', 'ipv4', 'ipv6', 'cidr'],
  domain: ['domain'],
  hostname: ['domain'],
  'hostname|port': ['domain'],
  url: ['url'],
  uri: ['url'],
  link: ['url'],
  email: ['email'],
  'email-src': ['email'],
  'email-dst': ['email'],
  'email-reply-to': ['email'],
  'whois-registrant-email': ['email'],
  'dns-soa-email': ['email'],
  filename: ['file-name'],
  'filename|md5': ['file-name', 'md5'],
  'filename|sha1': ['file-name', 'sha1'],
  'filename|sha256': ['file-name', 'sha256'],
  md5: ['md5'],
  sha1: ['sha1'],
  sha256: ['sha256'],
  'ja3-fingerprint-md5': ['ja3'],
  'user-agent': ['user-agent'],
  regkey: ['registry-key'],
}

/** The types of indicators that a list speaks of; empty: all. A list that speaks of none that we know is about none. */
export function appliesTo(attributes: readonly string[]): IndicatorType[] | 'none' {
  if (attributes.length === 0) return []
  const types = new Set(attributes.flatMap((attribute) => typesByAttribute[attribute] ?? []))
  return types.size === 0 ? 'none' : [...types]
}

/**
 * Lists of places that anybody can rent (clouds, dynamic names, shorteners, relays) or that are watched because they are misused. They say
 * where something is, not that it is harmless: keeping silent about a dropper behind a shortener would be wrong.
 */
const rentedOrMisused =
  /amazon-aws|azure|gcp|oci|cloudflare|fastly|stackpath|bunny|dynamic-dns|shortener|link-in-bio|lots-project|disposable|ipfs|vpn|parking|sinkhole|scann|whats-my-ip|findip|smtp-sending|tor-|public-dns-hostname|microsoft-attack-simulator|telegram/i

/** What a new list does until somebody says otherwise. */
export const firstEffect = (slug: string): WarningListEffect => (rentedOrMisused.test(slug) ? 'inform' : 'block')
