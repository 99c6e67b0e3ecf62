import { sha256 } from '@noble/hashes/sha2.js'

export type CoinKind = 'bitcoin' | 'ethereum' | 'monero'

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

/** The currency whose address a word is, by its checksum where it has one. */
export function coinOf(word: string): CoinKind | undefined {
  if (/^0x[0-9a-fA-F]{40}$/.test(word)) return 'ethereum'
  if (/^bc1[02-9ac-hj-np-z]{8,87}$/.test(word.toLowerCase())) return isBech32(word) ? 'bitcoin' : undefined
  if (/^[13][1-9A-HJ-NP-Za-km-z]{25,34}$/.test(word)) return isBase58Check(word) ? 'bitcoin' : undefined
  return /^[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}$/.test(word) ? 'monero' : undefined
}

/** @source Bitcoin, Base58Check: 21 bytes and the first four of their double SHA-256 */
function isBase58Check(word: string): boolean {
  let value = 0n
  for (const char of word) value = value * 58n + BigInt(base58.indexOf(char))
  const bytes = new Uint8Array(25)
  for (let at = 24; at >= 0; at--) {
    bytes[at] = Number(value & 255n)
    value >>= 8n
  }
  if (value !== 0n) return false
  const digest = sha256(sha256(bytes.subarray(0, 21)))
  return bytes.subarray(21).every((byte, n) => byte === digest[n])
}

/** @source BIP 173 and BIP 350: the checksum of bech32 is 1, that of bech32m another constant */
function isBech32(word: string): boolean {
  if (word !== word.toLowerCase() && word !== word.toUpperCase()) return false
  const text = word.toLowerCase()
  const values = [3, 3, 0, 2, 3, ...[...text.slice(3)].map((char) => bech32.indexOf(char))]
  let checksum = 1
  for (const value of values) {
    const top = checksum >>> 25
    checksum = ((checksum & 0x1ff_ffff) << 5) ^ value
    for (const [bit, generator] of [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].entries())
      if ((top >>> bit) & 1) checksum ^= generator
  }
  return checksum === 1 || checksum === 0x2bc830a3
}
