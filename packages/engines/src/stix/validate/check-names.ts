/**
 * Checks of what the specification advises, by the numbers and names under which OASIS's `stix2-validator` knows them. Numbers of one digit and the
 * names `all-vocabs`, `all-external-sources` stand for groups.
 */
export const checkNumbers = {
  'custom-prefix': 101,
  'custom-prefix-lax': 102,
  'uuid-check': 103,
  'open-vocab-format': 111,
  'kill-chain-names': 121,
  'observable-object-keys': 141,
  'observable-dictionary-keys': 142,
  'malware-analysis-product': 143,
  'windows-process-priority-format': 149,
  'hash-length': 150,
  'marking-definition-type': 201,
  'relationship-types': 202,
  'duplicate-ids': 203,
  'attack-motivation': 211,
  'attack-resource-level': 212,
  'identity-class': 213,
  'indicator-types': 214,
  'industry-sector': 215,
  'malware-types': 216,
  'report-types': 218,
  'threat-actor-types': 219,
  'threat-actor-role': 220,
  'threat-actor-sophistication': 221,
  'tool-types': 222,
  region: 223,
  'grouping-context': 225,
  'implementation-languages': 226,
  'infrastructure-types': 227,
  'malware-capabilities': 228,
  'processor-architecture': 230,
  'malware-result': 231,
  'hash-algo': 241,
  'windows-pebinary-type': 243,
  'account-type': 244,
  'indicator-pattern-types': 245,
  'mime-type': 271,
  protocols: 272,
  ipfix: 273,
  'http-request-headers': 274,
  'socket-options': 275,
  'pdf-doc-info': 276,
  countries: 277,
  'network-traffic-ports': 301,
  'extref-hashes': 302,
  'indicator-properties': 303,
  'deprecated-properties': 304,
  'extension-description': 305,
  'extension-properties': 306,
  'extensions-use': 401,
  /** With `strictTypes` alone. */
  'strict-types': 0,
  /** With `strictProperties` alone. */
  'strict-properties': 0,
  /** An object says another version than the one it is judged by. */
  'spec-version': 0,
} as const

export type CheckName = keyof typeof checkNumbers

const names = Object.keys(checkNumbers) as readonly CheckName[]
const between = (from: number, to: number): readonly CheckName[] =>
  names.filter((name) => checkNumbers[name] >= from && checkNumbers[name] <= to)

const groups: Readonly<Record<string, readonly CheckName[]>> = {
  all: names,
  'format-checks': between(101, 199),
  1: between(101, 199),
  'approved-values': between(201, 299),
  2: between(201, 299),
  'all-vocabs': between(211, 269),
  210: between(211, 269),
  'all-external-sources': between(270, 289),
  270: between(270, 289),
}

/** The checks that a name or a number stands for; nothing when there is none. */
export function checksNamed(nameOrNumber: string): readonly CheckName[] | undefined {
  if (Object.hasOwn(groups, nameOrNumber)) return groups[nameOrNumber]
  const found = names.filter((name) => name === nameOrNumber || String(checkNumbers[name] || '-') === nameOrNumber)
  return found.length === 0 ? undefined : found
}
