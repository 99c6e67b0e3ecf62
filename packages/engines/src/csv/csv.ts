/** What a cell may hold. */
export type CsvValue = string | number | boolean | null | undefined

/**
 * A line of CSV, ended by CRLF. A text that a spreadsheet would run as a formula gets an apostrophe in front.
 * @source RFC 4180; OWASP CSV injection
 */
export const csvLine = (values: readonly CsvValue[]): string => `${values.map(csvCell).join(',')}\r\n`

function csvCell(value: CsvValue): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  const harmless = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(harmless) || harmless !== value ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
