import { Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { Refusal } from '@watchfloor/contracts/kernel'

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

export interface DecodeLimits {
  /** Of the decoded bytes; more is refused as soon as it is seen. */
  readonly maxBytes: number
}

const tooLarge = (maxBytes: number): Refusal =>
  new Refusal('BODY_TOO_LARGE', `the body is larger than ${maxBytes} bytes`, {
    remedy: 'send it in smaller parts',
    details: { maxBytes },
  })

async function* bounded(stream: AsyncIterable<Uint8Array>, { maxBytes }: DecodeLimits): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0
  for await (const chunk of stream) {
    sizeBytes += chunk.byteLength
    if (sizeBytes > maxBytes) throw tooLarge(maxBytes)
    yield chunk
  }
}

async function* decoded(
  stream: AsyncIterable<Uint8Array>,
  encoding: string,
  makeDecoder: () => Transform,
  limits: DecodeLimits,
): AsyncGenerator<Uint8Array> {
  const source = Readable.from(stream, { objectMode: false })
  const decoder = makeDecoder()
  let sourceFault: Error | undefined
  source.on('error', (error) => {
    sourceFault = error
    decoder.destroy(error)
  })
  source.pipe(decoder)
  try {
    yield* bounded(decoder, limits)
  } catch (error) {
    if (error === sourceFault || error instanceof Refusal || !(error instanceof Error)) throw error
    throw new Refusal('BAD_REQUEST', `the body is no whole ${encoding} stream: ${error.message}`)
  } finally {
    source.destroy()
    decoder.destroy()
  }
}

/**
 * The bytes of a body as its sender meant them, without buffering the whole. A small body that unpacks into a huge one is
 * cut off at `maxBytes`.
 * @param encoding the `content-encoding` header: gzip, deflate, br or zstd; identity when absent
 * @throws Refusal UNSUPPORTED_MEDIA_TYPE for another encoding; BODY_TOO_LARGE; BAD_REQUEST for a damaged body
 */
export function decodeBody(
  stream: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
  limits: DecodeLimits,
): AsyncGenerator<Uint8Array> {
  const name = encoding?.trim().toLowerCase() ?? ''
  if (name === '' || name === 'identity') return bounded(stream, limits)
  const makeDecoder = Object.hasOwn(decoders, name) ? decoders[name] : undefined
  if (!makeDecoder)
    throw new Refusal('UNSUPPORTED_MEDIA_TYPE', `the body's content-encoding ${name.slice(0, 60)} is not known here`, {
      remedy: `use one of ${Object.keys(decoders).join(', ')}, or none`,
    })
  return decoded(stream, name, makeDecoder, limits)
}
