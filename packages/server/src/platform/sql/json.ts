import { type RawBuilder, sql } from 'kysely'

/**
 * A value for a jsonb column. Always write JSON through it: the driver turns a bare array into an SQL array, and a bare
 * string into invalid JSON. PostgreSQL cannot store U+0000 in jsonb, so it becomes U+FFFD.
 */
export const jsonb = <T>(value: T): RawBuilder<T> => sql<T>`${jsonbText(value)}::jsonb`

/** The same as text, for bulk inserts and raw statements (`$1::jsonb`). Lone surrogates, which it cannot store either, become U+FFFD too. */
export const jsonbText = (value: unknown): string =>
  JSON.stringify(value ?? null).replaceAll(/(\\*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g, (whole: string, before: string) =>
    // An even number of backslashes before it: a real escape (JSON.stringify writes only lone surrogates so). An odd one: an
    // escaped backslash and letters.
    before.length % 2 === 0 ? `${before}\\ufffd` : whole,
  )
