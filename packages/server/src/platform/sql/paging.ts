import { createHash } from 'node:crypto'
import { Refusal } from '@watchfloor/contracts/kernel'
import { type RawBuilder, sql } from 'kysely'
import type { z } from 'zod'

/** Raised when the meaning of a cursor changes: older ones are then refused as GONE. */
const cursorVersion = 1

export type KeyPart = string | number | boolean

export interface KeysetOptions<Key extends readonly KeyPart[]> {
  /** NOT NULL columns whose values together name one row, as the database sorts them; an index should begin with them. */
  readonly columns: readonly string[]
  readonly direction: 'asc' | 'desc'
  /** What a cursor must hold: one value for each column. */
  readonly key: z.ZodType<Key>
  /** Everything else that chooses the rows (filters, search words): a cursor is valid with the same query alone. */
  readonly query?: unknown
}

export interface Keyset<Row, Key extends readonly KeyPart[]> {
  /** A condition for `where`: only rows behind the cursor. @throws Refusal BAD_REQUEST or GONE */
  after(cursor: string | undefined): RawBuilder<boolean>
  /** For `orderBy`. */
  readonly orderBy: RawBuilder<unknown>
  /** One page from rows fetched with `limit(limit + 1)`. */
  toPage(rows: readonly Row[], limit: number, keyOf: (row: Row) => Key): { items: Row[]; next?: string }
}

/**
 * Paging by the values of the last row seen, so that a page costs the same however deep it is and nothing is skipped when rows
 * are added meanwhile.
 * @example
 * const paging = keyset({ columns: ['created_ms', 'id'], direction: 'desc', key: z.tuple([z.number(), z.string()]), query: filter })
 * const rows = await db.selectFrom('alert').selectAll().where(paging.after(cursor)).orderBy(paging.orderBy).limit(limit + 1).execute()
 * return paging.toPage(rows, limit, (row) => [row.created_ms, row.id])
 */
export function keyset<Row, Key extends readonly KeyPart[]>(options: KeysetOptions<Key>): Keyset<Row, Key> {
  const { columns, direction } = options
  const fingerprint = fingerprintOf([columns, direction, options.query ?? null])
  const refs = sql.join(columns.map((column) => sql.ref(column)))
  const comparison = direction === 'asc' ? sql.raw('>') : sql.raw('<')
  return {
    after(cursor) {
      if (cursor === undefined) return sql<boolean>`true`
      const key = decodeCursor(cursor, fingerprint, options.key)
      return sql<boolean>`(${refs}) ${comparison} (${sql.join([...key])})`
    },
    orderBy: sql.join(columns.map((column) => sql`${sql.ref(column)} ${sql.raw(direction)}`)),
    toPage(rows, limit, keyOf) {
      const items = rows.slice(0, limit)
      const last = items.at(-1)
      if (rows.length <= limit || last === undefined) return { items }
      return { items, next: encodeCursor(fingerprint, keyOf(last)) }
    },
  }
}

const fingerprintOf = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value)).digest('base64url').slice(0, 12)

/** JSON with sorted keys and without absent values, so that equal queries have equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

const encodeCursor = (fingerprint: string, key: readonly KeyPart[]): string =>
  Buffer.from(JSON.stringify([cursorVersion, fingerprint, key])).toString('base64url')

function decodeCursor<Key extends readonly KeyPart[]>(
  cursor: string,
  fingerprint: string,
  schema: z.ZodType<Key>,
): Key {
  const remedy = 'ask again without a cursor'
  const parts = parseJsonArray(Buffer.from(cursor, 'base64url').toString('utf8'))
  if (parts === undefined || parts.length !== 3)
    throw new Refusal('BAD_REQUEST', 'cursor: not a cursor of this server', { remedy })
  if (parts[0] !== cursorVersion)
    throw new Refusal('GONE', 'cursor: made by another version of this server', { remedy })
  if (parts[1] !== fingerprint)
    throw new Refusal('BAD_REQUEST', 'cursor: belongs to another query or another order', { remedy })
  const key = schema.safeParse(parts[2])
  if (!key.success) throw new Refusal('BAD_REQUEST', 'cursor: damaged', { remedy })
  return key.data
}

function parseJsonArray(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
