import { promotedFields, type TextColumnName } from '../../../platform/events/event-block.ts'
import { name } from './literal.ts'

const promoted = new Set<string>(promotedFields)
export const isPromoted = (field: string): boolean => promoted.has(field)

interface Column {
  readonly name: string
  readonly type: 'VARCHAR' | 'BIGINT'
  /** Where its values stand in a block of events; the others are counted or worked out. */
  readonly text?: TextColumnName
}

const ofText = (column: TextColumnName): Column => ({ name: column, type: 'VARCHAR', text: column })
const ofNumbers = (column: string): Column => ({ name: column, type: 'BIGINT' })

/**
 * The columns of every table and file of events, in their order. `seq` counts what was put into the hot table; `log_offset` is the
 * third part of the id; `bytes` is the size of JSON and record together.
 */
export const columns: readonly Column[] = [
  ofText('id'),
  ofNumbers('time_ms'),
  ofNumbers('received_ms'),
  ofText('source_id'),
  ofText('parser'),
  ofText('ecs'),
  ofText('raw'),
  ofNumbers('seq'),
  ofNumbers('log_offset'),
  ofNumbers('bytes'),
  ...promotedFields.map(ofText),
]

/** Every column, quoted, in the order of the table. */
export const allColumns: readonly string[] = columns.map((column) => name(column.name))

export const schema: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS hot (${columns.map((column) => `${name(column.name)} ${column.type}`).join(', ')})`,
  'CREATE TABLE IF NOT EXISTS consumed (topic VARCHAR, part INTEGER, next BIGINT, PRIMARY KEY (topic, part))',
  // `day` is absent where a file holds events of several.
  `CREATE TABLE IF NOT EXISTS sealed (file VARCHAR PRIMARY KEY, day INTEGER, min_ms BIGINT, max_ms BIGINT, events BIGINT, file_bytes BIGINT)`,
  `CREATE TABLE IF NOT EXISTS sealed_usage (file VARCHAR, source_id VARCHAR, events BIGINT, bytes BIGINT, min_ms BIGINT, newest_ms BIGINT)`,
]
