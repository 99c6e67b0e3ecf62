import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Crypto } from '../../../platform/crypto/crypto.ts'

/*
 * An encrypted file:
 *   frames · sealed key · length of the sealed key (4) · magic (4) "WFB1"
 *   frame: length of the ciphertext (4) · ciphertext · tag (16)
 * Each frame is AES-256-GCM under the file's own key; its nonce is the frame's number (11 bytes, big-endian) and a byte that is 1
 * on the last frame alone. So frames cannot be changed, reordered, repeated, left out, or cut off at the end unnoticed (STREAM,
 * Hoang, Reyhanitabar, Rogaway, Vizár 2015). The file's key is sealed by the keyring and bound to the content's digest, which is
 * known only after the content went by: therefore it stands at the end.
 */
const MAGIC = Buffer.from('WFB1')
const KEY_BYTES = 32
const TAG_BYTES = 16
const FRAME_BYTES = 256 * 1024
const MAX_SEALED_KEY_BYTES = 4096

/** The file was changed, cut off, or is none of ours. */
export class BlobDamaged extends Error {
  constructor(what: string) {
    super(`a stored file is damaged: ${what}`)
    this.name = 'BlobDamaged'
  }
}

const contextOf = (sha256: string): string => `blobs/${sha256}`

function nonceOf(frame: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(frame, 5, 6)
  nonce.writeUInt8(isLast ? 1 : 0, 11)
  return nonce
}

const lengthOf = (length: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(length)
  return bytes
}

/** A key for one file alone. */
export const newFileKey = (): Buffer => randomBytes(KEY_BYTES)

/** What ends a file: its key, sealed for this content. */
export async function footOf(crypto: Crypto, key: Uint8Array, sha256: string): Promise<Buffer> {
  const sealed = await crypto.seal(key, contextOf(sha256))
  return Buffer.concat([sealed, lengthOf(sealed.byteLength), MAGIC])
}

/** Encrypts pieces of a content; always at least one frame, so that an empty file has an end too. */
export async function* encryptedFrames(pieces: AsyncIterable<Buffer>, key: Uint8Array): AsyncGenerator<Buffer> {
  let frame = 0
  let held: Buffer | undefined
  for await (const plain of pieces) {
    if (held) yield encryptFrame(held, key, frame++, false)
    held = plain
  }
  yield encryptFrame(held ?? Buffer.alloc(0), key, frame, true)
}

function encryptFrame(plain: Buffer, key: Uint8Array, frame: number, isLast: boolean): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(frame, isLast))
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([lengthOf(sealed.byteLength), sealed, cipher.getAuthTag()])
}

/** A content in pieces of one frame each. */
export async function* inPieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of content) {
    for (let at = 0; at < chunk.byteLength; ) {
      const part = chunk.subarray(at, at + FRAME_BYTES - bytes)
      parts.push(part)
      bytes += part.byteLength
      at += part.byteLength
      if (bytes < FRAME_BYTES) continue
      yield Buffer.concat(parts)
      parts = []
      bytes = 0
    }
  }
  if (bytes > 0) yield Buffer.concat(parts)
}

/** Bytes of a file at a position; fewer than asked for only at its end. */
export type ReadAt = (position: number, length: number) => Promise<Buffer>

/** Where the parts of a file are. */
export interface BlobLayout {
  readonly framesBytes: number
  readonly sealedKeyBytes: number
  readonly plainBytes: number
}

const FOOT_BYTES = 4 + MAGIC.length
const FRAME_OVERHEAD_BYTES = 4 + TAG_BYTES

/** Reads the end of a file. @throws BlobDamaged */
export async function layoutOf(readAt: ReadAt, fileBytes: number): Promise<BlobLayout> {
  const foot = await readAt(Math.max(0, fileBytes - FOOT_BYTES), FOOT_BYTES)
  if (foot.length < FOOT_BYTES || !foot.subarray(4).equals(MAGIC)) throw new BlobDamaged('its end')
  const sealedKeyBytes = foot.readUInt32BE(0)
  const framesBytes = fileBytes - FOOT_BYTES - sealedKeyBytes
  if (sealedKeyBytes > MAX_SEALED_KEY_BYTES || framesBytes < FRAME_OVERHEAD_BYTES) throw new BlobDamaged('its end')
  const frames = Math.ceil(framesBytes / (FRAME_BYTES + FRAME_OVERHEAD_BYTES))
  return { framesBytes, sealedKeyBytes, plainBytes: framesBytes - frames * FRAME_OVERHEAD_BYTES }
}

/** The content's key. @throws BlobDamaged */
export async function readKey(readAt: ReadAt, layout: BlobLayout, crypto: Crypto, sha256: string): Promise<Uint8Array> {
  try {
    return await crypto.open(await readAt(layout.framesBytes, layout.sealedKeyBytes), contextOf(sha256))
  } catch (error) {
    throw new BlobDamaged(`its key cannot be opened (${error instanceof Error ? error.message : String(error)})`)
  }
}

/** Plain bytes, each frame checked before it is given out. @throws BlobDamaged */
export async function* decryptedFrames(
  readAt: ReadAt,
  { framesBytes }: BlobLayout,
  key: Uint8Array,
): AsyncGenerator<Uint8Array> {
  let position = 0
  for (let frame = 0; position < framesBytes; frame++) {
    const head = await readAt(position, 4)
    const sealedBytes = head.length === 4 ? head.readUInt32BE(0) : Number.POSITIVE_INFINITY
    const end = position + FRAME_OVERHEAD_BYTES + sealedBytes
    if (sealedBytes > FRAME_BYTES || end > framesBytes) throw new BlobDamaged(`frame ${frame}`)
    const sealed = await readAt(position + 4, sealedBytes + TAG_BYTES)
    const plain = decryptFrame(sealed, key, nonceOf(frame, end === framesBytes), frame)
    if (plain.length > 0) yield plain
    position = end
  }
}

function decryptFrame(sealed: Buffer, key: Uint8Array, nonce: Buffer, frame: number): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()])
  } catch {
    throw new BlobDamaged(`frame ${frame}`)
  }
}
