/** A text as an SQL literal. DuckDB knows no backslash escapes in '…', so that doubling quotes is all; NUL cannot stand in a statement. */
export function text(value: string): string {
  const quoted = value.toWellFormed().replaceAll("'", "''")
  return quoted.includes('\0') ? `('${quoted.replaceAll('\0', "' || chr(0) || '")}')` : `'${quoted}'`
}

/** A number as an SQL literal. @throws on NaN and infinities, which no comparison means */
export function number(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`not a finite number: ${value}`)
  return Number.isSafeInteger(value) ? `${value}` : `${value}::DOUBLE`
}

/** An instant, ms since 1970, as an SQL literal; instants outside ±275,760 years become the nearest. */
export const instantMs = (value: number): string =>
  `${Math.trunc(Math.max(-8.64e15, Math.min(8.64e15, Number.isNaN(value) ? 0 : value)))}`

/** A column's name. */
export const name = (value: string): string => `"${value.replaceAll('"', '""')}"`

/** JSON path of one member of an object whose names hold dots. */
export const memberPath = (field: string): string => `$.${JSON.stringify(field.toWellFormed())}`
