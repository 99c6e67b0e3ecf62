import { decodeUtf8, type FrameBatch, type Framer, FrameSink, RecordBytes, tooLong } from './frame.ts'

const LF = 10
const CR = 13

export type LineHandler = (bytes: Uint8Array, offset: number, line: number, sink: FrameSink) => void

/** Lines ended by LF or CRLF. Empty ones are left out but counted. */
export class LineFramer implements Framer {
  readonly #sink = new FrameSink()
  readonly #maxBytes: number
  readonly #onLine: LineHandler
  readonly #carry: RecordBytes
  #offset = 0
  #lineStart = 0
  #line = 1

  constructor(maxBytes: number, onLine: LineHandler = textLine) {
    this.#maxBytes = maxBytes
    this.#onLine = onLine
    this.#carry = new RecordBytes(maxBytes)
  }

  push(chunk: Uint8Array): FrameBatch {
    let from = 0
    for (;;) {
      const end = chunk.indexOf(LF, from)
      if (end < 0) break
      this.#carry.add(chunk.subarray(from, end), { copy: false })
      this.#finish()
      from = end + 1
      this.#lineStart = this.#offset + from
      this.#line++
    }
    this.#carry.add(chunk.subarray(from), { copy: true })
    this.#offset += chunk.length
    return this.#sink.take()
  }

  end(): FrameBatch {
    this.#finish()
    return this.#sink.take()
  }

  #finish(): void {
    const { sizeBytes, isTooLong } = this.#carry
    const bytes = this.#carry.take()
    if (isTooLong) {
      this.#sink.problem(tooLong(this.#lineStart, this.#line, sizeBytes, this.#maxBytes))
      return
    }
    const trimmed = bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes
    if (trimmed.length > 0) this.#onLine(trimmed, this.#lineStart, this.#line, this.#sink)
  }
}

function textLine(bytes: Uint8Array, offset: number, line: number, sink: FrameSink): void {
  const { text, warnings } = decodeUtf8(bytes)
  if (text.trim() !== '') sink.record({ raw: text, offset, line, warnings })
}
