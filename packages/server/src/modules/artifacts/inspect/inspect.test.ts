import { deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crcOf, sampleZip } from '../quarantine-zip.ts'
import { inspect } from './inspect.ts'

interface Packed {
  readonly path: string
  readonly bytes: Buffer
  readonly claimedBytes?: number
}

/** A plain archive, made here so that it can also be a wrong one. */
function zipOf(files: readonly Packed[]): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { path, bytes, claimedBytes } of files) {
    const packed = deflateRawSync(bytes)
    const name = Buffer.from(path)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(8, 4)
    fields.writeUInt32LE(crcOf([bytes]), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(claimedBytes ?? bytes.length, 18)
    fields.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, name, packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(at, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), fields, tail, name]))
    locals.push(local)
    at += local.length
  }
  const entries = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(entries.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...locals, entries, end])
}

const text = Buffer.from('mississippi')

describe('looking into files', () => {
  it('finds what is packed in archives within archives, and keeps their names harmless', () => {
    const archive = zipOf([
      { path: '../../etc/passwd', bytes: text },
      { path: `${'x'.repeat(5000)}.gz`, bytes: gzipSync(zipOf([{ path: 'inner\u202e.txt', bytes: text }])) },
    ])
    const files = inspect(archive, 'outer.zip')
    expect(files.map(({ parent, type }) => [parent, type])).toEqual([
      [-1, 'zip'],
      [0, 'text'],
      [0, 'gzip'],
      [2, 'zip'],
      [3, 'text'],
    ])
    expect(files[4]).toMatchObject({ path: 'inner\ufffd.txt', sha256: files[1]?.sha256, sizeBytes: 11 })
    expect(files[2]?.path.length).toBe(500)
    expect(files[0]?.facts.archive).toMatchObject({ members: 2, unpackedMembers: 2, refused: [] })
  })

  it('says where an archive was left packed, as it is in too many others', () => {
    let nested: Buffer = text
    for (let depth = 0; depth < 30; depth++) nested = zipOf([{ path: 'inner.zip', bytes: nested }])
    const files = inspect(nested, 'outer.zip')
    expect(files).toHaveLength(5)
    expect(files.at(-1)?.facts.archive?.refused).toMatchObject([{ reason: expect.stringContaining('left packed') }])
  })

  it('refuses bombs: by what the directory says, and by what comes out', () => {
    const zeros = Buffer.alloc(40_000_000)
    expect(inspect(zipOf([{ path: 'a', bytes: zeros }]), 'a.zip')[0]?.facts.archive).toMatchObject({
      unpackedMembers: 0,
      refused: [{ reason: expect.stringContaining('zip bomb') }],
    })
    const lying = inspect(zipOf([{ path: 'a', bytes: zeros, claimedBytes: 10 }]), 'b.zip')
    expect(lying[0]?.facts.archive).toMatchObject({ refused: [{ path: 'a', reason: 'larger than may be unpacked' }] })
    expect(inspect(gzipSync(zeros), 'c.gz')[0]?.facts.archive?.refused).toHaveLength(1)
  })

  it('bounds how many files are unpacked of one artifact', () => {
    const many = zipOf(Array.from({ length: 1200 }, (_, n) => ({ path: `${n}`, bytes: text })))
    const files = inspect(many, 'many.zip')
    expect(files).toHaveLength(1001)
    expect(files[0]?.facts.archive).toMatchObject({ members: 1200, unpackedMembers: 1000 })
  })

  it('opens archives that are encrypted with the usual password', async () => {
    const parts: Uint8Array[] = []
    const content = () =>
      (async function* () {
        yield text
      })()
    for await (const part of sampleZip('sample.bin', text.length, content)) parts.push(part)
    const files = inspect(Buffer.concat(parts), 'sample.zip')
    expect(files[0]?.facts.archive).toMatchObject({ isEncrypted: true, unpackedMembers: 1 })
    expect(Buffer.from(files[1]?.bytes ?? []).toString()).toBe('mississippi')
  })

  it('never throws, whatever the bytes', () => {
    const archive = zipOf([
      { path: 'a.txt', bytes: text },
      { path: 'b.gz', bytes: gzipSync(text) },
    ])
    const tar = Buffer.alloc(2048)
    tar.write('name')
    tar.write('00000000013', 124)
    tar.write('0ustar', 156)
    for (const start of [archive, tar, gzipSync(text)])
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(start.length - 1), fc.nat(255)), { maxLength: 12 }),
          fc.nat(start.length),
          (changes, length) => {
            const bytes = Buffer.from(start)
            for (const [at, value] of changes) bytes[at] = value
            inspect(bytes.subarray(0, length), 'x')
          },
        ),
        { numRuns: 700 },
      )
  })
})
