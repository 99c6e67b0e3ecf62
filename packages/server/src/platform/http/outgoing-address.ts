import ipaddr from 'ipaddr.js'

const globalUnicast = ipaddr.parseCIDR('2000::/3')
/** Answers on it are the cloud's own: Azure's virtual host address lies outside every reserved range. */
const metadataAddresses = new Set(['168.63.129.16'])

export type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

/** @throws Error when a text is no network in CIDR notation */
export function parseNetworks(texts: readonly string[]): readonly Network[] {
  return texts.map((text) => {
    if (!ipaddr.isValidCIDR(text)) throw new Error(`${JSON.stringify(text)} is no network such as 10.0.0.0/8`)
    return ipaddr.parseCIDR(text)
  })
}

function within(address: ipaddr.IPv4 | ipaddr.IPv6, network: Network): boolean {
  return address.kind() === network[0].kind() && address.match(network as [ipaddr.IPv4, number] & [ipaddr.IPv6, number])
}

/**
 * Why an address that data chose must not be called; undefined when it lies on the public internet.
 * Judges what an address leads to: v4-mapped ones as IPv4, and translated ones (NAT64, 6to4, Teredo) not at all.
 * @param allowed networks an administrator opened for data
 */
export function addressFault(text: string, allowed: readonly Network[] = []): string | undefined {
  const bare = text.replace(/^\[|\]$/g, '')
  if (!ipaddr.isValid(bare)) return 'no address'
  const address = ipaddr.process(bare)
  if (allowed.some((network) => within(address, network))) return undefined
  if (metadataAddresses.has(address.toString())) return 'a cloud metadata address'
  const range = address.range()
  if (range !== 'unicast') return `a ${range} address`
  if (address.kind() === 'ipv6' && !within(address, globalUnicast)) return 'outside the global unicast addresses'
  return undefined
}
