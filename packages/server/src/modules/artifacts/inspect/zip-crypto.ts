import { createCipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let n = 0; n < 8; n++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value >>> 0
})

const crcStep = (crc: number, byte: number): number => (crc >>> 8) ^ crcTable[(crc ^ byte) & 0xff]!

/** The old cipher of ZIP. It protects nothing; it keeps scanners and people from opening a file by accident. @source APPNOTE 6.1 */
export class ZipCrypto {
  #a = 0x12345678
  #b = 0x23456789
  #c = 0x34567890

  constructor(password: string) {
    for (const byte of Buffer.from(password)) this.#update(byte)
  }

  #update(byte: number): void {
    this.#a = crcStep(this.#a, byte)
    this.#b = (Math.imul(this.#b + (this.#a & 0xff), 134775813) + 1) | 0
    this.#c = crcStep(this.#c, this.#b >>> 24)
  }

  #mask(): number {
    const two = (this.#c | 2) & 0xffff
    return (Math.imul(two, two ^ 1) >>> 8) & 0xff
  }

  encrypt(plain: Uint8Array): Buffer {
    const sealed = Buffer.allocUnsafe(plain.length)
    for (let at = 0; at < plain.length; at++) {
      sealed[at] = plain[at]! ^ this.#mask()
      this.#update(plain[at]!)
    }
    return sealed
  }

  decrypt(sealed: Uint8Array): Buffer {
    const plain = Buffer.allocUnsafe(sealed.length)
    for (let at = 0; at < sealed.length; at++) {
      const byte = sealed[at]! ^ this.#mask()
      plain[at] = byte
      this.#update(byte)
    }
    return plain
  }
}

const saltBytes: Readonly<Record<number, number>> = { 1: 8, 2: 12, 3: 16 }
const macBytes = 10

/** AES as WinZip and 7-Zip write it; undefined when the password is another or the bytes are changed. @source WinZip AE-2 */
export function decryptWinZip(sealed: Uint8Array, strength: number, password: string): Buffer | undefined {
  const salt = saltBytes[strength]
  if (salt === undefined || sealed.length < salt + 2 + macBytes) return undefined
  const keyBytes = salt * 2
  const derived = pbkdf2Sync(password, sealed.subarray(0, salt), 1000, keyBytes * 2 + 2, 'sha1')
  if (!timingSafeEqual(derived.subarray(keyBytes * 2), sealed.subarray(salt, salt + 2))) return undefined
  const body = sealed.subarray(salt + 2, sealed.length - macBytes)
  const mac = createHmac('sha1', derived.subarray(keyBytes, keyBytes * 2))
    .update(body)
    .digest()
  if (!timingSafeEqual(mac.subarray(0, macBytes), sealed.subarray(sealed.length - macBytes))) return undefined
  // Counter mode, but the counter is little-endian and begins with 1: its blocks are made here.
  const counters = Buffer.alloc(Math.ceil(body.length / 16) * 16)
  for (let block = 0; block * 16 < counters.length; block++) counters.writeUInt32LE(block + 1, block * 16)
  const cipher = createCipheriv(`aes-${keyBytes * 8}-ecb`, derived.subarray(0, keyBytes), null).setAutoPadding(false)
  const stream = cipher.update(counters)
  const plain = Buffer.allocUnsafe(body.length)
  for (let at = 0; at < body.length; at++) plain[at] = body[at]! ^ stream[at]!
  return plain
}
