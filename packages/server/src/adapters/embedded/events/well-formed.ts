/** A surrogate written as an escape; alone it is no character, and DuckDB's JSON reader refuses the text. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/

/** JSON text whose strings are all well-formed Unicode: lone surrogates become U+FFFD. @throws when it is no JSON object */
export function wellFormedJson(json: string, eventId: string): string {
  if (!SURROGATE_ESCAPE.test(json)) return json
  try {
    return JSON.stringify(wellFormed(JSON.parse(json)))
  } catch (error) {
    throw new Error(`the fields of event ${eventId} are no JSON`, { cause: error })
  }
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(wellFormed)
  if (value === null || typeof value !== 'object') return value
  const copy: Record<string, unknown> = Object.create(null)
  for (const [key, inner] of Object.entries(value)) copy[key.toWellFormed()] = wellFormed(inner)
  return copy
}
