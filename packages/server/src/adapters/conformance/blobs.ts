import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import type { Blobs } from '../../platform/blobs/blobs.ts'

export interface BlobsUnderTest {
  readonly blobs: Blobs
  /** Opens the same files again. */
  reopen(): Promise<Blobs>
  destroy(): Promise<void>
}

/** All of a content. */
export async function bytesOf(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Bytes that look like nothing and are always the same. */
export function pseudoBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let at = 0, state = length + 1; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}

async function* inChunks(bytes: Buffer, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
}

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const ROOM = { maxBytes: 10_000_000 }

/** What every blob store must do; run it on each adapter. */
export function blobsConformance(name: string, make: () => Promise<BlobsUnderTest>): void {
  describe(`blobs: ${name}`, () => {
    const opened: BlobsUnderTest[] = []
    const start = async () => {
      const under = await make()
      opened.push(under)
      return under
    }
    afterEach(async () => {
      for (const under of opened.splice(0)) await under.destroy()
    })

    it.each([0, 1, 1000, 262_143, 262_144, 262_145, 1_000_000])('gives %i bytes back as they came', async (length) => {
      const under = await start()
      const bytes = pseudoBytes(length)
      const info = await under.blobs.put(inChunks(bytes, 70_001), ROOM)
      expect(info).toEqual({ sha256: digestOf(bytes), sizeBytes: length })
      const blobs = await under.reopen()
      const found = await blobs.get(info.sha256)
      expect(found!.info).toEqual(info)
      expect((await bytesOf(found!.content)).equals(bytes)).toBe(true)
    })

    it('keeps the same content once', async () => {
      const { blobs } = await start()
      const bytes = pseudoBytes(5_000)
      const first = await blobs.put(bytes, ROOM)
      expect(await blobs.put(inChunks(bytes, 999), ROOM)).toEqual(first)
      const all = []
      for await (const info of blobs.list()) all.push(info)
      expect(all).toEqual([first])
    })

    it('refuses what is too large and keeps nothing of it', async () => {
      const { blobs } = await start()
      const bytes = pseudoBytes(600_000)
      await expect(blobs.put(inChunks(bytes, 64_000), { maxBytes: 599_999 })).rejects.toMatchObject({
        code: 'BODY_TOO_LARGE',
      })
      expect(await blobs.has(digestOf(bytes))).toBe(false)
      expect((await blobs.put(bytes, { maxBytes: 600_000 })).sizeBytes).toBe(600_000)
    })

    it('keeps nothing when its content breaks off', async () => {
      const { blobs } = await start()
      async function* breaking() {
        yield pseudoBytes(300_000)
        throw new Error('the sender went away')
      }
      await expect(blobs.put(breaking(), ROOM)).rejects.toThrow('the sender went away')
      for await (const info of blobs.list()) throw new Error(`kept ${info.sha256}`)
    })

    it('lists, deletes and no longer knows', async () => {
      const { blobs } = await start()
      const infos = []
      for (const length of [10, 20, 30]) infos.push(await blobs.put(pseudoBytes(length), ROOM))
      await blobs.delete(infos[1]!.sha256)
      await blobs.delete(infos[1]!.sha256)
      expect(await blobs.has(infos[0]!.sha256)).toBe(true)
      expect(await blobs.has(infos[1]!.sha256)).toBe(false)
      expect(await blobs.get(infos[1]!.sha256)).toBeUndefined()
      const sizes = []
      for await (const { sizeBytes } of blobs.list()) sizes.push(sizeBytes)
      expect(sizes.sort()).toEqual([10, 30])
    })

    it.each(['', '../../etc/passwd', 'A'.repeat(64), 'zz', `${'a'.repeat(64)}/..`])(
      'does not know %j, which is no digest',
      async (name) => {
        const { blobs } = await start()
        expect(await blobs.has(name)).toBe(false)
        expect(await blobs.get(name)).toBeUndefined()
        await blobs.delete(name)
      },
    )

    it('stores the same content from many senders at once', async () => {
      const { blobs } = await start()
      const bytes = pseudoBytes(300_000)
      const infos = await Promise.all(Array.from({ length: 8 }, () => blobs.put(inChunks(bytes, 50_000), ROOM)))
      expect(new Set(infos.map(({ sha256 }) => sha256)).size).toBe(1)
      expect((await bytesOf((await blobs.get(infos[0]!.sha256))!.content)).equals(bytes)).toBe(true)
    })

    it('answers a ping', async () => {
      await (await start()).blobs.ping()
    })
  })
}
