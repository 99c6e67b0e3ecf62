import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Refusal } from '@watchfloor/contracts/kernel'
import type { BlobInfo, Blobs } from '../../../platform/blobs/blobs.ts'
import type { Crypto } from '../../../platform/crypto/crypto.ts'
import {
  BlobDamaged,
  decryptedFrames,
  encryptedFrames,
  footOf,
  inPieces,
  layoutOf,
  newFileKey,
  type ReadAt,
  readKey,
} from './sealed-stream.ts'

const DIGEST = /^[0-9a-f]{64}$/

/** Opens (or makes) a folder of encrypted files, each named by its content's digest, under two-letter folders. */
export async function openFileBlobs(options: { folder: string; crypto: Crypto }): Promise<Blobs> {
  const { folder, crypto } = options
  const incoming = join(folder, 'incoming')
  // What a killed process was writing is of no use to anybody.
  await rm(incoming, { recursive: true, force: true })
  await mkdir(incoming, { recursive: true })
  const pathOf = (sha256: string) => join(folder, sha256.slice(0, 2), sha256)

  async function infoOf(sha256: string): Promise<BlobInfo | undefined> {
    return withFile(pathOf(sha256), async (readAt, fileBytes) => ({
      sha256,
      sizeBytes: (await layoutOf(readAt, fileBytes)).plainBytes,
    }))
  }

  async function* contentOf(sha256: string): AsyncGenerator<Uint8Array> {
    const file = await open(pathOf(sha256), 'r')
    try {
      const readAt = reading(file)
      const layout = await layoutOf(readAt, (await file.stat()).size)
      const key = await readKey(readAt, layout, crypto, sha256)
      const digest = createHash('sha256')
      for await (const plain of decryptedFrames(readAt, layout, key)) {
        digest.update(plain)
        yield plain
      }
      if (digest.digest('hex') !== sha256) throw new BlobDamaged('its digest')
    } finally {
      await file.close()
    }
  }

  async function put(content: AsyncIterable<Uint8Array> | Uint8Array, maxBytes: number): Promise<BlobInfo> {
    const aside = join(incoming, randomUUID())
    try {
      const info = await writeAside(aside, content instanceof Uint8Array ? one(content) : content, maxBytes, crypto)
      await moveIntoPlace(aside, folder, info.sha256)
      return info
    } catch (error) {
      await rm(aside, { force: true })
      throw isFull(error) ? storageFull() : error
    }
  }

  return {
    put: (content, { maxBytes }) => put(content, maxBytes),
    async get(sha256) {
      const info = DIGEST.test(sha256) ? await infoOf(sha256) : undefined
      return info && { info, content: contentOf(sha256) }
    },
    has: async (sha256) => DIGEST.test(sha256) && (await exists(pathOf(sha256))),
    async delete(sha256) {
      if (DIGEST.test(sha256)) await rm(pathOf(sha256), { force: true })
    },
    async *list() {
      for (const shard of (await readdir(folder)).filter((name) => /^[0-9a-f]{2}$/.test(name)).sort()) {
        for (const name of (await readdir(join(folder, shard))).sort()) {
          // One that was deleted meanwhile is left out.
          const info = DIGEST.test(name) ? await infoOf(name) : undefined
          if (info) yield info
        }
      }
    },
    async ping() {
      const probe = join(incoming, randomUUID())
      await (await open(probe, 'wx')).close()
      await rm(probe)
    },
  }
}

async function writeAside(
  aside: string,
  content: AsyncIterable<Uint8Array>,
  maxBytes: number,
  crypto: Crypto,
): Promise<BlobInfo> {
  const key = newFileKey()
  const digest = createHash('sha256')
  let sizeBytes = 0
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const piece of inPieces(content)) {
      sizeBytes += piece.length
      if (sizeBytes > maxBytes) {
        throw new Refusal('BODY_TOO_LARGE', `the file is larger than ${maxBytes} bytes`, { details: { maxBytes } })
      }
      digest.update(piece)
      yield piece
    }
  }
  const file = await open(aside, 'wx', 0o600)
  try {
    for await (const frame of encryptedFrames(counted(), key)) await file.writeFile(frame)
    const sha256 = digest.digest('hex')
    await file.writeFile(await footOf(crypto, key, sha256))
    await file.sync()
    return { sha256, sizeBytes }
  } finally {
    await file.close()
  }
}

/** A content that is there already stays as it is. */
async function moveIntoPlace(aside: string, folder: string, sha256: string): Promise<void> {
  const shard = join(folder, sha256.slice(0, 2))
  const place = join(shard, sha256)
  if (await exists(place)) return rm(aside, { force: true })
  await mkdir(shard, { recursive: true })
  await rename(aside, place)
  for (const directory of [shard, folder]) {
    const handle = await open(directory, 'r')
    await handle.sync().finally(() => handle.close())
  }
}

async function* one(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)
const isFull = (error: unknown): boolean => codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT'
const storageFull = (): Refusal =>
  new Refusal('STORAGE_FULL', 'the disk that holds files is full; nothing of this one was kept', {
    remedy: 'free space on the disk of the data directory, then send again',
  })

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

const reading =
  (file: FileHandle): ReadAt =>
  async (position, length) => {
    const buffer = Buffer.allocUnsafe(length)
    let filled = 0
    while (filled < length) {
      const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  }

async function withFile<Result>(
  path: string,
  task: (readAt: ReadAt, fileBytes: number) => Promise<Result>,
): Promise<Result | undefined> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    return await task(reading(file), (await file.stat()).size)
  } finally {
    await file.close()
  }
}
