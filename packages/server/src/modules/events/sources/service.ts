import type { Source, SourceKind } from '@watchfloor/contracts/events'
import { type Actor, Refusal, type SourceId, toInstant } from '@watchfloor/contracts/kernel'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { EventStore } from '../../../platform/events/event-store.ts'
import { isUniqueViolation } from '../../../platform/sql/failures.ts'
import type { Sql, Tx } from '../../../platform/sql/sql.ts'
import type { Audit } from '../../audit/index.ts'
import { Rates } from './rates.ts'
import { Recent, type RecentCounts } from './recent.ts'
import * as store from './store.ts'

/** What was received for a deleted source has long reached the event store by then. */
const forgottenAfterMs = 86_400_000

export interface SourcesParts {
  readonly sql: Sql
  readonly events: EventStore
  readonly clock: Clock
  readonly audit: Audit
  newId(): string
}

/** The sources: made by hand or at their first record, kept in memory because every intake asks for one. */
export class Sources {
  readonly #parts: SourcesParts
  readonly #byId = new Map<string, store.SourceRow>()
  readonly #rates: Rates
  readonly #recent: Recent
  /** Sources whose records cannot be fetched, by id. */
  readonly #failing = new Set<string>()
  #pendingRejected = new Map<string, number>()

  constructor(parts: SourcesParts) {
    this.#parts = parts
    this.#rates = new Rates(parts.clock)
    this.#recent = new Recent(parts.clock)
  }

  async load(): Promise<void> {
    for (const row of await store.all(this.#parts.sql.db)) this.#byId.set(row.id, row)
  }

  nameOf(id: string): string {
    return this.#byId.get(id)?.name ?? id
  }

  known(id: string): store.SourceRow | undefined {
    return this.#byId.get(id)
  }

  ofKind(kind: SourceKind): store.SourceRow[] {
    return [...this.#byId.values()].filter((row) => row.kind === kind && row.deleted_ms === null)
  }

  /**
   * The source of that kind and name, made when there is none yet.
   * @error FORBIDDEN when it is switched off
   */
  async ensure(actor: Actor, kind: SourceKind, name: string): Promise<store.SourceRow> {
    const wanted = name.trim().slice(0, 120) || 'default'
    const known = this.ofKind(kind).find((row) => row.name.toLowerCase() === wanted.toLowerCase())
    const row = known ?? (await this.#make(actor, kind, { name: wanted }))
    if (!row.enabled)
      throw new Refusal('FORBIDDEN', `source "${row.name}" is switched off`, {
        remedy: 'Switch it on under Detection → Sources, or send to another source.',
      })
    return row
  }

  async create(
    actor: Actor,
    kind: SourceKind,
    settings: Partial<store.SourceSettings> & { name: string },
  ): Promise<Source> {
    const before = this.#byId.size
    const row = await this.#make(actor, kind, settings)
    if (this.#byId.size === before)
      throw new Refusal('CONFLICT', `there is a ${kind} source named "${row.name}" already`, {
        remedy: 'Choose another name.',
      })
    return this.view(row)
  }

  async #make(actor: Actor, kind: SourceKind, settings: Partial<store.SourceSettings> & { name: string }) {
    const { sql, clock, audit, newId } = this.#parts
    const made = await sql.tx(async (db) => {
      const result = await store.ensure(db, { ...settings, id: newId(), kind, createdMs: clock.now() })
      if (result.isNew)
        await audit.record(db, actor, {
          action: 'sources.create',
          object: { type: 'source', id: result.row.id, title: result.row.name },
          after: { kind, name: result.row.name },
        })
      return result
    })
    // An event is durable as soon as it is acknowledged, so the source that it names must be as well.
    if (made.isNew) await sql.checkpoint()
    this.#byId.set(made.row.id, made.row)
    return made.row
  }

  async update(actor: Actor, id: string, changes: Partial<store.SourceSettings>): Promise<Source> {
    const { sql, audit, events } = this.#parts
    const stored = (await events.usage()).find((one) => one.sourceId === id)
    const row = await sql.tx(async (db) => {
      const before = await store.get(db, id)
      const after = before && (await store.update(db, id, changes).catch(refuseTakenName))
      if (!before || !after) throw new Refusal('NOT_FOUND', `there is no source ${id}`)
      await audit.record(db, actor, {
        action: 'sources.update',
        object: { type: 'source', id, title: after.name },
        before: settingsOf(before),
        after: settingsOf(after),
      })
      return after
    })
    this.#byId.set(id, row)
    return this.view(row, stored)
  }

  /**
   * Takes a source off the list and frees its name. Its events stay, under its name, until their retention.
   * @error NOT_FOUND · CONFLICT when it is still switched on
   */
  async delete(actor: Actor, id: string): Promise<void> {
    const { sql, audit, clock } = this.#parts
    const row = await sql.tx(async (db) => {
      const deleted = await store.markDeleted(db, id, clock.now())
      if (!deleted) {
        const known = await store.get(db, id)
        if (!known) throw new Refusal('NOT_FOUND', `there is no source ${id}`)
        throw new Refusal('CONFLICT', `source "${known.name}" is switched on`, { remedy: 'Switch it off first.' })
      }
      await audit.record(db, actor, {
        action: 'sources.delete',
        object: { type: 'source', id, title: deleted.name },
        before: settingsOf(deleted),
      })
      return deleted
    })
    this.#byId.set(id, row)
    this.#failing.delete(id)
  }

  /** For retention: how long each source's events are kept, also those of deleted sources. */
  async retentions(): Promise<store.SourceRow[]> {
    return store.all(this.#parts.sql.db)
  }

  /** Forgets sources that were deleted a while ago and have no event left. */
  async forgetDeleted(): Promise<void> {
    const { sql, events, clock } = this.#parts
    const withEvents = (await events.usage()).map((one) => one.sourceId)
    const gone = await sql.tx((db) => store.forgetDeleted(db, clock.now() - forgottenAfterMs, withEvents))
    for (const id of gone) this.#byId.delete(id)
  }

  /** In the transaction that stores a batch of the log. */
  async recordProgress(db: Tx, progress: readonly store.SourceProgress[]): Promise<void> {
    await store.addProgress(db, progress)
    for (const one of progress) {
      this.#rates.add(one.sourceId, one.received)
      this.#recent.add(one.sourceId, { received: one.received, bad: one.parseFailures })
    }
  }

  countRejected(sourceId: string, count: number): void {
    if (count <= 0) return
    this.#pendingRejected.set(sourceId, (this.#pendingRejected.get(sourceId) ?? 0) + count)
    this.#recent.add(sourceId, { received: count, bad: count })
  }

  /** Says whether the records of a source that we fetch ourselves can be had. */
  setFailing(sourceId: string, isFailing: boolean): void {
    if (isFailing) this.#failing.add(sourceId)
    else this.#failing.delete(sourceId)
  }

  /** Writes counts of refused records that gathered since the last time. */
  async flushRejected(): Promise<void> {
    if (this.#pendingRejected.size === 0) return
    const rejected = this.#pendingRejected
    this.#pendingRejected = new Map()
    await this.#parts.sql.tx((db) => store.addRejected(db, rejected))
  }

  /** Events a second over the last ten seconds, all sources. */
  get ratePerSecond(): number {
    return this.#rates.total()
  }

  async list(): Promise<Source[]> {
    const { sql, events } = this.#parts
    const [rows, usage] = await Promise.all([store.all(sql.db), events.usage()])
    const stored = new Map(usage.map((one) => [one.sourceId, one]))
    for (const row of rows) this.#byId.set(row.id, row)
    return rows.filter((row) => row.deleted_ms === null).map((row) => this.view(row, stored.get(row.id)))
  }

  /** Sources that fell silent since the last look. */
  markSilent(db: Tx): Promise<store.SourceRow[]> {
    return store.markSilent(db, this.#parts.clock.now())
  }

  view(row: store.SourceRow, stored?: { events: number; bytes: number }): Source {
    return {
      id: row.id as SourceId,
      name: row.name,
      kind: row.kind,
      createdAt: toInstant(row.created_ms),
      enabled: row.enabled,
      product: row.product,
      service: row.service,
      retentionDays: row.retention_days,
      retentionBytes: row.retention_bytes,
      silenceMinutes: row.silence_minutes,
      path: row.path,
      received: row.received,
      parseFailures: row.parse_failures,
      rejected: row.rejected,
      bytesReceived: row.bytes_received,
      lastSeenAt: row.last_seen_ms === null ? null : toInstant(row.last_seen_ms),
      lagSeconds:
        row.last_seen_ms === null || row.newest_event_ms === null
          ? null
          : Math.max(0, Math.round((row.last_seen_ms - row.newest_event_ms) / 100) / 10),
      ratePerSecond: this.#rates.of(row.id),
      storedEvents: stored?.events ?? 0,
      storedBytes: stored?.bytes ?? 0,
      health: healthOf(row, {
        nowMs: this.#parts.clock.now(),
        recent: this.#recent.of(row.id),
        isFailing: this.#failing.has(row.id),
      }),
    }
  }
}

/** @error CONFLICT */
function refuseTakenName(error: unknown): never {
  if (!isUniqueViolation(error, 'source_name')) throw error
  throw new Refusal('CONFLICT', 'another source of that kind has this name', { remedy: 'Choose another name.' })
}

const settingsOf = (row: store.SourceRow) => ({
  name: row.name,
  enabled: row.enabled,
  product: row.product,
  service: row.service,
  retentionDays: row.retention_days,
  retentionBytes: row.retention_bytes,
  silenceMinutes: row.silence_minutes,
  path: row.path,
})

/**
 * `failing`: its files cannot be read, or more than a tenth of what came lately did not parse or was refused. When nothing came
 * lately, everything that ever came decides.
 */
export function healthOf(
  row: Pick<
    store.SourceRow,
    'enabled' | 'last_seen_ms' | 'silence_minutes' | 'received' | 'parse_failures' | 'rejected'
  >,
  now: { readonly nowMs: number; readonly recent: RecentCounts; readonly isFailing: boolean },
): Source['health'] {
  const { nowMs, recent, isFailing } = now
  if (!row.enabled) return 'disabled'
  if (isFailing) return 'failing'
  if (row.last_seen_ms === null) return row.rejected > 0 || recent.bad > 0 ? 'failing' : 'new'
  if (row.silence_minutes !== null && nowMs - row.last_seen_ms > row.silence_minutes * 60_000) return 'silent'
  const ever = { received: row.received + row.rejected, bad: row.parse_failures + row.rejected }
  const { received, bad } = recent.received > 0 || recent.bad > 0 ? recent : ever
  return bad > 0.1 * received ? 'failing' : 'ok'
}
