import ipaddr from 'ipaddr.js'

/** An address or a network: the bits that count of an address. */
export interface AddressBlock {
  readonly bytes: readonly number[]
  readonly prefix: number
}

/** Reads `198.51.100.7`, `198.51.100.0/24`, `2001:db8::/32`; bits beyond the prefix do not count. */
export function parseAddressBlock(text: string): AddressBlock | undefined {
  if (text.length > 50) return undefined
  const parts = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(text)
  if (parts === null) return undefined
  const [, address = '', bits] = parts
  if (!(address.includes(':') ? ipaddr.IPv6.isValid(address) : ipaddr.IPv4.isValidFourPartDecimal(address)))
    return undefined
  const bytes = ipaddr.parse(address).toByteArray()
  const prefix = bits === undefined ? bytes.length * 8 : Number(bits)
  return prefix <= bytes.length * 8 ? { bytes, prefix } : undefined
}

/** Whether all addresses of one block are in the other. Families do not mix. */
export function containsBlock(outer: AddressBlock, inner: AddressBlock): boolean {
  if (outer.bytes.length !== inner.bytes.length || inner.prefix < outer.prefix) return false
  const whole = outer.prefix >> 3
  for (let i = 0; i < whole; i++) if (outer.bytes[i] !== inner.bytes[i]) return false
  const rest = outer.prefix & 7
  return rest === 0 || (outer.bytes[whole]! ^ inner.bytes[whole]!) >> (8 - rest) === 0
}
