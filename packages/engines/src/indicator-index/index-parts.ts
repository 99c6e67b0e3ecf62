import type { TableName } from './keys.ts'
import type { TableParts } from './table.ts'

/** An index as it travels between threads: numbers and typed arrays alone. */
export interface IndicatorIndexParts {
  readonly seed: number
  readonly count: number
  readonly tables: Readonly<Partial<Record<TableName, TableParts>>>
}

/** Bytes that an index takes. */
export function indexBytes(parts: IndicatorIndexParts): number {
  let bytes = 0
  for (const table of Object.values(parts.tables)) {
    bytes += table.directory.byteLength + table.keys.byteLength + table.rows.byteLength + table.expiryMinutes.byteLength
    if (table.texts) bytes += table.texts.offsets.byteLength + table.texts.bytes.byteLength
  }
  return bytes
}
