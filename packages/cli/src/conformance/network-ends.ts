/** First and last address of a network, by arithmetic other than the engine's. */
export function networkEnds(network: string): string[] {
  const { first, last, bits } = rangeOf(network)
  return [textOf(first, bits), textOf(last, bits)]
}

/** The addresses right before and behind a network, where there are any. */
export function outsideOf(network: string): string[] {
  const { first, last, bits } = rangeOf(network)
  const outside = []
  if (first > 0n) outside.push(textOf(first - 1n, bits))
  if (last + 1n < 1n << BigInt(bits)) outside.push(textOf(last + 1n, bits))
  return outside
}

function rangeOf(network: string): { first: bigint; last: bigint; bits: number } {
  const [address = '', prefix] = network.split('/')
  const bits = address.includes(':') ? 128 : 32
  const free = BigInt(bits - Number(prefix ?? bits))
  const first = (numberOf(address) >> free) << free
  return { first, last: first + (1n << free) - 1n, bits }
}

function numberOf(address: string): bigint {
  if (!address.includes(':')) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const behind = tail === undefined ? [] : groups(tail)
  const zeros = new Array<string>(8 - groups(head).length - behind.length).fill('0')
  return [...groups(head), ...zeros, ...behind].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
}

function textOf(address: bigint, bits: number): string {
  const width = bits === 32 ? 8n : 16n
  const parts = Array.from({ length: bits / Number(width) }, (_, n) => {
    const shift = BigInt(bits) - width * BigInt(n + 1)
    return (address >> shift) & ((1n << width) - 1n)
  })
  return bits === 32 ? parts.join('.') : parts.map((part) => part.toString(16)).join(':')
}
