/** What of Thrift's compact protocol a Parquet file needs, writing only. */
export interface ThriftValue {
  readonly type: number
  readonly bytes: readonly number[]
}

const I32 = 5
const I64 = 6
const BINARY = 8
const LIST = 9
const STRUCT = 12
const utf8 = new TextEncoder()

/** Seven bits a byte, lowest first; for integers up to 2^53. */
function pushVarint(bytes: number[], value: number): void {
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
}

export function varint(value: number): number[] {
  const bytes: number[] = []
  pushVarint(bytes, value)
  return bytes
}

/** Signed numbers alternate: 0, -1, 1, -2, … */
const zigzag = (value: number): number => (value >= 0 ? value * 2 : -value * 2 - 1)

export const i32 = (value: number): ThriftValue => ({ type: I32, bytes: varint(zigzag(value)) })
export const i64 = (value: number): ThriftValue => ({ type: I64, bytes: varint(zigzag(value)) })

export function binary(value: string | Uint8Array): ThriftValue {
  const content = typeof value === 'string' ? utf8.encode(value) : value
  return { type: BINARY, bytes: [...varint(content.length), ...content] }
}

/** @param values all of one type, at least one */
export function list(values: readonly ThriftValue[]): ThriftValue {
  const type = values[0]?.type ?? STRUCT
  const bytes = values.length < 15 ? [(values.length << 4) | type] : [0xf0 | type, ...varint(values.length)]
  for (const value of values) append(bytes, value.bytes)
  return { type: LIST, bytes }
}

/** @param fields by ascending id; undefined ones are left out */
export function struct(fields: readonly (readonly [id: number, value: ThriftValue | undefined])[]): ThriftValue {
  const bytes: number[] = []
  let last = 0
  for (const [id, value] of fields) {
    if (value === undefined) continue
    const delta = id - last
    if (delta <= 15) bytes.push((delta << 4) | value.type)
    else bytes.push(value.type, ...varint(zigzag(id)))
    append(bytes, value.bytes)
    last = id
  }
  bytes.push(0)
  return { type: STRUCT, bytes }
}

/** Spreading a long list into a call runs out of stack. */
function append(target: number[], more: readonly number[]): void {
  for (const byte of more) target.push(byte)
}
