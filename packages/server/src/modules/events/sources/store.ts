import type { SourceKind } from '@watchfloor/contracts/events'
import { sql } from 'kysely'
import type { Db, Tx } from '../../../platform/sql/sql.ts'
import { withTables } from '../../../platform/sql/tables.ts'

export interface SourceRow {
  id: string
  name: string
  kind: SourceKind
  enabled: boolean
  product: string | null
  service: string | null
  retention_days: number | null
  retention_bytes: number | null
  silence_minutes: number | null
  path: string | null
  created_ms: number
  received: number
  parse_failures: number
  rejected: number
  bytes_received: number
  last_seen_ms: number | null
  newest_event_ms: number | null
  silent_since_ms: number | null
  /** When it was deleted; it stays while its events do. */
  deleted_ms: number | null
}

interface SourceTables {
  source: SourceRow
}

const tables = (db: Db) => withTables<SourceTables>(db)
const optional = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value))

const clean = (row: SourceRow): SourceRow => ({
  ...row,
  retention_bytes: optional(row.retention_bytes),
  created_ms: Number(row.created_ms),
  received: Number(row.received),
  parse_failures: Number(row.parse_failures),
  rejected: Number(row.rejected),
  bytes_received: Number(row.bytes_received),
  last_seen_ms: optional(row.last_seen_ms),
  newest_event_ms: optional(row.newest_event_ms),
  silent_since_ms: optional(row.silent_since_ms),
  deleted_ms: optional(row.deleted_ms),
})

/** Every source, also deleted ones; there are tens to hundreds, and the intake keeps them in memory. */
export async function all(db: Db): Promise<SourceRow[]> {
  const rows = await tables(db).selectFrom('source').selectAll().orderBy(sql`lower(name)`).orderBy('id').execute()
  return rows.map(clean)
}

export async function get(db: Db, id: string): Promise<SourceRow | undefined> {
  const row = await tables(db)
    .selectFrom('source')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_ms', 'is', null)
    .executeTakeFirst()
  return row && clean(row)
}

export type SourceSettings = Pick<
  SourceRow,
  'name' | 'enabled' | 'product' | 'service' | 'retention_days' | 'retention_bytes' | 'silence_minutes' | 'path'
>

/** Makes the source unless one of that kind and name is there; returns whichever it is. */
export async function ensure(
  db: Tx,
  source: { id: string; kind: SourceKind; createdMs: number } & Partial<SourceSettings> & { name: string },
): Promise<{ row: SourceRow; isNew: boolean }> {
  const inserted = await tables(db)
    .insertInto('source')
    .values({
      id: source.id,
      name: source.name,
      kind: source.kind,
      enabled: true,
      product: source.product ?? null,
      service: source.service ?? null,
      retention_days: source.retention_days ?? null,
      retention_bytes: source.retention_bytes ?? null,
      silence_minutes: source.silence_minutes ?? null,
      path: source.path ?? null,
      created_ms: source.createdMs,
      received: 0,
      parse_failures: 0,
      rejected: 0,
      bytes_received: 0,
      last_seen_ms: null,
      newest_event_ms: null,
      silent_since_ms: null,
      deleted_ms: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  if (inserted) return { row: clean(inserted), isNew: true }
  const existing = await tables(db)
    .selectFrom('source')
    .selectAll()
    .where('kind', '=', source.kind)
    .where(sql<boolean>`lower(name) = lower(${source.name})`)
    .where('deleted_ms', 'is', null)
    .executeTakeFirstOrThrow()
  return { row: clean(existing), isNew: false }
}

export async function update(db: Tx, id: string, changes: Partial<SourceSettings>): Promise<SourceRow | undefined> {
  if (Object.keys(changes).length === 0) return get(db, id)
  const row = await tables(db)
    .updateTable('source')
    .set(changes)
    .where('id', '=', id)
    .where('deleted_ms', 'is', null)
    .returningAll()
    .executeTakeFirst()
  return row && clean(row)
}

/** Marks a source that is switched off as deleted; undefined when there is none such. */
export async function markDeleted(db: Tx, id: string, nowMs: number): Promise<SourceRow | undefined> {
  const row = await tables(db)
    .updateTable('source')
    .set({ deleted_ms: nowMs })
    .where('id', '=', id)
    .where('deleted_ms', 'is', null)
    .where('enabled', '=', false)
    .returningAll()
    .executeTakeFirst()
  return row && clean(row)
}

/** Forgets sources that were deleted before an instant, unless they are among those that still have events. */
export async function forgetDeleted(db: Tx, beforeMs: number, withEvents: readonly string[]): Promise<string[]> {
  const rows = await tables(db)
    .deleteFrom('source')
    .where('deleted_ms', '<', beforeMs)
    .where(sql<boolean>`NOT id = ANY(${withEvents})`)
    .returning('id')
    .execute()
  return rows.map((row) => row.id)
}

export interface SourceProgress {
  readonly sourceId: string
  readonly received: number
  readonly parseFailures: number
  readonly bytes: number
  readonly receivedMs: number
  readonly newestEventMs: number
}

/** Adds what a batch of the log brought; in the transaction that stores the batch's offset, so that counts are exact. */
export async function addProgress(db: Tx, progress: readonly SourceProgress[]): Promise<void> {
  for (const one of progress)
    await sql`
      UPDATE source SET received = received + ${one.received}, parse_failures = parse_failures + ${one.parseFailures},
        bytes_received = bytes_received + ${one.bytes},
        last_seen_ms = greatest(coalesce(last_seen_ms, 0), ${one.receivedMs}::bigint),
        newest_event_ms = greatest(coalesce(newest_event_ms, 0), ${one.newestEventMs}::bigint), silent_since_ms = NULL
      WHERE id = ${one.sourceId}`.execute(db)
}

export async function addRejected(db: Tx, rejected: ReadonlyMap<string, number>): Promise<void> {
  for (const [id, count] of rejected)
    await sql`UPDATE source SET rejected = rejected + ${count} WHERE id = ${id}`.execute(db)
}

/** Marks sources silent that have been so for longer than allowed, and returns those that just became so. */
export async function markSilent(db: Tx, nowMs: number): Promise<SourceRow[]> {
  const rows = await sql<SourceRow>`
    UPDATE source SET silent_since_ms = last_seen_ms
    WHERE enabled AND silence_minutes IS NOT NULL AND last_seen_ms IS NOT NULL AND silent_since_ms IS NULL
      AND last_seen_ms < ${nowMs}::bigint - silence_minutes::bigint * 60000
    RETURNING *`.execute(db)
  return rows.rows.map(clean)
}
