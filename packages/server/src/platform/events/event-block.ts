import type { FieldValue } from '@watchfloor/engines/event'

/**
 * ECS fields that stores keep beside the JSON: what people search and group by most. A value stands as its text, a list as its JSON
 * text, which begins with `[`.
 */
export const promotedFields = [
  'host.name',
  'user.name',
  'process.name',
  'process.executable',
  'process.command_line',
  'process.parent.name',
  'event.code',
  'event.action',
  'event.category',
  'event.dataset',
  'event.provider',
  'event.outcome',
  'source.ip',
  'destination.ip',
  'destination.port',
  'dns.question.name',
  'url.domain',
  'file.path',
  'file.hash.sha256',
  'registry.path',
] as const

/** The columns of text that a block has, in this order. `ecs` is the JSON text of the flat fields, `raw` the record as it came. */
export const textColumns = ['id', 'source_id', 'parser', 'ecs', 'raw', ...promotedFields] as const
export type TextColumnName = (typeof textColumns)[number]

/**
 * Events as columns in memory that all threads share: handed from thread to thread without being copied or made into objects.
 * Times come first, 64-bit floats; then, column by column, a byte for each row (1: there is a value) and the values, each its length
 * (32 bits, little endian) and its UTF-8.
 */
export interface EventBlock {
  readonly count: number
  readonly memory: SharedArrayBuffer
  /** Bytes of each text column's values. */
  readonly textBytes: readonly number[]
}

/** One column of a block: views, valid as long as the block. */
export interface TextColumn {
  /** 1 where the row has a value, 0 where it has none. */
  readonly present: Uint8Array
  readonly values: Uint8Array
}

/** What one event is made of. */
export interface NewEvent {
  readonly id: string
  readonly timeMs: number
  readonly receivedMs: number
  readonly sourceId: string
  readonly parser: string
  readonly ecs: Readonly<Record<string, FieldValue>>
  readonly raw: string
  /** `raw` in UTF-8, when it is at hand. */
  readonly rawBytes?: Uint8Array | undefined
}

const FLOAT = Float64Array.BYTES_PER_ELEMENT

export const timesOf = ({ memory, count }: EventBlock): Float64Array => new Float64Array(memory, 0, count)
export const receivedOf = ({ memory, count }: EventBlock): Float64Array =>
  new Float64Array(memory, count * FLOAT, count)

export function textColumnOf(block: EventBlock, name: TextColumnName): TextColumn {
  const { memory, count, textBytes } = block
  let at = 2 * count * FLOAT
  for (const [column, bytes] of textBytes.entries()) {
    if (textColumns[column] === name)
      return { present: new Uint8Array(memory, at, count), values: new Uint8Array(memory, at + count, bytes) }
    at += count + bytes
  }
  throw new Error(`a block of events has no column ${name}`)
}

/** The values of a column as strings; undefined where there is none. @throws when the block is damaged */
export function textsOf({ present, values }: TextColumn): (string | undefined)[] {
  // Text decoders take no shared memory.
  const own = Buffer.from(values)
  let at = 0
  return Array.from(present, (there) => {
    if (there === 0) return undefined
    if (at + 4 > own.length) throw new RangeError('a block of events is cut short')
    const end = at + 4 + own.readUInt32LE(at)
    if (end > own.length) throw new RangeError('a block of events is cut short')
    const text = own.toString('utf8', at + 4, end)
    at = end
    return text
  })
}

/** What a promoted field holds, as text. */
export function promotedText(value: FieldValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  return typeof value === 'object' ? wellFormedJson(value) : String(value)
}

/** JSON text in which every string is well-formed Unicode: a lone surrogate becomes U+FFFD, as it does in UTF-8. */
export function wellFormedJson(value: unknown): string {
  const json = JSON.stringify(value)
  // JSON.stringify writes lone surrogates as escapes, and no others.
  return json.includes('\\ud') ? JSON.stringify(wellFormed(value)) : json
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(wellFormed)
  if (value === null || typeof value !== 'object') return value
  const copy: Record<string, unknown> = Object.create(null)
  for (const [key, inner] of Object.entries(value)) copy[key.toWellFormed()] = wellFormed(inner)
  return copy
}
