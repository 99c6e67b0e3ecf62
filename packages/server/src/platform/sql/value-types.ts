import pg from 'pg'

/**
 * How values of PostgreSQL are read, the same on both adapters:
 *
 * | type | in the program |
 * |---|---|
 * | int2, int4, float | number |
 * | int8, `count(*)` | number up to 2^53 - 1, beyond it the digits as a string, so that nothing is lost |
 * | numeric, `sum(int8)` | string: cast to `float8` or `int8` in SQL when a number is wanted |
 * | timestamptz | Date; our own tables keep instants as int8 columns in ms (`created_ms`), which need no conversion |
 * | date, timestamp | text, because they carry no zone |
 * | json, jsonb | the value; write it with `jsonb(value)`, because a bare array would become an SQL array |
 * | bytea | Buffer (a Uint8Array); write a Uint8Array |
 */
const oids = { int8: 20, date: 1082, timestamp: 1114, int8Array: 1016, dateArray: 1182, timestampArray: 1115 } as const

function parseInt8(digits: string): number | string {
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value : digits
}

/** The types of `pg` know the scalar types by name alone; the table behind them takes any OID. */
const parserOf: (oid: number) => (text: string) => unknown = pg.types.getTypeParser

const sameText = (text: string): string => text

/** OID of text[], whose parser leaves the elements as they are. */
const textArray = parserOf(1009)
const int8Array = (text: string): unknown => eachElement(textArray(text))
const eachElement = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(eachElement)
  return typeof value === 'string' ? parseInt8(value) : value
}

const ownParsers = new Map<number, (text: string) => unknown>([
  [oids.int8, parseInt8],
  [oids.date, sameText],
  [oids.timestamp, sameText],
  [oids.int8Array, int8Array],
  [oids.dateArray, textArray],
  [oids.timestampArray, textArray],
])

/** Given to every `pg` client: the parsers of the table above. */
export const valueTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    const own = format === 'binary' ? undefined : ownParsers.get(oid)
    return own ?? pg.types.getTypeParser(oid, format)
  },
}
