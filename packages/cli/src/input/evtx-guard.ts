/** The reader was led in circles, or out of the chunk. */
export class EvtxRefused extends Error {}

/** Looks that the reader may take for one record. In 349 recorded logs it took 1,226 at most. */
const MAX_LOOKS = 20_000
/** Bytes that it may take out for one record. There it took 22,538 at most; a chunk has 65,536. */
const MAX_BYTES = 1024 * 1024

/** The reader takes zeros off the end of a text in a way that goes with the square of every run of zeros in it. */
const MAX_ZERO_WORK = 30_000_000
const shortestRun = 500

function zeroWorkOf(part: Buffer): number {
  let work = 0
  for (let at = shortestRun - 1; at < part.byteLength; at += shortestRun) {
    if (part[at] !== 0) continue
    let [from, to] = [at, at + 1]
    while (from > 0 && part[from - 1] === 0) from--
    while (to < part.byteLength && part[to] === 0) to++
    work += (to - from) ** 2 / 2
    at = to
  }
  return work
}

/**
 * A file of one chunk that counts what the reader does with it. The reader trusts the file: values that hold XML may hold each other at no
 * cost in bytes, and lengths that reach out of the chunk are made up for with zeros, thousands of times. Both end in minutes or
 * gigabytes. It asks for the buffer's length before every look, so a length that counts is enough to stop it.
 * @param chunkBytes of the chunk, which is the file's end
 */
export class GuardedChunk {
  readonly file: Buffer
  #looks = 0
  #zeroWork = 0
  #bytes = 0

  constructor(file: Buffer, chunkBytes: number) {
    this.file = own(Buffer.from(file.buffer, file.byteOffset, file.byteLength), {
      subarray: (start?: number, end?: number) => {
        const part = file.subarray(start, end)
        return part.byteLength === chunkBytes ? this.#guarded(part) : part
      },
    })
  }

  startRecord(): void {
    this.#looks = 0
    this.#bytes = 0
    this.#zeroWork = 0
  }

  #guarded(chunk: Buffer): Buffer {
    const { byteLength } = chunk
    const take = (bytes: number): void => {
      this.#bytes += bytes
      if (this.#bytes > MAX_BYTES) throw new EvtxRefused('values are used again and again')
    }
    const guarded = own(Buffer.from(chunk.buffer, chunk.byteOffset, byteLength), {
      subarray: (start = 0, end = byteLength) => {
        take(end - start)
        const part = end > byteLength ? Buffer.alloc(end - start) : chunk.subarray(start, end)
        this.#zeroWork += zeroWorkOf(part)
        if (this.#zeroWork > MAX_ZERO_WORK) throw new EvtxRefused('a value of zeros')
        return part
      },
      readUInt16LE: (at = 0) => (at + 2 > byteLength ? 0 : chunk.readUInt16LE(at)),
      readUInt32LE: (at = 0) => (at + 4 > byteLength ? 0 : chunk.readUInt32LE(at)),
      readInt32LE: (at = 0) => (at + 4 > byteLength ? 0 : chunk.readInt32LE(at)),
      readBigUInt64LE: (at = 0) => (at + 8 > byteLength ? 0n : chunk.readBigUInt64LE(at)),
      readBigInt64LE: (at = 0) => (at + 8 > byteLength ? 0n : chunk.readBigInt64LE(at)),
      readFloatLE: (at = 0) => (at + 4 > byteLength ? 0 : chunk.readFloatLE(at)),
      readDoubleLE: (at = 0) => (at + 8 > byteLength ? 0 : chunk.readDoubleLE(at)),
    })
    Object.defineProperty(guarded, 'length', {
      get: () => {
        if (++this.#looks > MAX_LOOKS) throw new EvtxRefused('its parts hold each other')
        // So that what is beyond the end comes to the methods above: zeros, as the reader makes them up itself, but counted.
        return Number.POSITIVE_INFINITY
      },
    })
    return guarded
  }
}

const own = (buffer: Buffer, methods: object): Buffer => Object.assign(buffer, methods)

/** As `JSON.stringify`, but refuses what would come to more characters, before it is written: one value may stand in thousands of places. */
export function jsonOfAtMost(value: unknown, maxCharacters: number): string {
  const waiting = [value]
  let characters = 0
  for (let next = waiting.pop(); waiting.length > 0 || next !== undefined; next = waiting.pop()) {
    if (typeof next === 'string') characters += next.length
    else if (Array.isArray(next)) for (const one of next) waiting.push(one)
    else if (typeof next === 'object' && next !== null)
      for (const [name, one] of Object.entries(next)) {
        characters += name.length
        waiting.push(one)
      }
    characters += 4
    if (characters > maxCharacters) throw new EvtxRefused(`an event of more than ${maxCharacters} characters`)
  }
  return JSON.stringify(value)
}
