import type { Hunt, HuntRunDetail, HuntSave, huntPage } from '@watchfloor/contracts/hunts'
import { type Actor, type Id, Refusal, systemActor } from '@watchfloor/contracts/kernel'
import type { z } from 'zod'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { Log } from '../../../platform/log/log.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import type { Audit } from '../../audit/index.ts'
import { nextTime, spanOf } from '../model.ts'
import { type HuntRuns, refuseNarrowing } from '../runs/service.ts'
import { lastOfHunts } from '../runs/store.ts'
import * as store from './store.ts'

export interface SavedHuntsParts {
  readonly sql: Sql
  readonly clock: Clock
  readonly audit: Audit
  readonly log: Log
  readonly runs: Pick<HuntRuns, 'start'>
  newId(): string
}

const shownRuns = 5
const dueAtOnce = 100

/** Hunts that people keep: what, over which time, and when by themselves. */
export class SavedHunts {
  readonly #parts: SavedHuntsParts

  constructor(parts: SavedHuntsParts) {
    this.#parts = parts
  }

  async list(query: {
    text?: string | undefined
    cursor?: string | undefined
    limit: number
  }): Promise<z.input<typeof huntPage>> {
    const { db } = this.#parts.sql
    const { items, next } = await store.page(db, query.text, query.cursor, query.limit)
    const runs = await lastOfHunts(
      db,
      items.map((row) => row.id),
      shownRuns,
    )
    return {
      items: items.map((row) =>
        store.huntOf(
          row,
          runs.filter((run) => run.hunt_id === row.id),
        ),
      ),
      ...(next ? { next } : {}),
    }
  }

  /** @error NOT_FOUND */
  async get(id: string): Promise<Hunt> {
    const { db } = this.#parts.sql
    const row = await store.get(db, id)
    if (!row) throw new Refusal('NOT_FOUND', `there is no hunt ${id}`)
    return store.huntOf(row, await lastOfHunts(db, [id], shownRuns))
  }

  /** What is looked for may still have errors: a hunt can be kept half written, and is checked when it runs. @error VALIDATION_FAILED · UNPROCESSABLE */
  async create(actor: Actor, hunt: HuntSave): Promise<Hunt> {
    const { sql, clock, audit, newId } = this.#parts
    const nowMs = clock.now()
    const row: store.HuntRow = {
      ...this.#columns(hunt),
      id: newId(),
      owner_id: actor.id,
      owner_name: actor.name,
      version: 1,
      created_ms: nowMs,
      updated_ms: nowMs,
      covered_ms: null,
    }
    await sql.tx(async (db) => {
      await store.insert(db, row)
      await audit.record(db, actor, {
        action: 'hunts.create',
        object: { type: 'hunt', id: row.id, title: row.name },
        after: hunt,
      })
    })
    return store.huntOf(row, [])
  }

  /** @error NOT_FOUND · STALE_EDIT · VALIDATION_FAILED · UNPROCESSABLE */
  async update(actor: Actor, id: string, hunt: HuntSave, expectedVersion: number): Promise<Hunt> {
    const { sql, clock, audit } = this.#parts
    await sql.tx(async (db) => {
      const before = await store.lock(db, id)
      if (!before) throw new Refusal('NOT_FOUND', `there is no hunt ${id}`)
      if (before.version !== expectedVersion)
        throw new Refusal('STALE_EDIT', `hunt "${before.name}" has been changed since it was opened`, {
          remedy: 'Look at the current version, then save again.',
          details: { expectedVersion, currentVersion: before.version },
        })
      await store.save(db, { ...before, ...this.#columns(hunt), version: before.version + 1, updated_ms: clock.now() })
      await audit.record(db, actor, {
        action: 'hunts.update',
        object: { type: 'hunt', id, title: hunt.name },
        before: { name: before.name, search: before.search, schedule: before.schedule },
        after: hunt,
      })
    })
    return this.get(id)
  }

  /** Its runs stay. @error NOT_FOUND */
  async delete(actor: Actor, id: string): Promise<void> {
    const { sql, audit } = this.#parts
    await sql.tx(async (db) => {
      const row = await store.lock(db, id)
      if (!row) throw new Refusal('NOT_FOUND', `there is no hunt ${id}`)
      await store.remove(db, id)
      await audit.record(db, actor, { action: 'hunts.delete', object: { type: 'hunt', id, title: row.name } })
    })
  }

  /** A copy under a name of its own, without the schedule. @error NOT_FOUND */
  async clone(actor: Actor, id: string): Promise<Hunt> {
    const { id: _, kind: __, owner, version, createdAt, updatedAt, nextRunAt, runs, ...hunt } = await this.get(id)
    return this.create(actor, { ...hunt, name: `${hunt.name.slice(0, 190)} (copy)`, schedule: null })
  }

  /** Runs it now over its own range. @error NOT_FOUND and what starting a run may answer */
  async run(actor: Actor, id: string): Promise<HuntRunDetail> {
    const { name, search, range, sourceIds, narrowing, keep, alerts } = await this.get(id)
    return this.#parts.runs.start(
      { actor, reason: 'person' },
      { huntId: id as Id<'hunt'>, name, search, range, sourceIds, narrowing, keep, alerts },
    )
  }

  /** Starts what is due. Each goes over the time since its last start only; one that cannot start is tried at its next time. */
  async startDue(): Promise<number> {
    const { sql, clock, log } = this.#parts
    const nowMs = clock.now()
    const hunts = await store.due(sql.db, nowMs, dueAtOnce)
    let started = 0
    for (const hunt of hunts) {
      const next = { next_run_ms: nextTime(hunt.schedule ?? '', nowMs), covered_ms: nowMs }
      try {
        await this.#startScheduled(hunt, nowMs)
        started++
        await store.setNext(sql.db, hunt.id, next)
      } catch (error) {
        log.warn('a scheduled hunt did not start; what it did not see is looked at next time', {
          hunt: hunt.name,
          error: String(error),
        })
        await store.setNext(sql.db, hunt.id, { ...next, covered_ms: Number(hunt.covered_ms ?? nowMs) })
      }
    }
    return started
  }

  #startScheduled(hunt: store.HuntRow, nowMs: number): Promise<HuntRunDetail> {
    const span = hunt.covered_ms === null ? spanOf(hunt.range, nowMs) : { fromMs: Number(hunt.covered_ms), toMs: nowMs }
    return this.#parts.runs.start(
      { actor: systemActor('scheduled hunts'), reason: 'schedule', span },
      {
        huntId: hunt.id as Id<'hunt'>,
        name: hunt.name,
        search: hunt.search,
        range: hunt.range,
        sourceIds: [...store.huntOf(hunt, []).sourceIds],
        narrowing: hunt.narrowing,
        keep: hunt.keep,
        alerts: hunt.alerts,
      },
    )
  }

  #columns(hunt: HuntSave) {
    const { clock } = this.#parts
    refuseNarrowing(hunt.narrowing)
    spanOf(hunt.range, clock.now())
    const { sourceIds, schedule, ...rest } = hunt
    const wanted = schedule?.trim() || null
    return {
      ...rest,
      source_ids: sourceIds,
      schedule: wanted,
      next_run_ms: wanted === null ? null : nextTime(wanted, clock.now()),
    }
  }
}
