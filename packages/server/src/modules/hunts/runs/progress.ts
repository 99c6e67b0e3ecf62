import type { Detection } from '@watchfloor/contracts/detections'
import type { HuntRun } from '@watchfloor/contracts/hunts'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { EventPlace } from '../../../platform/events/event-store.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import type { Detections } from '../../detections/index.ts'
import { barsOf, isOpen } from '../model.ts'
import * as hits from './hit-store.ts'
import * as store from './store.ts'

/** What a page, or a stretch without any, has brought. */
export interface Gained {
  readonly events: number
  readonly skipped?: number
  readonly rows?: readonly hits.HitRow[]
  readonly detections?: readonly Detection[]
  /** Everything up to here is done. */
  readonly place?: EventPlace
}

interface ProgressParts {
  readonly sql: Sql
  readonly clock: Clock
  readonly detections: Detections
  readonly maxHits: number
  onChange(run: HuntRun): void
}

/** Between two writes of a place without hits; after an end without warning so much is looked at again. */
const saveEveryMs = 500

/** The run was cancelled, paused or deleted while it worked. */
export class RunTaken extends Error {
  override readonly name = 'RunTaken'
}

/**
 * How far a run has come, in memory and in SQL: hits, detections and the place reached are written in one transaction, so that after
 * any end each hit is there once.
 */
export class RunProgress {
  readonly #parts: ProgressParts
  readonly #bars: number[]
  readonly #firstBarMs: number
  #run: store.RunRow
  #events = 0
  #skipped = 0
  #place: EventPlace | undefined
  #savedMs: number

  private constructor(parts: ProgressParts, run: store.RunRow) {
    this.#parts = parts
    this.#run = run
    this.#bars = [...run.bars]
    this.#firstBarMs = barsOf({ fromMs: Number(run.from_ms), toMs: Number(run.to_ms) }).firstMs
    this.#savedMs = parts.clock.monotonic()
  }

  /** @param how.remaining events from the place reached on */
  static async begin(
    parts: ProgressParts,
    run: store.RunRow,
    how: { jobId: string; remaining: number; message: string | null },
  ): Promise<RunProgress> {
    const begun = await parts.sql.tx(async (db) => {
      const current = await store.lock(db, run.id)
      if (!current || !isOpen(current.state) || current.job_id !== how.jobId)
        throw new RunTaken('the run was taken away')
      return store.update(db, run.id, {
        state: 'running',
        started_ms: current.started_ms ?? parts.clock.now(),
        events_done: Number(run.events_done),
        events_total: Number(run.events_done) + how.remaining,
        message: how.message,
      })
    })
    if (!begun) throw new RunTaken('the run was taken away')
    parts.onChange(store.runOf(begun))
    return new RunProgress(parts, begun)
  }

  get eventsDone(): number {
    return Number(this.#run.events_done) + this.#events
  }

  get position(): EventPlace | null {
    return this.#place ?? this.#run.position
  }

  /** 0 to 1. */
  get share(): number {
    const total = Number(this.#run.events_total ?? 0)
    return total === 0 ? 0 : Math.min(1, this.eventsDone / total)
  }

  async gain({ events, skipped = 0, rows = [], detections = [], place }: Gained): Promise<void> {
    this.#events += events
    this.#skipped += skipped
    if (place) this.#place = place
    if (rows.length > 0 || this.#parts.clock.monotonic() - this.#savedMs >= saveEveryMs)
      await this.#save(rows, detections)
  }

  async end(): Promise<{ hits: number }> {
    await this.#save([], [], {
      state: 'done',
      ended_ms: this.#parts.clock.now(),
      events_total: this.eventsDone,
    })
    return { hits: Number(this.#run.hits) }
  }

  async #save(
    rows: readonly hits.HitRow[],
    detections: readonly Detection[],
    ending: Pick<Parameters<typeof store.update>[2], 'state' | 'ended_ms' | 'events_total'> = {},
  ): Promise<void> {
    const { sql, clock, maxHits, onChange } = this.#parts
    const barMs = Number(this.#run.bar_ms)
    for (const row of rows) {
      const bar = Math.floor((Number(row.time_ms) - this.#firstBarMs) / barMs)
      if (this.#bars[bar] !== undefined) this.#bars[bar]++
    }
    const nowMs = clock.monotonic()
    const run = await sql.tx(async (db) => {
      const current = await store.lock(db, this.#run.id)
      // Paused and begun again, it belongs to another job.
      if (current?.state !== 'running' || current.job_id !== this.#run.job_id)
        throw new RunTaken('the run was cancelled or paused')
      const kept = rows.slice(0, Math.max(0, maxHits - Number(current.hits_kept)))
      const hitsKept = Number(current.hits_kept) + (await hits.add(db, kept))
      const wanted = detections.slice(0, kept.length)
      const made = wanted.length === 0 ? 0 : await this.#parts.detections.record(db, wanted, { tell: current.alerts })
      return store.update(db, this.#run.id, {
        ...ending,
        events_done: this.eventsDone,
        events_skipped: Number(current.events_skipped) + this.#skipped,
        hits: Number(current.hits) + rows.length,
        hits_kept: hitsKept,
        detections: Number(current.detections) + made,
        worked_ms: Number(current.worked_ms) + Math.round(nowMs - this.#savedMs),
        bars: this.#bars,
        ...(this.#place ? { position: this.#place } : {}),
        ...(Number(current.hits) + rows.length > maxHits
          ? { message: `more than ${maxHits} hits: the first are kept, the rest are counted` }
          : {}),
      })
    })
    if (!run) throw new RunTaken('the run was deleted')
    this.#run = run
    this.#events = 0
    this.#skipped = 0
    this.#savedMs = nowMs
    onChange(store.runOf(run))
  }
}
