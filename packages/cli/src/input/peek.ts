/** The first bytes of a stream, at least `wanted` unless it is shorter, and the whole stream again. */
export async function peek(
  stream: AsyncIterable<Uint8Array>,
  wanted: number,
): Promise<{ head: Uint8Array; all: AsyncIterable<Uint8Array> }> {
  const iterator = stream[Symbol.asyncIterator]()
  const held: Uint8Array[] = []
  let heldBytes = 0
  let failure: { error: unknown } | undefined
  while (heldBytes < wanted) {
    try {
      const { value, done } = await iterator.next()
      if (done) break
      held.push(value)
      heldBytes += value.byteLength
    } catch (error) {
      // What came before the fault is still good; the fault comes after it.
      failure = { error }
      break
    }
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* held
      if (failure) throw failure.error
      for (;;) {
        const { value, done } = await iterator.next()
        if (done) return
        yield value
      }
    } finally {
      await iterator.return?.()
    }
  }
  return { head: Buffer.concat(held), all: all() }
}

/** A whole stream in memory. @throws what `tooLarge` makes, past `maxBytes` */
export async function readAll(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
  tooLarge: () => Error,
): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of stream) {
    bytes += part.byteLength
    if (bytes > maxBytes) throw tooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts)
}
