import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { samplePassword } from './inspect/zip-archive.ts'
import { ZipCrypto } from './inspect/zip-crypto.ts'

export const crcOf = (parts: readonly Uint8Array[]): number => parts.reduce((crc, part) => crc32(part, crc), 0)

/** 1980-01-01, the first day that ZIP knows. */
const noDate = 0x21

/**
 * A ZIP archive with one stored, encrypted member (password `infected`): safe to hand on, understood everywhere. The content is read
 * twice, because its checksum stands before it.
 */
export async function* sampleZip(
  name: string,
  sizeBytes: number,
  content: () => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let crc = 0
  for await (const part of content()) crc = crc32(part, crc)
  const path = Buffer.from(name)
  const fields = fieldsOf(crc, sizeBytes, path.length)
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, path])
  yield local
  const cipher = new ZipCrypto(samplePassword)
  const head = randomBytes(12)
  head[11] = crc >>> 24
  yield cipher.encrypt(head)
  for await (const part of content()) yield cipher.encrypt(part)
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), fields, Buffer.alloc(14), path])
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(entry.length, 12)
  end.writeUInt32LE(local.length + 12 + sizeBytes, 16)
  yield Buffer.concat([entry, end])
}

/** What the header before a member and its entry in the directory share. */
function fieldsOf(crc: number, sizeBytes: number, nameLength: number): Buffer {
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(20, 0)
  // Encrypted; its name is UTF-8.
  fields.writeUInt16LE(0x801, 2)
  fields.writeUInt16LE(noDate, 8)
  fields.writeUInt32LE(crc, 10)
  fields.writeUInt32LE(sizeBytes + 12, 14)
  fields.writeUInt32LE(sizeBytes, 18)
  fields.writeUInt16LE(nameLength, 22)
  return fields
}
