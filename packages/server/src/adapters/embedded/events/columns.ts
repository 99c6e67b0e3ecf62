import { name } from './literal.ts'

/**
 * ECS fields with a column of their own: what people search and group by most. The column holds the value as text, or, for a list,
 * its JSON text, which begins with `[`.
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

const promoted = new Set<string>(promotedFields)
export const isPromoted = (field: string): boolean => promoted.has(field)

/** What every row has besides the promoted fields. `seq` counts appends; `log_offset` is the third part of the id. */
const ownColumns = {
  id: 'VARCHAR',
  time_ms: 'BIGINT',
  received_ms: 'BIGINT',
  source_id: 'VARCHAR',
  parser: 'VARCHAR',
  ecs: 'VARCHAR',
  raw: 'VARCHAR',
  seq: 'BIGINT',
  log_offset: 'BIGINT',
  bytes: 'BIGINT',
} as const

/** Every column, quoted, in the order of the table. */
export const allColumns: readonly string[] = [...Object.keys(ownColumns), ...promotedFields].map(name)

export const schema: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS hot (${[
    ...Object.entries(ownColumns).map(([column, type]) => `${name(column)} ${type}`),
    ...promotedFields.map((field) => `${name(field)} VARCHAR`),
  ].join(', ')})`,
  'CREATE TABLE IF NOT EXISTS consumed (topic VARCHAR, part INTEGER, next BIGINT, PRIMARY KEY (topic, part))',
  `CREATE TABLE IF NOT EXISTS sealed (file VARCHAR PRIMARY KEY, day INTEGER, min_ms BIGINT, max_ms BIGINT, events BIGINT, file_bytes BIGINT)`,
  `CREATE TABLE IF NOT EXISTS sealed_usage (file VARCHAR, source_id VARCHAR, events BIGINT, bytes BIGINT, min_ms BIGINT, newest_ms BIGINT)`,
]

/** Where a batch stands before it goes into `hot`. */
export const stagingColumns = ['id', 'time_ms', 'received_ms', 'source_id', 'parser', 'ecs', 'raw'] as const
export const stagingSchema = `CREATE TEMP TABLE IF NOT EXISTS staging (${stagingColumns
  .map((column) => `${column} ${ownColumns[column]}`)
  .join(', ')}, seq BIGINT)`

const structure = JSON.stringify(Object.fromEntries(promotedFields.map((field) => [field, 'VARCHAR'])))

/** Fills `hot` from `staging`; the promoted fields come out of the JSON in one pass. */
export const insertStaged = `INSERT INTO hot
  SELECT id, time_ms, received_ms, source_id, parser, ecs, raw, seq,
    TRY_CAST(split_part(id, '.', 3) AS BIGINT), strlen(ecs) + strlen(raw), fields.*
  FROM (SELECT *, json_transform(ecs, '${structure}') AS fields FROM staging)`
