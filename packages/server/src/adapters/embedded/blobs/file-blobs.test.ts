import { mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../platform/clock/clock.ts'
import { openCrypto } from '../../../platform/crypto/envelope.ts'
import { blobsConformance, bytesOf, pseudoBytes } from '../../conformance/blobs.ts'
import { smallDisk } from '../../conformance/small-disk.ts'
import { openFileBlobs } from './file-blobs.ts'

async function makeBlobs() {
  const root = await mkdtemp(join(tmpdir(), 'blobs-'))
  const folder = join(root, 'files')
  const crypto = await openCrypto({ folder: join(root, 'keys'), clock: systemClock })
  const reopen = () => openFileBlobs({ folder, crypto })
  return {
    folder,
    crypto,
    reopen,
    blobs: await reopen(),
    pathOf: (sha256: string) => join(folder, sha256.slice(0, 2), sha256),
    destroy: () => rm(root, { recursive: true, force: true }),
  }
}

blobsConformance('encrypted files', makeBlobs)

const ROOM = { maxBytes: 10_000_000 }

describe('encrypted files', () => {
  it('shows nothing of the content on disk', async () => {
    const under = await makeBlobs()
    const { sha256 } = await under.blobs.put(Buffer.from('a secret sentence '.repeat(1_000)), ROOM)
    expect((await readFile(under.pathOf(sha256))).includes('secret')).toBe(false)
    await under.destroy()
  })

  it('fails while reading a file in which any byte was changed', async () => {
    const under = await makeBlobs()
    const bytes = pseudoBytes(600_000)
    const { sha256 } = await under.blobs.put(bytes, ROOM)
    const file = await readFile(under.pathOf(sha256))
    const places = [
      0,
      3,
      4,
      100_000,
      262_150,
      262_160,
      262_170,
      262_184,
      file.length - 100,
      file.length - 9,
      file.length - 5,
      file.length - 1,
    ]
    for (const at of places) {
      const changed = Buffer.from(file)
      changed[at]! ^= 1
      await writeFile(under.pathOf(sha256), changed)
      const read = async () => bytesOf((await under.blobs.get(sha256))!.content)
      await expect(read(), `byte ${at}`).rejects.toThrow(/damaged/)
    }
    await writeFile(under.pathOf(sha256), file)
    expect((await bytesOf((await under.blobs.get(sha256))!.content)).equals(bytes)).toBe(true)
    await under.destroy()
  })

  it('fails on a file that was cut off, lost a frame, or stands in for another', async () => {
    const under = await makeBlobs()
    const [one, two] = [
      await under.blobs.put(pseudoBytes(600_000), ROOM),
      await under.blobs.put(pseudoBytes(600_001), ROOM),
    ]
    const file = await readFile(under.pathOf(one.sha256))
    const frame = 4 + 262_144 + 16
    const read = async () => bytesOf((await under.blobs.get(one.sha256))!.content)
    // Each is noticed before the wrong bytes are given out, not only by the digest at the end.
    const damages: [RegExp, Buffer[]][] = [
      [/its end/, [file.subarray(0, 300_000)]],
      [/frame 1/, [file.subarray(0, frame), file.subarray(2 * frame)]],
      [/frame 0/, [file.subarray(frame, 2 * frame), file.subarray(0, frame), file.subarray(2 * frame)]],
      [/frame 1/, [file.subarray(0, 2 * frame), file.subarray(600_000 + 3 * 20)]],
    ]
    for (const [what, parts] of damages) {
      await writeFile(under.pathOf(one.sha256), Buffer.concat(parts))
      await expect(read()).rejects.toThrow(what)
    }
    await truncate(under.pathOf(one.sha256), 0)
    await expect(read()).rejects.toThrow(/damaged/)
    await rename(under.pathOf(two.sha256), under.pathOf(one.sha256))
    await expect(read()).rejects.toThrow(/damaged/)
    await under.destroy()
  })

  it('reads what was written before the data key and the master key changed', async () => {
    const under = await makeBlobs()
    const { sha256 } = await under.blobs.put(pseudoBytes(1_000), ROOM)
    await under.crypto.rotateDataKey()
    await under.crypto.rotateMasterKey(new Uint8Array(32).fill(7))
    expect((await bytesOf((await under.blobs.get(sha256))!.content)).equals(pseudoBytes(1_000))).toBe(true)
    await under.destroy()
  })

  it('clears away what a killed process left behind', async () => {
    const under = await makeBlobs()
    await writeFile(join(under.folder, 'incoming', 'half-written'), 'x')
    await under.reopen()
    expect(await readdir(join(under.folder, 'incoming'))).toEqual([])
    await under.destroy()
  })

  it('keeps nothing of a file that the disk has no room for', async (context) => {
    const disk = await smallDisk(2)
    if (typeof disk === 'string') return context.skip(disk)
    context.onTestFinished(() => disk.remove())
    const under = await makeBlobs()
    const blobs = await openFileBlobs({ folder: join(disk.folder, 'files'), crypto: under.crypto })
    await expect(blobs.put(pseudoBytes(4_000_000), ROOM)).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    expect((await blobs.put(pseudoBytes(1_000_000), ROOM)).sizeBytes).toBe(1_000_000)
    await under.destroy()
  })
})
