import ipaddr from 'ipaddr.js'
import { text } from './literal.ts'

const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])'
const MAPPED_PREFIX = '00000000000000000000ffff'

/** SQL functions over the text of an address, made once in each connection (in memory: a full disk must not keep the store from opening). Anything that is no address becomes NULL. */
export const addressMacros: readonly string[] = [
  // 192.0.2.1 → c0000201
  `CREATE OR REPLACE TEMP MACRO v4_hex(address) AS CASE WHEN regexp_full_match(address, '${OCTET}(?:\\.${OCTET}){3}')
    THEN printf('%02x%02x%02x%02x', split_part(address, '.', 1)::INT, split_part(address, '.', 2)::INT,
      split_part(address, '.', 3)::INT, split_part(address, '.', 4)::INT) END`,
  // One side of "::" with its groups as four hex digits each; a v4 tail becomes two groups.
  `CREATE OR REPLACE TEMP MACRO v6_side(side) AS CASE WHEN side = '' THEN '' ELSE
    array_to_string(list_transform(string_split(side, ':'), lambda part:
      CASE WHEN contains(part, '.') THEN v4_hex(part) ELSE lpad(part, 4, '0') END), '') END`,
  // 2001:db8::1 → 20010db8000000000000000000000001; a zone (%eth0) is left out. Lambdas name what would be written out again and again.
  `CREATE OR REPLACE TEMP MACRO v6_hex(address) AS list_transform([lower(split_part(address, '%', 1))], lambda a:
    CASE WHEN regexp_full_match(a, '(?:[0-9a-f]{0,4}:){2,8}(?:[0-9a-f]{0,4}|${OCTET}(?:\\.${OCTET}){3})') AND NOT regexp_matches(a, '::.*::|:::')
    THEN list_transform([[v6_side(split_part(a, '::', 1)), v6_side(split_part(a, '::', 2))]], lambda side:
      CASE WHEN length(side[1]) + length(side[2]) = CASE WHEN contains(a, '::') THEN least(length(side[1]) + length(side[2]), 28) ELSE 32 END
      THEN side[1] || repeat('0', 32 - length(side[1]) - length(side[2])) || side[2] END)[1] END)[1]`,
]

const hexOf = (bytes: readonly number[]): string => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** First and last address of a network as hex digits. */
function bounds(bytes: readonly number[], bits: number): { first: string; last: string } {
  const masks = bytes.map((_, at) => (0xff << (8 - Math.max(0, Math.min(8, bits - at * 8)))) & 0xff)
  return {
    first: hexOf(bytes.map((byte, at) => byte & masks[at]!)),
    last: hexOf(bytes.map((byte, at) => byte | (~masks[at]! & 0xff))),
  }
}

/**
 * SQL: whether the text `value` is an address within a network. A v4 address written as v6 (::ffff:192.0.2.1) counts as v4.
 * A network that cannot be read matches nothing.
 */
export function inNetwork(value: string, network: string): string {
  if (!ipaddr.isValidCIDR(network)) return 'false'
  const [base, bits] = ipaddr.parseCIDR(network)
  const { first, last } = bounds(base.toByteArray(), bits)
  const between = (hex: string) => `${hex} BETWEEN ${text(first)} AND ${text(last)}`
  const mapped = `starts_with(hex, '${MAPPED_PREFIX}')`
  const asV6 = (test: string) => `list_transform([v6_hex(${value})], lambda hex: ${test})[1]`
  // Most values are no v6 addresses at all, and a colon tells.
  return base.kind() === 'ipv4'
    ? `CASE WHEN contains(${value}, ':') THEN ${asV6(`${mapped} AND ${between('right(hex, 8)')}`)} ELSE ${between(`v4_hex(${value})`)} END`
    : `CASE WHEN contains(${value}, ':') THEN ${asV6(`NOT ${mapped} AND ${between('hex')}`)} ELSE false END`
}
