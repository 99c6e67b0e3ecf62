import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { bytesText } from '../output/text.ts'
import { type ArchiveLimits, ArchiveRefused } from './piece.ts'

/**
 * Unpacks a gzip stream.
 * @throws ArchiveRefused when it unpacks to more than the limits allow
 * @throws Error when it is damaged or ends early
 */
export async function* gunzip(packed: AsyncIterable<Uint8Array>, limits: ArchiveLimits): AsyncGenerator<Uint8Array> {
  let packedBytes = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const part of packed) {
      packedBytes += part.byteLength
      yield part
    }
  }
  const source = Readable.from(counted(), { objectMode: false })
  const unzip = createGunzip({ chunkSize: 256 * 1024 })
  source.on('error', (error) => unzip.destroy(error))
  source.pipe(unzip)
  let bytes = 0
  try {
    for await (const part of unzip as AsyncIterable<Uint8Array>) {
      bytes += part.byteLength
      checkRatio(bytes, packedBytes, limits)
      yield part
    }
  } finally {
    unzip.destroy()
    source.destroy()
  }
}

/** @throws ArchiveRefused */
export function checkRatio(bytes: number, packedBytes: number, limits: ArchiveLimits): void {
  if (bytes > limits.maxUnpackedBytes)
    throw new ArchiveRefused(`it unpacks to more than ${bytesText(limits.maxUnpackedBytes)}: a zip bomb?`)
  if (bytes > limits.ratioFromBytes && bytes > packedBytes * limits.maxRatio)
    throw new ArchiveRefused(
      `${bytesText(packedBytes)} unpack to ${bytesText(bytes)} or more, past ${limits.maxRatio} times: a zip bomb?`,
    )
}
