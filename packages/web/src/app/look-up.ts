/**
 * A value as our query language writes it: bare when it is a plain word, else in quotes.
 * Wildcards and everything with a meaning of its own are quoted.
 */
export function quoteValue(value: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.@-]*$/.test(value) && !/^(and|or|not|exists)$/i.test(value)) return value
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** The search that finds a value: in its field when it is known, else anywhere. */
export const lookUpQuery = (field: string | null, value: string): string =>
  field ? `${field}:${quoteValue(value)}` : quoteValue(value)

/** The same search with one more condition; `without` excludes it. */
export function addCondition(query: string, condition: string, without: boolean): string {
  const added = without ? `not ${condition}` : condition
  const current = query.trim()
  if (current === '') return added
  if (current.split(/\s+and\s+/i).includes(added)) return current
  return /\sor\s/i.test(current) && !/^\(.*\)$/s.test(current) ? `(${current}) and ${added}` : `${current} and ${added}`
}
