/** An address as the index compares it: one 32-bit word, or four, most significant first. */
export type IpWords = readonly [number] | readonly [number, number, number, number]

const dot = 46
const zero = 48

/** The address of four decimal numbers, or undefined. Leading zeros are refused: some read them as octal. */
export function ipv4Of(text: string): number | undefined {
  const { length } = text
  if (length < 7 || length > 15) return undefined
  let word = 0
  let part = -1
  let dots = 0
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at)
    if (code === dot) {
      if (part < 0 || ++dots > 3) return undefined
      word = (word << 8) | part
      part = -1
      continue
    }
    const digit = code - zero
    if (digit < 0 || digit > 9 || part === 0) return undefined
    part = part < 0 ? digit : part * 10 + digit
    if (part > 255) return undefined
  }
  return dots === 3 && part >= 0 ? ((word << 8) | part) >>> 0 : undefined
}

/** The address in any of the spellings of RFC 4291, a zone (`%eth0`) left out, or undefined. */
export function ipv6Of(text: string): readonly [number, number, number, number] | undefined {
  const zone = text.indexOf('%')
  const address = zone < 0 ? text : text.slice(0, zone)
  if (address.length < 2 || address.length > 45 || !address.includes(':')) return undefined
  const halves = address.split('::')
  if (halves.length > 2) return undefined
  const head = groupsOf(halves[0] as string)
  const tail = halves.length === 2 ? groupsOf(halves[1] as string) : []
  if (!head || !tail) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail]
  const word = (at: number) => (((groups[at] as number) << 16) | (groups[at + 1] as number)) >>> 0
  return [word(0), word(2), word(4), word(6)]
}

function groupsOf(text: string): number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  if (parts.length > 8) return undefined
  const groups: number[] = []
  for (const [at, part] of parts.entries()) {
    if (at === parts.length - 1 && part.includes('.')) {
      const v4 = ipv4Of(part)
      if (v4 === undefined) return undefined
      groups.push(v4 >>> 16, v4 & 0xffff)
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(part)) return undefined
      groups.push(Number.parseInt(part, 16))
    }
  }
  return groups
}

/** The words of an address of either family; `::ffff:a.b.c.d` is the IPv4 address that it stands for. */
export function ipWordsOf(text: string): IpWords | undefined {
  const v4 = ipv4Of(text)
  if (v4 !== undefined) return [v4]
  const v6 = ipv6Of(text)
  if (v6 && v6[0] === 0 && v6[1] === 0 && v6[2] === 0xffff) return [v6[3]]
  return v6
}

const ipv4Text = (word: number): string => `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`

/** Written as RFC 5952 wants it: lower case, the longest run of zeros left out. */
export function ipText(words: IpWords): string {
  if (words.length === 1) return ipv4Text(words[0])
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff])
  let best = { at: -1, length: 1 }
  for (let at = 0; at < 8; ) {
    let length = 0
    while (at + length < 8 && groups[at + length] === 0) length++
    if (length > best.length) best = { at, length }
    at += Math.max(1, length)
  }
  const hex = groups.map((group) => group.toString(16))
  if (best.at < 0) return hex.join(':')
  return `${hex.slice(0, best.at).join(':')}::${hex.slice(best.at + best.length).join(':')}`
}

/** A network: its address with the bits behind the prefix cleared. */
export interface Network {
  readonly words: IpWords
  readonly prefix: number
}

/** The words with all bits behind the first `prefix` cleared. */
export function maskedWord(word: number, prefix: number): number {
  if (prefix <= 0) return 0
  return prefix >= 32 ? word >>> 0 : (word & (-1 << (32 - prefix))) >>> 0
}

/** The network of `address/prefix`, or undefined. Bits behind the prefix may be set and are cleared. */
export function networkOf(text: string): Network | undefined {
  const slash = text.indexOf('/')
  if (slash < 0) return undefined
  const words = ipWordsOf(text.slice(0, slash))
  const digits = text.slice(slash + 1)
  if (!words || !/^\d{1,3}$/.test(digits)) return undefined
  const mapped = words.length === 1 && text.includes(':')
  const prefix = Number(digits) - (mapped ? 96 : 0)
  if (prefix < 0 || prefix > words.length * 32) return undefined
  if (words.length === 1) return { words: [maskedWord(words[0], prefix)], prefix }
  const [a, b, c, d] = words
  return {
    words: [maskedWord(a, prefix), maskedWord(b, prefix - 32), maskedWord(c, prefix - 64), maskedWord(d, prefix - 96)],
    prefix,
  }
}

export const networkText = ({ words, prefix }: Network): string => `${ipText(words)}/${prefix}`
