import { decodeUtf8, type FrameBatch, type Framer, FrameSink, RecordBytes, tooLong } from './frame.ts'

const QUOTE = 34
const BACKSLASH = 92
const LF = 10
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const COMMA = 44

/** Members that hold the records: CloudTrail, Azure, Graph. Only as the first member, so that nothing need be held back. */
const WRAPPER = /^\{\s*"(?:Records|records|value|Events|events|logEvents)"\s*:\s*$/
const MAX_WRAPPER_BYTES = 64
const BEHIND_LIST = Number.POSITIVE_INFINITY

/** JSON objects one after another, pretty-printed or not; inside an array; or in the list of a wrapper like
 *  `{"Records":[…]}`. Only quotes, escapes and brackets are looked at: each record is parsed by whoever takes it. */
export class JsonFramer implements Framer {
  readonly #sink = new FrameSink()
  readonly #maxBytes: number
  readonly #bytes: RecordBytes
  #offset = 0
  #line = 1
  /** Brackets open around the current byte. */
  #depth = 0
  /** Depth at which records begin: 0, 1 in an array, 2 in a wrapper's list, none behind that list. */
  #container = 0
  #inRecord = false
  #recordOffset = 0
  #recordLine = 1
  #inString = false
  #isEscaped = false
  #strayOffset = -1
  #strayLine = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#bytes = new RecordBytes(maxBytes)
  }

  push(chunk: Uint8Array): FrameBatch {
    let from = 0
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!
      if (byte === LF) this.#line++
      if (this.#inString) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (byte === BACKSLASH) this.#isEscaped = true
        else if (byte === QUOTE) this.#inString = false
        continue
      }
      if (byte === QUOTE) {
        this.#inString = true
        if (this.#isStray()) this.#stray(i)
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (!this.#inRecord && byte === OPEN_BRACE && this.#depth === this.#container) {
          this.#begin(i)
          from = i
        } else if (
          this.#inRecord &&
          byte === OPEN_BRACKET &&
          this.#depth === this.#container + 1 &&
          this.#container === 0 &&
          this.#isWrapper(chunk.subarray(from, i))
        ) {
          this.#inRecord = false
          this.#container = 2
        } else if (!this.#inRecord && this.#depth === 0 && byte === OPEN_BRACKET) this.#container = 1
        this.#depth++
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (this.#depth > 0) this.#depth--
        else this.#stray(i)
        if (this.#inRecord && this.#depth === this.#container) {
          this.#bytes.add(chunk.subarray(from, i + 1), { copy: false })
          this.#finish()
        } else if (!this.#inRecord && this.#depth < this.#container)
          this.#container = this.#depth === 0 ? 0 : BEHIND_LIST
      } else if (byte > 32 && byte !== COMMA && this.#isStray()) this.#stray(i)
    }
    if (this.#inRecord) this.#bytes.add(chunk.subarray(from), { copy: true })
    this.#offset += chunk.length
    return this.#sink.take()
  }

  end(): FrameBatch {
    this.#reportStray(this.#offset)
    if (this.#inRecord) {
      this.#sink.problem({
        code: 'FRAME_TRUNCATED',
        message: 'the stream ends inside a JSON object',
        offset: this.#recordOffset,
        line: this.#recordLine,
        sizeBytes: this.#bytes.sizeBytes,
      })
    }
    return this.#sink.take()
  }

  /** Whether what comes now, outside of brackets, belongs to no record. */
  #isStray(): boolean {
    return !this.#inRecord && this.#container !== BEHIND_LIST && this.#depth === this.#container
  }

  #begin(at: number): void {
    this.#reportStray(this.#offset + at)
    this.#inRecord = true
    this.#recordOffset = this.#offset + at
    this.#recordLine = this.#line
    this.#bytes.take()
  }

  /** Whether what came so far is the beginning of a wrapper; the rest of the record is then its list. */
  #isWrapper(inThisChunk: Uint8Array): boolean {
    if (this.#bytes.sizeBytes + inThisChunk.length > MAX_WRAPPER_BYTES) return false
    const before = this.#bytes.take()
    const isWrapper = WRAPPER.test(decodeUtf8(before).text + decodeUtf8(inThisChunk).text)
    if (!isWrapper) this.#bytes.add(before, { copy: false })
    return isWrapper
  }

  #finish(): void {
    this.#inRecord = false
    const { sizeBytes, isTooLong } = this.#bytes
    const bytes = this.#bytes.take()
    if (isTooLong) {
      this.#sink.problem(tooLong(this.#recordOffset, this.#recordLine, sizeBytes, this.#maxBytes))
      return
    }
    const { text, warnings } = decodeUtf8(bytes)
    this.#sink.record({ raw: text, offset: this.#recordOffset, line: this.#recordLine, warnings })
  }

  #stray(at: number): void {
    if (this.#strayOffset >= 0) return
    this.#strayOffset = this.#offset + at
    this.#strayLine = this.#line
  }

  /** One problem per run of bytes that belong to no object. */
  #reportStray(until: number): void {
    if (this.#strayOffset < 0) return
    this.#sink.problem({
      code: 'FRAME_NOT_AN_OBJECT',
      message: 'skipped what is no JSON object',
      offset: this.#strayOffset,
      line: this.#strayLine,
      sizeBytes: until - this.#strayOffset,
    })
    this.#strayOffset = -1
  }
}
