import type { JsonObject } from '../../event/index.ts'

/** One record cut out of a stream. */
export interface FramedRecord {
  /** The record as it was received, decoded; replacement characters stand for invalid UTF-8. */
  readonly raw: string
  /** The record's fields where the framing knows them (CSV, Zeek TSV, W3C): give them to `normalise` as `fields`. */
  readonly fields?: JsonObject
  /** Bytes before it in the stream (after a byte order mark was taken off, and UTF-16 was turned into UTF-8). */
  readonly offset: number
  /** 1-based number of its (first) line, or of the record where a format has no lines. */
  readonly line: number
  readonly warnings: readonly string[]
}

export type FramingCode = 'FRAME_TOO_LONG' | 'FRAME_TRUNCATED' | 'FRAME_NOT_AN_OBJECT' | 'FRAME_NO_HEADER'

/** Something that was left out of the records. */
export interface FramingProblem {
  readonly code: FramingCode
  readonly message: string
  readonly offset: number
  readonly line: number
  /** Bytes that were skipped. */
  readonly sizeBytes: number
}

export interface FrameBatch {
  readonly records: readonly FramedRecord[]
  readonly problems: readonly FramingProblem[]
}

/** Cuts a stream of bytes into records, in memory bounded by the longest record allowed. */
export interface Framer {
  /** Takes the next bytes; they may be changed by the caller afterwards. */
  push(chunk: Uint8Array): FrameBatch
  /** What remains at the end of the stream. */
  end(): FrameBatch
}

export interface FramingOptions {
  /** Longest record; what is longer is reported and skipped without being held. Default 1 MiB. */
  readonly maxRecordBytes?: number
}

export const DEFAULT_MAX_RECORD_BYTES = 1_048_576

/** Collects records and problems of one call. */
export class FrameSink {
  #records: FramedRecord[] = []
  #problems: FramingProblem[] = []

  record(record: FramedRecord): void {
    this.#records.push(record)
  }
  problem(problem: FramingProblem): void {
    this.#problems.push(problem)
  }
  take(): FrameBatch {
    const batch = { records: this.#records, problems: this.#problems }
    this.#records = []
    this.#problems = []
    return batch
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenient = new TextDecoder('utf-8', { ignoreBOM: true })
const NONE: readonly string[] = []
const INVALID: readonly string[] = ['invalid UTF-8 replaced']

/** Text of a record's bytes, and what had to be replaced. */
export function decodeUtf8(bytes: Uint8Array): { text: string; warnings: readonly string[] } {
  try {
    return { text: strict.decode(bytes), warnings: NONE }
  } catch {
    return { text: lenient.decode(bytes), warnings: INVALID }
  }
}

/** The bytes of one record that may come in several chunks; once it is too long, only its length is kept. */
export class RecordBytes {
  readonly #maxBytes: number
  #parts: Uint8Array[] = []
  #sizeBytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }
  get sizeBytes(): number {
    return this.#sizeBytes
  }
  get isTooLong(): boolean {
    return this.#sizeBytes > this.#maxBytes
  }
  /** @param copy true when the bytes must outlive the caller's chunk */
  add(bytes: Uint8Array, { copy }: { copy: boolean }): void {
    if (bytes.length === 0) return
    this.#sizeBytes += bytes.length
    if (this.isTooLong) this.#parts = []
    else this.#parts.push(copy ? bytes.slice() : bytes)
  }
  /** All bytes, and empties itself. */
  take(): Uint8Array {
    const parts = this.#parts
    const sizeBytes = this.#sizeBytes
    this.#parts = []
    this.#sizeBytes = 0
    if (parts.length === 1) return parts[0]!
    const whole = new Uint8Array(parts.length === 0 ? 0 : sizeBytes)
    let at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }
}

export const tooLong = (offset: number, line: number, sizeBytes: number, maxBytes: number): FramingProblem => ({
  code: 'FRAME_TOO_LONG',
  message: `a record of ${sizeBytes} bytes was skipped: at most ${maxBytes} are taken`,
  offset,
  line,
  sizeBytes,
})
