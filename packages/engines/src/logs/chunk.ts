/** What the envelope around a record said of it; counts where the record does not say it itself. */
export interface RecordHint {
  /** Any form that `parseTimeMs` reads. */
  readonly time?: string | number
  readonly host?: string
}

/** What all records of a chunk share. */
export interface ChunkHeader {
  readonly sourceId: string
  /** When we received it, ms since 1970. */
  readonly receivedMs: number
  /** How the records are written; `auto` looks at each. */
  readonly format: 'auto' | 'json' | 'text'
  /** What the source says its records are. */
  readonly product?: string
  readonly service?: string
  /** By record; absent when no record came in an envelope. */
  readonly hints?: readonly (RecordHint | null)[]
}

/** Records of one source that were received together: one entry of the log, so that a flush to disk serves thousands of events. */
export interface Chunk {
  readonly header: ChunkHeader
  readonly count: number
  /** The record's bytes, as received. A view, valid while the chunk is. */
  record(index: number): Uint8Array
}

/** A chunk is closed when it holds this many bytes or records. */
export const chunkLimits = { bytes: 256 * 1024, records: 2000 } as const

const magic = 0x57464331 // "WFC1"
const utf8 = new TextEncoder()
const decoder = new TextDecoder()

/** Layout, little endian: magic u32, header length u32, count u32, record lengths u32 each, header JSON, records. */
export function encodeChunk(header: ChunkHeader, records: readonly Uint8Array[]): Uint8Array {
  const head = utf8.encode(JSON.stringify(header))
  const bodyBytes = records.reduce((sum, record) => sum + record.byteLength, 0)
  const bytes = new Uint8Array(12 + 4 * records.length + head.byteLength + bodyBytes)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, magic, true)
  view.setUint32(4, head.byteLength, true)
  view.setUint32(8, records.length, true)
  let at = 12
  for (const record of records) {
    view.setUint32(at, record.byteLength, true)
    at += 4
  }
  bytes.set(head, at)
  at += head.byteLength
  for (const record of records) {
    bytes.set(record, at)
    at += record.byteLength
  }
  return bytes
}

/** @throws when the bytes are not a chunk: a bug or a damaged log, never a sender's fault */
export function decodeChunk(bytes: Uint8Array): Chunk {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.byteLength < 12 || view.getUint32(0, true) !== magic)
    throw new Error('the log entry is not a chunk of records')
  const headBytes = view.getUint32(4, true)
  const count = view.getUint32(8, true)
  const headAt = 12 + 4 * count
  const starts = new Uint32Array(count + 1)
  let at = headAt + headBytes
  for (let index = 0; index < count; index++) {
    starts[index] = at
    at += view.getUint32(12 + 4 * index, true)
  }
  starts[count] = at
  if (at !== bytes.byteLength) throw new Error('the chunk of records is cut short')
  const header = JSON.parse(decoder.decode(bytes.subarray(headAt, headAt + headBytes))) as ChunkHeader
  return { header, count, record: (index) => bytes.subarray(starts[index], starts[index + 1]) }
}

/** `epoch.partition.offset.index`: where the log holds the event. */
export const eventIdOf = (epoch: string, partition: number, offset: number, index: number): string =>
  `${epoch}.${partition}.${offset}.${index}`
