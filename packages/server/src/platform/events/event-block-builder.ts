import {
  type EventBlock,
  type NewEvent,
  promotedFields,
  promotedText,
  textColumns,
  wellFormedJson,
} from './event-block.ts'

const FIRST_BYTES = 4096
/** Memory that a column keeps from one block to the next. */
const KEPT_BYTES = 4 * 1024 * 1024
/** Shorter texts are written byte by byte: a call costs more. */
const SHORT = 40
const encoder = new TextEncoder()

/** Values of one column, growing; the memory is used again for the next block. */
class GrowingColumn {
  #bytes = new Uint8Array(FIRST_BYTES)
  #view = new DataView(this.#bytes.buffer)
  length = 0

  text(value: string): void {
    // A UTF-16 unit is at most three bytes of UTF-8.
    this.#room(4 + value.length * 3)
    const start = this.length + 4
    const written = value.length < SHORT ? this.#ascii(value, start) : -1
    this.#end(written >= 0 ? written : encoder.encodeInto(value, this.#bytes.subarray(start)).written)
  }

  raw(value: Uint8Array): void {
    this.#room(4 + value.byteLength)
    this.#bytes.set(value, this.length + 4)
    this.#end(value.byteLength)
  }

  /** Moves what was written into `target`. */
  moveTo(target: Uint8Array): void {
    target.set(this.#bytes.subarray(0, this.length))
    this.length = 0
    if (this.#bytes.byteLength > KEPT_BYTES) this.#take(new Uint8Array(FIRST_BYTES))
  }

  #ascii(value: string, start: number): number {
    const bytes = this.#bytes
    for (let at = 0; at < value.length; at++) {
      const unit = value.charCodeAt(at)
      if (unit > 0x7f) return -1
      bytes[start + at] = unit
    }
    return value.length
  }

  #end(written: number): void {
    this.#view.setUint32(this.length, written, true)
    this.length += 4 + written
  }

  #room(bytes: number): void {
    if (this.length + bytes <= this.#bytes.byteLength) return
    const grown = new Uint8Array(Math.max(this.#bytes.byteLength * 2, this.length + bytes))
    grown.set(this.#bytes.subarray(0, this.length))
    this.#take(grown)
  }

  #take(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer)
  }
}

const [ID, SOURCE, PARSER, ECS, RAW, FIRST_PROMOTED] = [0, 1, 2, 3, 4, 5]

/** Rows that there is room for at first: those of a full chunk of the log. */
const FIRST_ROWS = 2048

/** Makes blocks, one after the other; its memory is used again for the next. */
export class EventBlockBuilder {
  readonly #columns = textColumns.map(() => new GrowingColumn())
  #present = textColumns.map(() => new Uint8Array(FIRST_ROWS))
  #timeMs = new Float64Array(FIRST_ROWS)
  #receivedMs = new Float64Array(FIRST_ROWS)
  #count = 0

  get count(): number {
    return this.#count
  }

  add(event: NewEvent): void {
    if (this.#count === this.#timeMs.length) this.#grow()
    this.#timeMs[this.#count] = event.timeMs
    this.#receivedMs[this.#count] = event.receivedMs
    this.#put(ID, event.id)
    this.#put(SOURCE, event.sourceId)
    this.#put(PARSER, event.parser)
    this.#put(ECS, wellFormedJson(event.ecs))
    this.#put(RAW, event.rawBytes ?? event.raw)
    for (let field = 0; field < promotedFields.length; field++)
      this.#put(FIRST_PROMOTED + field, promotedText(event.ecs[promotedFields[field]!]))
    this.#count++
  }

  #put(column: number, value: string | Uint8Array | undefined): void {
    this.#present[column]![this.#count] = value === undefined ? 0 : 1
    if (typeof value === 'string') this.#columns[column]!.text(value)
    else if (value !== undefined) this.#columns[column]!.raw(value)
  }

  #grow(): void {
    const rows = this.#count * 2
    const grown = <Values extends Uint8Array | Float64Array>(old: Values, fresh: Values): Values => {
      fresh.set(old)
      return fresh
    }
    this.#present = this.#present.map((old) => grown(old, new Uint8Array(rows)))
    this.#timeMs = grown(this.#timeMs, new Float64Array(rows))
    this.#receivedMs = grown(this.#receivedMs, new Float64Array(rows))
  }

  /** What was added since the last one. */
  finish(): EventBlock {
    const count = this.#count
    const times = 2 * count * Float64Array.BYTES_PER_ELEMENT
    const textBytes = this.#columns.map(({ length }) => length)
    const memory = new SharedArrayBuffer(textBytes.reduce((sum, bytes) => sum + count + bytes, times))
    const bytes = new Uint8Array(memory)
    new Float64Array(memory, 0, count).set(this.#timeMs.subarray(0, count))
    new Float64Array(memory, times / 2, count).set(this.#receivedMs.subarray(0, count))
    let at = times
    for (const [index, column] of this.#columns.entries()) {
      bytes.set(this.#present[index]!.subarray(0, count), at)
      at += count
      column.moveTo(bytes.subarray(at))
      at += textBytes[index]!
    }
    this.#count = 0
    return { count, memory, textBytes }
  }

  /** Forgets what was added since the last block. */
  reset(): void {
    this.#count = 0
    for (const column of this.#columns) column.length = 0
  }
}

/** A block of these events. */
export function blockOf(events: Iterable<NewEvent>): EventBlock {
  const builder = new EventBlockBuilder()
  for (const event of events) builder.add(event)
  return builder.finish()
}
