import ipaddr from 'ipaddr.js'

/** A network of either family; IPv6 addresses that carry an IPv4 address count as that. */
export type Network =
  | { readonly version: 4; readonly base: number; readonly mask: number }
  | { readonly version: 6; readonly base: readonly number[]; readonly prefix: number }

/** Reads `10.0.0.0/8`, `2001:db8::/32` or a single address; `hostBits` tells that bits beyond the prefix were set. */
export function parseNetwork(text: string): { network: Network; hostBits: boolean } | undefined {
  const parts = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim())
  if (parts === null) return undefined
  const v4 = parseIpv4(parts[1]!)
  const prefix = parts[2] === undefined ? undefined : Number(parts[2])
  if (v4 >= 0) {
    if (prefix !== undefined && prefix > 32) return undefined
    const mask = (prefix ?? 32) === 0 ? 0 : (-1 << (32 - (prefix ?? 32))) >>> 0
    const base = (v4 & mask) >>> 0
    return { network: { version: 4, base, mask }, hostBits: base !== v4 }
  }
  const v6 = parseIpv6(parts[1]!)
  if (v6 === undefined || (prefix ?? 0) > 128) return undefined
  const base = masked(v6, prefix ?? 128)
  return { network: { version: 6, base, prefix: prefix ?? 128 }, hostBits: base.some((part, i) => part !== v6[i]) }
}

/** Rules ask whether one address is in any of many networks, one after the other. */
let lastText = ''
let lastV4 = -1
let lastV6: readonly number[] | undefined

function read(text: string): void {
  if (text === lastText) return
  lastText = text
  lastV6 = text.includes(':') ? parseIpv6(text) : undefined
  lastV4 = lastV6 === undefined ? parseIpv4(text) : mappedIpv4(lastV6)
}

/** Whether a text is an address within the network; anything else is not. */
export function isWithin(text: string, network: Network): boolean {
  read(text)
  if (network.version === 4) return lastV4 >= 0 && (lastV4 & network.mask) >>> 0 === network.base
  return lastV6 !== undefined && masked(lastV6, network.prefix).every((part, i) => part === network.base[i])
}

/** Four decimal numbers as one of 32 bits; -1 for anything else. Leading zeros are refused: some read them as octal. */
export function parseIpv4(text: string): number {
  if (text.length < 7 || text.length > 15) return -1
  let address = 0
  let part = -1
  let dots = 0
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit === -2) {
      if (part < 0 || ++dots > 3) return -1
      address = address * 256 + part
      part = -1
    } else if (digit < 0 || digit > 9 || part === 0) return -1
    else {
      part = part < 0 ? digit : part * 10 + digit
      if (part > 255) return -1
    }
  }
  return dots === 3 && part >= 0 ? address * 256 + part : -1
}

function parseIpv6(text: string): number[] | undefined {
  const address = text.split('%', 1)[0]!
  if (address.length > 45 || !address.includes(':') || !ipaddr.IPv6.isValid(address)) return undefined
  return ipaddr.IPv6.parse(address).parts
}

/** The IPv4 address that an IPv6 address carries; -1 for none. */
function mappedIpv4(parts: readonly number[]): number {
  if (parts[5] !== 0xffff || parts.slice(0, 5).some((part) => part !== 0)) return -1
  return parts[6]! * 65_536 + parts[7]!
}

const masked = (parts: readonly number[], prefix: number): number[] =>
  parts.map((part, i) => {
    const bits = Math.max(0, Math.min(16, prefix - i * 16))
    return part & (bits === 0 ? 0 : (0xffff << (16 - bits)) & 0xffff)
  })
