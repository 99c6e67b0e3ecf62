import { createHmac } from 'node:crypto'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const stepMs = 30_000

function fromBase32(text: string): Buffer {
  let bits = ''
  for (const letter of text.replace(/[\s=]/g, '').toUpperCase()) {
    const value = alphabet.indexOf(letter)
    if (value < 0) throw new Error(`not base32: ${letter}`)
    bits += value.toString(2).padStart(5, '0')
  }
  return Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [])
}

/**
 * What an authenticator shows at an instant: six digits.
 * @source RFC 6238 with HMAC-SHA-1 and steps of 30 s; RFC 4226 section 5.3
 */
export function totpAt(secret: string, atMs: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / stepMs)))
  const digest = createHmac('sha1', fromBase32(secret)).update(counter).digest()
  const offset = digest[digest.length - 1]! & 15
  const number = digest.readUInt32BE(offset) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

/** What it shows in the step after this one; a server accepts no code twice. */
export const nextTotp = (secret: string, nowMs: number): string => totpAt(secret, nowMs + stepMs)
