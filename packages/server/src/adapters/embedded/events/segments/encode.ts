import { constants, zstdCompressSync } from 'node:zlib'
import {
  type EventBlock,
  receivedOf,
  type TextColumn,
  type TextColumnName,
  textColumnOf,
  timesOf,
} from '../../../../platform/events/event-block.ts'
import { columns as tableColumns } from '../columns.ts'
import { DAY_MS } from '../sources.ts'
import { type ColumnChunk, definitionLevels, pageHeader, type RowGroup, type SegmentColumn } from './parquet.ts'

/** The columns of the event table, as a segment holds them. */
export const segmentColumns: readonly SegmentColumn[] = tableColumns.map(({ name, type }) => ({
  name,
  type: type === 'BIGINT' ? 'int64' : 'text',
}))

/** What is told of a source in a segment. */
export interface SourceShare {
  events: number
  bytes: number
  minMs: number
  maxMs: number
}

export interface EncodedSegment {
  readonly pages: readonly Uint8Array[]
  readonly group: RowGroup
  readonly minMs: number
  readonly maxMs: number
  /** The UTC day of all events (since 1970); undefined when they are of several. */
  readonly day: number | undefined
  readonly sources: ReadonlyMap<string, SourceShare>
}

/** Values beyond this begin a page of their own, as far as blocks end there. */
const PAGE_BYTES = 1024 * 1024
/** Smaller pages are written as they are: starting the compressor costs more than it saves. */
const COMPRESSED_FROM_BYTES = 2048
/** Longer values are not noted as the least or the greatest. */
const RANGE_BYTES = 256
/** Columns whose range tells nothing. */
const unrangedColumns: ReadonlySet<TextColumnName> = new Set(['id', 'ecs', 'raw'])
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
const DOT = 0x2e
/** The last instant of the calendar. */
const END_MS = 8.64e15

/** Blocks as one row group. @throws RangeError when a block is damaged */
export function encodeSegment(blocks: readonly EventBlock[]): EncodedSegment {
  const rows = blocks.reduce((sum, { count }) => sum + count, 0)
  const timeMs = wholeMs(blocks, timesOf)
  const numbers: Readonly<Record<string, Float64Array>> = {
    time_ms: timeMs,
    received_ms: wholeMs(blocks, receivedOf),
    seq: new Float64Array(rows),
    log_offset: logOffsets(blocks),
    bytes: sizes(blocks),
  }
  const pages: Uint8Array[] = []
  const columns = segmentColumns.map(({ name, type }) => {
    const column = type === 'int64' ? numberPages(numbers[name]!) : textPages(blocks, name as TextColumnName)
    pages.push(...column.pages)
    return column.chunk
  })
  const [minMs, maxMs] = rangeOf(timeMs) ?? [0, 0]
  const day = Math.floor(minMs / DAY_MS)
  return {
    pages,
    group: { rows, columns },
    minMs,
    maxMs,
    day: day === Math.floor(maxMs / DAY_MS) ? day : undefined,
    sources: sharesOf(blocks, timeMs, numbers.bytes!),
  }
}

interface Pages {
  readonly pages: readonly Uint8Array[]
  readonly chunk: ColumnChunk
}

/** Instants of all blocks in whole milliseconds; what is no number is 1970, and what no calendar holds its end. */
export function wholeMs(blocks: readonly EventBlock[], of: (block: EventBlock) => Float64Array): Float64Array {
  const all = new Float64Array(blocks.reduce((sum, { count }) => sum + count, 0))
  let at = 0
  for (const block of blocks)
    for (const value of of(block))
      all[at++] = Number.isNaN(value) ? 0 : Math.trunc(Math.max(-END_MS, Math.min(END_MS, value)))
  return all
}

function rangeOf(values: Float64Array): [min: number, max: number] | undefined {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < min) min = value
    if (value > max) max = value
  }
  return max < min ? undefined : [min, max]
}

/** NaN stands for none. */
function numberPages(values: Float64Array): Pages {
  const present = Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0 : 1))
  const bytes = new Uint8Array(8 * values.length)
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    const high = Math.floor(value / 0x1_0000_0000)
    view.setUint32(at, value - high * 0x1_0000_0000, true)
    view.setInt32(at + 4, high, true)
    at += 8
  }
  const range = rangeOf(values)
  const { pages, chunk } = chunkOf([{ present, values: [bytes.subarray(0, at)] }])
  return { pages, chunk: range ? { ...chunk, min: range[0], max: range[1] } : chunk }
}

interface PagePart {
  readonly present: Uint8Array
  readonly values: readonly Uint8Array[]
}

function textPages(blocks: readonly EventBlock[], name: TextColumnName): Pages {
  const parts: PagePart[] = []
  let gathered: TextColumn[] = []
  let bytes = 0
  const close = () => {
    if (gathered.length === 0) return
    parts.push({
      present: concat(gathered.map(({ present }) => present)),
      values: gathered.map(({ values }) => values),
    })
    gathered = []
    bytes = 0
  }
  for (const block of blocks) {
    const column = textColumnOf(block, name)
    checkValues(column, name)
    if (bytes > 0 && bytes + column.values.byteLength > PAGE_BYTES) close()
    gathered.push(column)
    bytes += column.values.byteLength
  }
  close()
  const { pages, chunk } = chunkOf(parts)
  const range = unrangedColumns.has(name) ? undefined : textRange(blocks.map((block) => textColumnOf(block, name)))
  return { pages, chunk: range ? { ...chunk, ...range } : chunk }
}

/** The least and the greatest value in the order of their bytes; undefined when there is none, or a longer one than a footer should hold. */
function textRange(columns: readonly TextColumn[]): { min: string; max: string } | undefined {
  let min: Uint8Array | undefined
  let max: Uint8Array | undefined
  for (const column of columns) {
    const { values } = column
    eachValue(column, (_, from, to) => {
      if (!min || compare(values, from, to, min) < 0) min = values.slice(from, to)
      if (!max || compare(values, from, to, max) > 0) max = values.slice(from, to)
    })
  }
  if (!min || !max || min.byteLength > RANGE_BYTES || max.byteLength > RANGE_BYTES) return undefined
  return { min: Buffer.from(min).toString('utf8'), max: Buffer.from(max).toString('utf8') }
}

function compare(values: Uint8Array, from: number, to: number, other: Uint8Array): number {
  const shorter = Math.min(to - from, other.byteLength)
  for (let at = 0; at < shorter; at++) {
    const difference = values[from + at]! - other[at]!
    if (difference !== 0) return difference
  }
  return to - from - other.byteLength
}

/** What is written must be readable for ever: the lengths have to add up. */
function checkValues({ present, values }: TextColumn, name: string): void {
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength)
  let at = 0
  for (let row = 0; row < present.length; row++)
    if (present[row] === 1) at += 4 + (at + 4 <= values.byteLength ? view.getUint32(at, true) : values.byteLength)
  if (at !== values.byteLength) throw new RangeError(`the column ${name} of a block of events is damaged`)
}

function chunkOf(parts: readonly PagePart[]): Pages {
  const total = parts.reduce((sum, { values }) => sum + values.reduce((all, one) => all + one.byteLength, 0), 0)
  const isCompressed = total >= COMPRESSED_FROM_BYTES
  const pages: Uint8Array[] = []
  let plainBytes = 0
  for (const { present, values } of parts) {
    const plain = putTogether([definitionLevels(present), ...values])
    const body = isCompressed ? zstdCompressSync(plain, ZSTD) : plain.slice()
    const header = pageHeader(present.length, plain.byteLength, body.byteLength)
    pages.push(header, body)
    plainBytes += header.byteLength + plain.byteLength
  }
  const bytes = pages.reduce((sum, { byteLength }) => sum + byteLength, 0)
  return { pages, chunk: { bytes, plainBytes, isCompressed } }
}

/** Memory of one page before it is compressed, used again for the next: new memory for each makes V8 look for garbage all the time. */
let scratch = new Uint8Array(2 * PAGE_BYTES)
const KEPT_SCRATCH_BYTES = 16 * PAGE_BYTES

/** Valid until the next call. */
function putTogether(parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const memory = size <= scratch.byteLength ? scratch : new Uint8Array(size)
  if (size <= KEPT_SCRATCH_BYTES) scratch = memory
  let at = 0
  for (const part of parts) {
    memory.set(part, at)
    at += part.byteLength
  }
  return memory.subarray(0, size)
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.byteLength
  }
  return all
}

/** Calls back with the place of each value that is there. */
function eachValue({ present, values }: TextColumn, visit: (row: number, from: number, to: number) => void): void {
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength)
  let at = 0
  for (let row = 0; row < present.length; row++) {
    if (present[row] === 0) continue
    const end = at + 4 + view.getUint32(at, true)
    visit(row, at + 4, end)
    at = end
  }
}

/** The third part of each id, a number; NaN for ids that have none. */
export function logOffsets(blocks: readonly EventBlock[]): Float64Array {
  const all = new Float64Array(blocks.reduce((sum, { count }) => sum + count, 0)).fill(Number.NaN)
  let first = 0
  for (const block of blocks) {
    const column = textColumnOf(block, 'id')
    eachValue(column, (row, from, to) => {
      all[first + row] = thirdPart(column.values, from, to)
    })
    first += block.count
  }
  return all
}

function thirdPart(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  for (let dots = 0; dots < 2 && at < to; at++) if (bytes[at] === DOT) dots++
  const start = at
  let value = 0
  for (; at < to && bytes[at] !== DOT; at++) {
    const digit = bytes[at]! - 0x30
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return at > start && Number.isSafeInteger(value) ? value : Number.NaN
}

/** Bytes of JSON and record together, by event. */
export function sizes(blocks: readonly EventBlock[]): Float64Array {
  const all = new Float64Array(blocks.reduce((sum, { count }) => sum + count, 0))
  let first = 0
  for (const block of blocks) {
    for (const name of ['ecs', 'raw'] as const)
      eachValue(textColumnOf(block, name), (row, from, to) => {
        all[first + row]! += to - from
      })
    first += block.count
  }
  return all
}

function sharesOf(
  blocks: readonly EventBlock[],
  timeMs: Float64Array,
  bytes: Float64Array,
): ReadonlyMap<string, SourceShare> {
  const shares = new Map<string, SourceShare>()
  let first = 0
  for (const block of blocks) {
    const column = textColumnOf(block, 'source_id')
    let lastId: Uint8Array | undefined
    let share: SourceShare | undefined
    eachValue(column, (row, from, to) => {
      const id = column.values.subarray(from, to)
      if (!share || !lastId || !isSame(lastId, id)) {
        const name = Buffer.from(id).toString('utf8')
        share = shares.get(name) ?? {
          events: 0,
          bytes: 0,
          minMs: Number.POSITIVE_INFINITY,
          maxMs: Number.NEGATIVE_INFINITY,
        }
        shares.set(name, share)
        lastId = id
      }
      const at = timeMs[first + row]!
      share.events++
      share.bytes += bytes[first + row]!
      share.minMs = Math.min(share.minMs, at)
      share.maxMs = Math.max(share.maxMs, at)
    })
    first += block.count
  }
  return shares
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.byteLength === b.byteLength && a.every((byte, at) => byte === b[at])
