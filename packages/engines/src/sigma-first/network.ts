import ipaddr from 'ipaddr.js'

/** A network as its first address and the bits that count. */
export interface Network {
  readonly version: 4 | 6
  readonly bytes: readonly number[]
  readonly bits: number
}

/** Reads `10.0.0.0/8`, `fe80::/10`, or a single address. Host bits may be set. undefined when it is none of these. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', length, ...more] = text.trim().split('/')
  if (
    more.length > 0 ||
    !ipaddr.isValid(address) ||
    (!address.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(address))
  )
    return undefined
  const bytes = ipaddr.parse(address).toByteArray()
  const most = bytes.length * 8
  const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : -1
  return bits < 0 || bits > most ? undefined : { version: bytes.length === 4 ? 4 : 6, bytes, bits }
}

const dotted = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/

/** Whether a text is an address within the network. An IPv4 address written as `::ffff:a.b.c.d` counts as IPv4. */
export function addressInNetwork(text: string, network: Network): boolean {
  const bytes = addressBytes(text)
  if (!bytes || bytes.length !== network.bytes.length) return false
  const whole = network.bits >> 3
  for (let at = 0; at < whole; at++) if (bytes[at] !== network.bytes[at]) return false
  const rest = network.bits & 7
  if (rest === 0) return true
  const mask = (0xff << (8 - rest)) & 0xff
  return ((bytes[whole] ?? 0) & mask) === ((network.bytes[whole] ?? 0) & mask)
}

function addressBytes(text: string): readonly number[] | undefined {
  const four = dotted.exec(text)
  if (four) {
    const bytes = [Number(four[1]), Number(four[2]), Number(four[3]), Number(four[4])]
    return bytes.every((byte) => byte < 256) ? bytes : undefined
  }
  if (!text.includes(':') || text.length > 60) return undefined
  try {
    return ipaddr.process(text.split('%')[0] ?? '').toByteArray()
  } catch {
    return undefined
  }
}
