import type { JsonObject } from '../../event/index.ts'
import { decodeUtf8, type FrameBatch, type Framer, FrameSink, RecordBytes, tooLong } from './frame.ts'

const QUOTE = 34
const LF = 10
const CR = 13
const MAX_COLUMNS = 2_000

/** Splits one CSV row (RFC 4180: quotes, `""` for a quote, line ends inside quotes). */
export function splitCsvRow(row: string, delimiter: string): string[] {
  const cells: string[] = []
  let at = 0
  for (;;) {
    if (row[at] === '"') {
      let cell = ''
      at++
      for (;;) {
        const end = row.indexOf('"', at)
        if (end < 0) {
          cell += row.slice(at)
          at = row.length
          break
        }
        cell += row.slice(at, end)
        at = end + 1
        if (row[at] !== '"') break
        cell += '"'
        at++
      }
      const next = row.indexOf(delimiter, at)
      cells.push(cell + row.slice(at, next < 0 ? undefined : next))
      at = next < 0 ? row.length : next
    } else {
      const end = row.indexOf(delimiter, at)
      cells.push(row.slice(at, end < 0 ? undefined : end))
      at = end < 0 ? row.length : end
    }
    if (at >= row.length || cells.length >= MAX_COLUMNS) return cells
    at += delimiter.length
  }
}

/** The delimiter that a header uses most, outside of quotes. */
export function delimiterOf(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '')
  const count = (delimiter: string): number => bare.split(delimiter).length
  return [',', ';', '\t', '|'].reduce((best, d) => (count(d) > count(best) ? d : best))
}

/** Rows under a header; each row's fields are named by it. */
export class CsvFramer implements Framer {
  readonly #sink = new FrameSink()
  readonly #maxBytes: number
  readonly #bytes: RecordBytes
  #header: readonly string[] | undefined
  #delimiter = ','
  #offset = 0
  #rowOffset = 0
  #line = 1
  #rowLine = 1
  #inQuotes = false
  #atCellStart = true

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#bytes = new RecordBytes(maxBytes)
  }

  push(chunk: Uint8Array): FrameBatch {
    let from = 0
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!
      if (byte === LF) {
        this.#line++
        // A quote that is never closed must not swallow the rest of the stream.
        if (this.#inQuotes && this.#bytes.sizeBytes + (i - from) <= this.#maxBytes) continue
        this.#bytes.add(chunk.subarray(from, i), { copy: false })
        this.#finish()
        from = i + 1
        this.#rowOffset = this.#offset + from
        this.#rowLine = this.#line
        this.#inQuotes = false
        this.#atCellStart = true
      } else if (byte === QUOTE) {
        if (this.#inQuotes) this.#inQuotes = false
        else if (this.#atCellStart || chunk[i - 1] === QUOTE) this.#inQuotes = true
        this.#atCellStart = false
      } else
        this.#atCellStart =
          byte === this.#delimiter.charCodeAt(0) ||
          (this.#header === undefined && (byte === 59 || byte === 9 || byte === 124))
    }
    this.#bytes.add(chunk.subarray(from), { copy: true })
    this.#offset += chunk.length
    return this.#sink.take()
  }

  end(): FrameBatch {
    this.#finish()
    return this.#sink.take()
  }

  #finish(): void {
    const { sizeBytes, isTooLong } = this.#bytes
    const bytes = this.#bytes.take()
    if (isTooLong) {
      this.#sink.problem(tooLong(this.#rowOffset, this.#rowLine, sizeBytes, this.#maxBytes))
      return
    }
    const trimmed = bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes
    if (trimmed.length === 0) return
    const { text, warnings } = decodeUtf8(trimmed)
    if (this.#header === undefined) this.#readHeader(text)
    else this.#row(text, warnings)
  }

  #readHeader(text: string): void {
    this.#delimiter = delimiterOf(text)
    this.#header = splitCsvRow(text, this.#delimiter).map((name, i) => name.trim() || `column${i + 1}`)
  }

  #row(text: string, decoding: readonly string[]): void {
    const header = this.#header!
    const cells = splitCsvRow(text, this.#delimiter)
    const fields: JsonObject = Object.create(null)
    for (let i = 0; i < cells.length; i++) fields[header[i] ?? `column${i + 1}`] = cells[i]!
    const warnings =
      cells.length === header.length
        ? decoding
        : [...decoding, `${cells.length} columns under a header of ${header.length}`]
    this.#sink.record({ raw: text, fields, offset: this.#rowOffset, line: this.#rowLine, warnings })
  }
}
