import { binary, i32, i64, list, struct, type ThriftValue, varint } from './thrift.ts'

/**
 * What of the Parquet format a segment needs (https://parquet.apache.org/docs/file-format/): plain values, one data page or more a
 * column, zstd or nothing.
 */
export type ColumnType = 'text' | 'int64'

export interface SegmentColumn {
  readonly name: string
  readonly type: ColumnType
}

/** A column's share of a row group. */
export interface ColumnChunk {
  /** Of the pages with their headers, as they stand in the file. */
  readonly bytes: number
  /** The same before compression. */
  readonly plainBytes: number
  readonly isCompressed: boolean
  /** The least and the greatest value, where they are known; a search passes over what cannot hold what it looks for. */
  readonly min?: number | string
  readonly max?: number | string
}

export interface RowGroup {
  readonly rows: number
  readonly columns: readonly ColumnChunk[]
}

export const MAGIC = new Uint8Array([0x50, 0x41, 0x52, 0x31])

const TYPE = { int64: 2, text: 6 } as const
const OPTIONAL = 1
const UTF8 = 0
const PLAIN = 0
const RLE = 3
const DATA_PAGE = 0
const UNCOMPRESSED = 0
const ZSTD = 6

export function pageHeader(rows: number, plainBytes: number, bytes: number): Uint8Array {
  const dataPage = struct([
    [1, i32(rows)],
    [2, i32(PLAIN)],
    [3, i32(RLE)],
    [4, i32(RLE)],
  ])
  return Uint8Array.from(
    struct([
      [1, i32(DATA_PAGE)],
      [2, i32(plainBytes)],
      [3, i32(bytes)],
      [5, dataPage],
    ]).bytes,
  )
}

/** Which rows of a page have a value: definition levels of one bit, with their length before them. @param present 0 or 1 a row */
export function definitionLevels(present: Uint8Array): Uint8Array {
  const runs = present.includes(0) ? bitPacked(present) : [...varint(present.length * 2), 1]
  const bytes = new Uint8Array(4 + runs.length)
  new DataView(bytes.buffer).setUint32(0, runs.length, true)
  bytes.set(runs, 4)
  return bytes
}

function bitPacked(present: Uint8Array): number[] {
  const groups = Math.ceil(present.length / 8)
  const bytes = varint(groups * 2 + 1)
  for (let group = 0; group < groups; group++) {
    let bits = 0
    for (let bit = 0; bit < 8; bit++) bits |= (present[group * 8 + bit] ?? 0) << bit
    bytes.push(bits)
  }
  return bytes
}

/** A number as the format writes it. */
export function int64(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value), true)
  return bytes
}

/** What stands behind the row groups; the first of them begins right behind the magic bytes. */
export function footer(columns: readonly SegmentColumn[], groups: readonly RowGroup[]): Uint8Array {
  let at = MAGIC.length
  const rowGroups = groups.map(({ rows, columns: chunks }) => {
    const metadata = chunks.map((chunk, index) => {
      const written = columnChunk(columns[index]!, chunk, rows, at)
      at += chunk.bytes
      return written
    })
    return struct([
      [1, list(metadata)],
      [2, i64(chunks.reduce((sum, { plainBytes }) => sum + plainBytes, 0))],
      [3, i64(rows)],
    ])
  })
  const root = struct([
    [4, binary('events')],
    [5, i32(columns.length)],
  ])
  return Uint8Array.from(
    struct([
      [1, i32(1)],
      [2, list([root, ...columns.map(schemaElement)])],
      [3, i64(groups.reduce((sum, { rows }) => sum + rows, 0))],
      [4, list(rowGroups)],
      [6, binary('watchfloor')],
    ]).bytes,
  )
}

const schemaElement = ({ name, type }: SegmentColumn): ThriftValue =>
  struct([
    [1, i32(TYPE[type])],
    [3, i32(OPTIONAL)],
    [4, binary(name)],
    [6, type === 'text' ? i32(UTF8) : undefined],
  ])

function columnChunk({ name, type }: SegmentColumn, chunk: ColumnChunk, rows: number, at: number): ThriftValue {
  const { min, max } = chunk
  const statistics =
    min === undefined || max === undefined
      ? undefined
      : struct([
          [5, binary(typeof max === 'number' ? int64(max) : max)],
          [6, binary(typeof min === 'number' ? int64(min) : min)],
        ])
  const metadata = struct([
    [1, i32(TYPE[type])],
    [2, list([i32(PLAIN), i32(RLE)])],
    [3, list([binary(name)])],
    [4, i32(chunk.isCompressed ? ZSTD : UNCOMPRESSED)],
    [5, i64(rows)],
    [6, i64(chunk.plainBytes)],
    [7, i64(chunk.bytes)],
    [9, i64(at)],
    [12, statistics],
  ])
  return struct([
    [2, i64(at)],
    [3, metadata],
  ])
}
