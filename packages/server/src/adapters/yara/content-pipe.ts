import { once } from 'node:events'
import { Writable } from 'node:stream'

const pieceBytes = 256 * 1024

/** Bytes in pieces, so that writing them takes turns with everything else. */
export async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

/**
 * Writes content into the pipe of a process as fast as that reads it.
 * @throws Error when the content is not as long as said, cannot be read, or the process is gone
 */
export async function send(pipe: unknown, content: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<void> {
  if (!(pipe instanceof Writable)) throw new Error('the process has no pipe')
  let sent = 0
  for await (const part of content) {
    sent += part.byteLength
    if (sent > sizeBytes) break
    if (pipe.destroyed) throw new Error('the process is gone')
    if (!pipe.write(part)) await drained(pipe)
  }
  if (sent !== sizeBytes) throw new Error(`the content is not ${sizeBytes} bytes long, as it was said to be`)
}

/** There is room again, or never will be. */
async function drained(pipe: Writable): Promise<void> {
  const settled = new AbortController()
  const heard = (event: string) => once(pipe, event, { signal: settled.signal })
  try {
    await Promise.race([heard('drain'), heard('close')])
  } finally {
    settled.abort()
  }
}
