import { inflateRawSync } from 'node:zlib'
import { decryptWinZip, ZipCrypto } from './zip-crypto.ts'

export interface ZipEntry {
  /** As the archive has it; never to be used as a path. */
  readonly path: string
  readonly sizeBytes: number
  readonly packedBytes: number
  readonly isEncrypted: boolean
  readonly method: number
  readonly flags: number
  readonly crc: number
  readonly time: number
  readonly at: number
  readonly aesStrength: number
}

/** What malware is packed with, so that nobody opens it by accident. */
export const samplePassword = 'infected'

export class ArchiveFault extends Error {}

/** @throws ArchiveFault when it has no directory */
export function readZipDirectory(bytes: Buffer, maxEntries: number): { entries: ZipEntry[]; count: number } {
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  if (end < 0 || end + 22 > bytes.length || bytes.length - end > 66_000) throw new ArchiveFault('it has no directory')
  const count = bytes.readUInt16LE(end + 10)
  const entries: ZipEntry[] = []
  let at = bytes.readUInt32LE(end + 16)
  for (let n = 0; n < Math.min(count, maxEntries) && at + 46 <= bytes.length; n++) {
    if (bytes.readUInt32LE(at) !== 0x02014b50) break
    const [nameLength, extraLength, noteLength] = [28, 30, 32].map((place) => bytes.readUInt16LE(at + place)) as [
      number,
      number,
      number,
    ]
    const flags = bytes.readUInt16LE(at + 8)
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength)
    const aes = aesOf(extra)
    const method = bytes.readUInt16LE(at + 10)
    entries.push({
      path: nameOf(bytes.subarray(at + 46, at + 46 + nameLength)),
      isEncrypted: (flags & 1) !== 0,
      method: method === 99 && aes ? aes.method : method,
      aesStrength: method === 99 && aes ? aes.strength : 0,
      flags,
      time: bytes.readUInt16LE(at + 12),
      crc: bytes.readUInt32LE(at + 16),
      packedBytes: bytes.readUInt32LE(at + 20),
      sizeBytes: bytes.readUInt32LE(at + 24),
      at: bytes.readUInt32LE(at + 42),
    })
    at += 46 + nameLength + extraLength + noteLength
  }
  return { entries, count }
}

/** Many programs write UTF-8 without saying so. */
function nameOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return bytes.toString('latin1')
  }
}

function aesOf(extra: Buffer): { strength: number; method: number } | undefined {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2))
    if (extra.readUInt16LE(at) === 0x9901 && at + 11 <= extra.length)
      return { strength: extra.readUInt8(at + 8), method: extra.readUInt16LE(at + 9) }
  return undefined
}

/** @throws ArchiveFault with words for people; never gives more than `maxBytes` */
export function unpackZipEntry(bytes: Buffer, entry: ZipEntry, maxBytes: number): Buffer {
  const { at } = entry
  if (at + 30 > bytes.length || bytes.readUInt32LE(at) !== 0x04034b50) throw new ArchiveFault('damaged')
  const start = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28)
  if (start + entry.packedBytes > bytes.length) throw new ArchiveFault('cut off')
  const packed = decrypted(bytes.subarray(start, start + entry.packedBytes), entry)
  if (entry.method === 0) {
    if (packed.length > maxBytes) throw new ArchiveFault('larger than may be unpacked')
    return Buffer.from(packed)
  }
  if (entry.method !== 8) throw new ArchiveFault(`packed by method ${entry.method}, which is not known here`)
  try {
    // What its directory says of its size is not believed.
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, maxBytes) })
  } catch (error) {
    const { code } = error as { code?: string }
    throw new ArchiveFault(code === 'ERR_BUFFER_TOO_LARGE' ? 'larger than may be unpacked' : 'damaged')
  }
}

function decrypted(sealed: Buffer, entry: ZipEntry): Buffer {
  if (!entry.isEncrypted) return sealed
  const refused = new ArchiveFault(`encrypted, with another password than "${samplePassword}"`)
  if (entry.aesStrength > 0) {
    const plain = decryptWinZip(sealed, entry.aesStrength, samplePassword)
    if (plain === undefined) throw refused
    return plain
  }
  const plain = new ZipCrypto(samplePassword).decrypt(sealed)
  const check = entry.flags & 8 ? entry.time >>> 8 : entry.crc >>> 24
  if (plain.length < 12 || plain[11] !== check) throw refused
  return plain.subarray(12)
}
