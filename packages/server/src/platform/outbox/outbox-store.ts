import { type Kysely, sql } from 'kysely'
import { jsonbText } from '../sql/json.ts'
import type { AnyTables, Db, Tx } from '../sql/sql.ts'
import type { DomainEvent } from './outbox.ts'

/**
 * A place in the outbox. Events are ordered by the transaction that wrote them, then by sequence: sequence numbers alone commit
 * out of order. Transaction ids are 64 bits, so they stay text.
 */
export interface Position {
  readonly xid: string
  readonly seq: number
}

export interface PlacedEvent extends DomainEvent {
  readonly xid: string
}

export interface ReadResult {
  readonly events: PlacedEvent[]
  /** Everything before it has been looked at when `events` is short of the limit. */
  readonly horizon: Position
  /** Events that are committed or about to be, which an unfinished older transaction still hides. */
  readonly isHeldBack: boolean
}

interface ReadRow {
  horizon: string
  is_held_back: boolean
  xid: string | null
  seq: number | null
  name: string
  body: unknown
  at_ms: number
}

export async function insertEvents(db: Tx, name: string, bodies: readonly unknown[], atMs: number): Promise<void> {
  await sql`INSERT INTO outbox_event (name, body, at_ms)
    SELECT ${name}, body, ${atMs}::bigint FROM jsonb_array_elements(${jsonbText(bodies)}::jsonb) WITH ORDINALITY AS given (body, place)
    ORDER BY place`.execute(db)
}

/** Reads behind the snapshot horizon: every transaction older than it has ended, so nothing can appear before what was read. */
export async function readEvents(
  db: Db,
  after: Position,
  options: { names?: readonly string[]; limit: number },
): Promise<ReadResult> {
  const named = options.names === undefined ? sql`true` : sql`name = ANY(${[...options.names]}::text[])`
  // One statement, so that the horizon and the rows belong to one snapshot.
  const { rows } = await sql<ReadRow>`
    WITH edge AS (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xid)
    SELECT edge.xid::text AS horizon,
      EXISTS (SELECT FROM outbox_event WHERE xid >= edge.xid) AS is_held_back,
      found.xid::text AS xid, found.seq, found.name, found.body, found.at_ms
    FROM edge LEFT JOIN LATERAL (
      SELECT * FROM outbox_event
      WHERE (xid, seq) > (${after.xid}::text::xid8, ${after.seq}::bigint) AND xid < edge.xid AND ${named}
      ORDER BY xid, seq LIMIT ${options.limit}
    ) AS found ON true
    ORDER BY found.xid, found.seq`.execute(db)
  const events = rows.flatMap(({ xid, seq, name, body, at_ms }) =>
    xid === null || seq === null ? [] : [{ xid, seq, name, body, atMs: at_ms }],
  )
  const first = rows[0]
  return { events, horizon: { xid: first?.horizon ?? after.xid, seq: 0 }, isHeldBack: first?.is_held_back ?? false }
}

export async function currentHorizon(db: Db): Promise<Position> {
  const { rows } = await sql<{ xid: string }>`SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xid`.execute(db)
  return { xid: rows[0]?.xid ?? '0', seq: 0 }
}

/** Takes or keeps a consumer for one process; undefined while another process has it. `force` takes it in any case. */
export async function holdConsumer(
  db: Db,
  consumer: string,
  holder: string,
  options: { leaseMs: number; force: boolean },
): Promise<Position | undefined> {
  await sql`INSERT INTO outbox_consumer (name, xid, seq) VALUES (${consumer}, '0', 0) ON CONFLICT DO NOTHING`.execute(
    db,
  )
  const { rows } = await sql<Position>`
    UPDATE outbox_consumer SET holder = ${holder}, seen_at = now(),
      held_until = now() + ${options.leaseMs}::int * interval '1 millisecond'
    WHERE name = ${consumer}
      AND (${options.force} OR holder IS NULL OR holder = ${holder} OR held_until < now())
    RETURNING xid::text AS xid, seq`.execute(db)
  return rows[0]
}

/** False when another process has taken the consumer over meanwhile. */
export async function savePosition(db: Db, consumer: string, holder: string, position: Position): Promise<boolean> {
  const result = await sql`
    UPDATE outbox_consumer SET xid = ${position.xid}::text::xid8, seq = ${position.seq}::bigint, seen_at = now()
    WHERE name = ${consumer} AND holder = ${holder}`.execute(db)
  return (result.numAffectedRows ?? 0n) > 0n
}

export async function releaseConsumer(db: Db, consumer: string, holder: string): Promise<void> {
  await sql`UPDATE outbox_consumer SET holder = NULL, held_until = NULL
    WHERE name = ${consumer} AND holder = ${holder}`.execute(db)
}

export async function buryEvent(
  db: Tx,
  consumer: string,
  event: PlacedEvent,
  why: { error: string; deadMs: number },
): Promise<void> {
  await sql`INSERT INTO outbox_dead_letter (consumer, seq, name, body, at_ms, error, dead_ms)
    VALUES (${consumer}, ${event.seq}, ${event.name}, ${jsonbText(event.body)}::jsonb, ${event.atMs}, ${why.error}, ${why.deadMs})
    ON CONFLICT (consumer, seq) DO UPDATE SET error = excluded.error, dead_ms = excluded.dead_ms`.execute(db)
}

export interface DeadLetter extends DomainEvent {
  readonly consumer: string
  readonly error: string
  readonly deadMs: number
}

export async function listDeadLetters(db: Db, limit: number): Promise<DeadLetter[]> {
  const { rows } = await sql<DeadLetter>`
    SELECT consumer, seq, name, body, at_ms AS "atMs", error, dead_ms AS "deadMs"
    FROM outbox_dead_letter ORDER BY dead_ms DESC, consumer, seq LIMIT ${limit}`.execute(db)
  return rows
}

export async function findDeadLetter(db: Db, consumer: string, seq: number): Promise<DomainEvent | undefined> {
  const { rows } = await sql<DomainEvent>`
    SELECT seq, name, body, at_ms AS "atMs" FROM outbox_dead_letter
    WHERE consumer = ${consumer} AND seq = ${seq}`.execute(db)
  return rows[0]
}

export async function deleteDeadLetter(db: Db, consumer: string, seq: number): Promise<void> {
  await sql`DELETE FROM outbox_dead_letter WHERE consumer = ${consumer} AND seq = ${seq}`.execute(db)
}

/** Deletes up to `limit` events older than the time that every consumer has behind it; how many. */
export async function deleteConsumed(db: Db, olderThanMs: number, limit: number): Promise<number> {
  const result = await sql`
    DELETE FROM outbox_event WHERE (xid, seq) IN (
      SELECT xid, seq FROM outbox_event AS event
      WHERE at_ms < ${olderThanMs} AND xid < pg_snapshot_xmin(pg_current_snapshot())
        AND NOT EXISTS (SELECT FROM outbox_consumer AS consumer WHERE (consumer.xid, consumer.seq) < (event.xid, event.seq))
      ORDER BY xid, seq LIMIT ${limit})`.execute(db)
  return Number(result.numAffectedRows ?? 0n)
}

/** Consumers that no program has run for so long; they would keep every event. */
export async function deleteForsakenConsumers(db: Db, days: number): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    DELETE FROM outbox_consumer WHERE seen_at < now() - ${days}::int * interval '1 day' RETURNING name`.execute(db)
  return rows.map((row) => row.name)
}

/**
 * After a restore into another cluster the stored transaction ids may lie in its future, where the horizon would hide them.
 * Then all stored events are from finished transactions: they get xid 0 and new sequence numbers in their old order, and the
 * consumers' positions move with them. Does nothing on a database that was not moved.
 */
export async function adoptRestoredEvents(db: Kysely<AnyTables>): Promise<boolean> {
  const { rows } = await sql<{ is_foreign: boolean }>`
    SELECT COALESCE(greatest((SELECT max(xid) FROM outbox_event), (SELECT max(xid) FROM outbox_consumer))
      > pg_snapshot_xmax(pg_current_snapshot()), false) AS is_foreign`.execute(db)
  if (rows[0]?.is_foreign !== true) return false
  await sql`LOCK TABLE outbox_event, outbox_consumer IN ACCESS EXCLUSIVE MODE`.execute(db)
  await sql`CREATE TEMPORARY TABLE outbox_renumbered ON COMMIT DROP AS
    SELECT xid, seq, nextval(pg_get_serial_sequence('outbox_event', 'seq')) AS new_seq
    FROM (SELECT xid, seq FROM outbox_event ORDER BY xid, seq) AS ordered`.execute(db)
  await sql`UPDATE outbox_consumer AS consumer SET xid = '0', seq = COALESCE(
    (SELECT max(new_seq) FROM outbox_renumbered AS event WHERE (event.xid, event.seq) <= (consumer.xid, consumer.seq)), 0)`.execute(
    db,
  )
  await sql`UPDATE outbox_event AS event SET xid = '0', seq = renumbered.new_seq FROM outbox_renumbered AS renumbered
    WHERE (event.xid, event.seq) = (renumbered.xid, renumbered.seq)`.execute(db)
  return true
}
