import { decodeUtf8, type FrameBatch, type Framer, FrameSink, RecordBytes, tooLong } from './frame.ts'

const LF = 10
const NUL = 0
const SPACE = 32
const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57
const MAX_COUNT_DIGITS = 10

/** Syslog over a stream (RFC 6587): a length in front of each message, or line ends behind it, told apart per message. */
export class SyslogFramer implements Framer {
  readonly #sink = new FrameSink()
  readonly #maxBytes: number
  readonly #bytes: RecordBytes
  #state: 'start' | 'counting' | 'counted' | 'line' = 'start'
  #digits = ''
  #remaining = 0
  #offset = 0
  #recordOffset = 0
  #number = 1

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#bytes = new RecordBytes(maxBytes)
  }

  push(chunk: Uint8Array): FrameBatch {
    let at = 0
    while (at < chunk.length) at = this.#step(chunk, at)
    this.#offset += chunk.length
    return this.#sink.take()
  }

  end(): FrameBatch {
    if (this.#state === 'counting') this.#bytes.add(encode(this.#digits), { copy: false })
    if (this.#state === 'counted' && this.#remaining > 0) {
      this.#sink.problem({
        code: 'FRAME_TRUNCATED',
        message: `the stream ends ${this.#remaining} bytes before the end of a message`,
        offset: this.#recordOffset,
        line: this.#number,
        sizeBytes: this.#bytes.sizeBytes,
      })
    } else this.#finish()
    return this.#sink.take()
  }

  /** Handles bytes from `at` on and says where to go on. */
  #step(chunk: Uint8Array, at: number): number {
    const byte = chunk[at]!
    switch (this.#state) {
      case 'start':
        if (byte === LF || byte === NUL || byte === 13) return at + 1
        this.#recordOffset = this.#offset + at
        this.#digits = ''
        this.#state = isDigit(byte) && byte !== 48 ? 'counting' : 'line'
        return at
      case 'counting':
        return this.#count(byte, at)
      case 'counted': {
        const end = Math.min(chunk.length, at + this.#remaining)
        this.#bytes.add(chunk.subarray(at, end), { copy: end === chunk.length })
        this.#remaining -= end - at
        if (this.#remaining === 0) this.#finish()
        return end
      }
      case 'line':
        return this.#line(chunk, at)
    }
  }

  #count(byte: number, at: number): number {
    if (isDigit(byte) && this.#digits.length < MAX_COUNT_DIGITS) {
      this.#digits += String.fromCharCode(byte)
      return at + 1
    }
    if (byte === SPACE) {
      this.#remaining = Number(this.#digits)
      this.#state = 'counted'
      return at + 1
    }
    // Digits that are no length: an ordinary line that starts with a number.
    this.#bytes.add(encode(this.#digits), { copy: false })
    this.#state = 'line'
    return at
  }

  #line(chunk: Uint8Array, at: number): number {
    const lf = chunk.indexOf(LF, at)
    const nul = chunk.indexOf(NUL, at)
    const end = lf < 0 ? nul : nul < 0 ? lf : Math.min(lf, nul)
    this.#bytes.add(chunk.subarray(at, end < 0 ? undefined : end), { copy: end < 0 })
    if (end < 0) return chunk.length
    this.#finish()
    return end + 1
  }

  #finish(): void {
    this.#state = 'start'
    const { sizeBytes, isTooLong } = this.#bytes
    const bytes = this.#bytes.take()
    if (isTooLong) this.#sink.problem(tooLong(this.#recordOffset, this.#number, sizeBytes, this.#maxBytes))
    else if (sizeBytes > 0) {
      const { text, warnings } = decodeUtf8(bytes)
      const raw = text.replace(/[\r\n\0]+$/, '')
      if (raw !== '') this.#sink.record({ raw, offset: this.#recordOffset, line: this.#number, warnings })
    }
    this.#number++
  }
}

const encoder = new TextEncoder()
const encode = (digits: string): Uint8Array => encoder.encode(digits)
