/** Bytes of a value in the data section. */
export type Field = readonly number[]

const sized = (type: number, size: number): number[] => {
  const head = size < 29 ? [size] : size < 285 ? [29, size - 29] : [30, (size - 285) >>> 8, (size - 285) & 255]
  const [low = 0, ...more] = head
  return type <= 7 ? [(type << 5) | low, ...more] : [low, type - 7, ...more]
}

const bigEndian = (size: number, write: (view: DataView) => void): number[] => {
  const bytes = new Uint8Array(size)
  write(new DataView(bytes.buffer))
  return [...bytes]
}

/** Values as a database has them, for tests. */
export const field = {
  text: (text: string): Field => {
    const bytes = new TextEncoder().encode(text)
    return [...sized(2, bytes.length), ...bytes]
  },
  double: (value: number): Field => [...sized(3, 8), ...bigEndian(8, (view) => view.setFloat64(0, value))],
  int32: (value: number): Field => [...sized(8, 4), ...bigEndian(4, (view) => view.setInt32(0, value))],
  unsigned: (type: 'uint16' | 'uint32' | 'uint64' | 'uint128', bytes: readonly number[]): Field => [
    ...sized({ uint16: 5, uint32: 6, uint64: 9, uint128: 10 }[type], bytes.length),
    ...bytes,
  ],
  map: (entries: Readonly<Record<string, Field>>): Field => [
    ...sized(7, Object.keys(entries).length),
    ...Object.entries(entries).flatMap(([key, value]) => [...field.text(key), ...value]),
  ],
  mapOf: (size: number): Field => sized(7, size),
  arrayOf: (size: number): Field => sized(11, size),
  pointer: (target: number): Field => [0x38, ...bigEndian(4, (view) => view.setUint32(0, target))],
}

/** A database of version 4 with one node: the upper half of all addresses has the record, the lower has none. */
export function sampleDatabase(of: {
  readonly record: Field
  readonly recordSizeBits?: 24 | 28 | 32
  readonly nodeCount?: number
}): Uint8Array {
  const { record, recordSizeBits = 24, nodeCount = 1 } = of
  const found = 1 + 16
  const nodes = { 24: [0, 0, 1, 0, 0, found], 28: [0, 0, 1, 0, 0, 0, found], 32: [0, 0, 0, 1, 0, 0, 0, found] }
  const metadata = field.map({
    binary_format_major_version: field.unsigned('uint16', [2]),
    binary_format_minor_version: field.unsigned('uint16', [0]),
    node_count: field.unsigned('uint32', [nodeCount >>> 8, nodeCount & 255]),
    record_size: field.unsigned('uint16', [recordSizeBits]),
    ip_version: field.unsigned('uint16', [4]),
    database_type: field.text('Sample'),
    build_epoch: field.unsigned('uint64', [1, 0, 0, 0]),
  })
  const marker = [0xab, 0xcd, 0xef, ...new TextEncoder().encode('MaxMind.com')]
  return Uint8Array.from([
    ...nodes[recordSizeBits],
    ...new Array<number>(16).fill(0),
    ...record,
    ...marker,
    ...metadata,
  ])
}
