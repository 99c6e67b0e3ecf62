import type { Blobs } from '../../../platform/blobs/blobs.ts'
import type { Bus } from '../../../platform/bus/bus.ts'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { Log } from '../../../platform/log/log.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import { matchTopic } from './matches-sink.ts'
import * as store from './state-store.ts'

/** Who reads the matches. */
export const correlationGroup = 'correlations'
const partition = 0
/** A million groups take about a tenth of it. */
const maxSnapshotBytes = 4 * 1024 ** 3

export interface SnapshotParts {
  readonly sql: Sql
  readonly bus: Bus
  readonly blobs: Blobs
  readonly clock: Clock
  readonly log: Log
}

/** What a correlator remembered when it had seen all matches before `next`. */
export interface Snapshot {
  readonly next: number | undefined
  readonly chunks: readonly Uint8Array[]
}

/** The newest snapshot; without one, reading begins where the log does. */
export async function loadSnapshot({ sql, bus, blobs, log }: SnapshotParts): Promise<Snapshot> {
  const saved = await store.load(sql.db)
  if (!saved) return { next: undefined, chunks: [] }
  await bus.ensureNextOffsetAtLeast(matchTopic, partition, saved.next)
  try {
    const blob = await blobs.get(saved.snapshot)
    if (!blob) throw new Error('it is not there')
    const chunks: Uint8Array[] = []
    for await (const chunk of blob.content) chunks.push(chunk)
    return { next: saved.next, chunks }
  } catch (error) {
    log.error('what correlations remembered cannot be read; they begin anew', {
      snapshot: saved.snapshot,
      error: String(error),
    })
    return { next: saved.next, chunks: [] }
  }
}

/** Keeps a snapshot durably, and lets the log of matches be trimmed behind it. */
export async function saveSnapshot(
  { sql, bus, blobs, clock }: SnapshotParts,
  chunks: readonly Uint8Array[],
  next: number,
): Promise<void> {
  const before = await store.load(sql.db)
  const { sha256 } = await blobs.put(inTurn(chunks), { maxBytes: maxSnapshotBytes })
  const previous = before && before.snapshot !== sha256 ? before.snapshot : (before?.previous ?? null)
  await sql.tx((db) => store.save(db, { next, snapshot: sha256, previous }, clock.now()))
  await sql.checkpoint()
  await bus.commit(matchTopic, correlationGroup, partition, next)
  const passed = before?.previous
  if (passed && passed !== sha256 && passed !== previous) await blobs.delete(passed)
}

async function* inTurn(chunks: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* chunks
}
