import type { HuntRun, HuntRunDetail, HuntRunStart, HuntSummary, huntRunPage } from '@watchfloor/contracts/hunts'
import { type Actor, Refusal, toInstant } from '@watchfloor/contracts/kernel'
import type { z } from 'zod'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { Jobs } from '../../../platform/jobs/jobs.ts'
import type { Sql, Tx } from '../../../platform/sql/sql.ts'
import type { Audit } from '../../audit/index.ts'
import { type Detections, entityFields } from '../../detections/index.ts'
import type { Sources } from '../../events/index.ts'
import type { Rules } from '../../rules/index.ts'
import { barsOf, isOpen, nameOf, type Span, spanOf, statesBefore } from '../model.ts'
import { type prepare, queryFaults } from '../prepare.ts'
import { prepareSearch, type SearchSources } from '../prepare-listed.ts'
import { detectionsOf } from './found.ts'
import * as hits from './hit-store.ts'
import * as store from './store.ts'

export const runJob = 'hunts.run'

export interface RunsParts {
  readonly sql: Sql
  readonly clock: Clock
  readonly jobs: Jobs
  readonly audit: Audit
  readonly rules: Rules
  readonly indicators: SearchSources['indicators']
  readonly patterns: SearchSources['patterns']
  readonly detections: Detections
  readonly sources: Sources
  readonly runsPerPerson: number
  readonly runsInTotal: number
  newId(): string
  /** Told of every change that is committed. */
  onChange(run: HuntRun): void
}

/** Why and for whom a run begins. */
export interface RunCause {
  readonly actor: Actor
  readonly reason: HuntRun['reason']
  /** Instead of the range of the start. */
  readonly span?: Span
}

const keptAtOnce = 500
const topEntities = 10
const topRules = 100

/** Runs of hunts as people start, watch, stop and keep them; the work itself is `HuntRunner`'s. */
export class HuntRuns {
  readonly #parts: RunsParts

  constructor(parts: RunsParts) {
    this.#parts = parts
  }

  /** @error VALIDATION_FAILED · UNPROCESSABLE · RATE_LIMITED when too many wait or work already */
  async start(cause: RunCause, start: HuntRunStart): Promise<HuntRunDetail> {
    const { sql, clock } = this.#parts
    const span = cause.span ?? spanOf(start.range, clock.now())
    refuseNarrowing(start.narrowing)
    const id = this.#parts.newId()
    const name = start.name ?? nameOf(start.search)
    refuseFaults((await prepareSearch(start.search, { id: `hunt:${id}`, title: name }, this.#parts)).diagnostics)
    const run = await sql.tx((db) => this.#begin(db, cause, { ...start, id, name }, span))
    this.#parts.onChange(store.runOf(run))
    return store.detailOf(run)
  }

  async #begin(db: Tx, cause: RunCause, start: HuntRunStart & { id: string; name: string }, span: Span) {
    const { clock, audit, jobs } = this.#parts
    const { actor, reason } = cause
    await this.#refuseTooMany(db, actor)
    const { barMs, count } = barsOf(span)
    await store.insert(db, {
      id: start.id,
      hunt_id: start.huntId ?? null,
      name: start.name,
      reason,
      starter_id: actor.id,
      starter_name: actor.name,
      search: start.search,
      from_ms: span.fromMs,
      to_ms: span.toMs,
      source_ids: start.sourceIds,
      narrowing: start.narrowing,
      keep: start.keep,
      alerts: start.alerts,
      created_ms: clock.now(),
      bar_ms: barMs,
      bars: new Array<number>(count).fill(0),
    })
    await audit.record(db, actor, {
      action: 'hunts.start',
      object: { type: 'hunt-run', id: start.id, title: start.name },
      after: {
        kind: start.search.kind,
        from: toInstant(span.fromMs),
        to: toInstant(span.toMs),
        keep: start.keep,
        reason,
      },
    })
    const jobId = await jobs.enqueue(runJob, { runId: start.id }, { db })
    return (await store.update(db, start.id, { job_id: jobId })) as store.RunRow
  }

  async #refuseTooMany(db: Tx, actor: Actor): Promise<void> {
    const { runsPerPerson, runsInTotal } = this.#parts
    const open = await store.openRuns(db, actor.id)
    if (open.all >= runsInTotal || (actor.kind !== 'system' && open.own >= runsPerPerson))
      throw new Refusal('RATE_LIMITED', `${open.own} of your hunts wait or run already, ${open.all} in total`, {
        remedy: `Wait for one to end or cancel one; ${runsPerPerson} a person and ${runsInTotal} in total may be under way.`,
      })
  }

  list(
    filter: store.RunFilter,
    page: { cursor?: string | undefined; limit: number },
  ): Promise<z.input<typeof huntRunPage>> {
    return store.page(this.#parts.sql.db, filter, page.cursor, page.limit)
  }

  /** @error NOT_FOUND */
  async get(id: string): Promise<HuntRunDetail> {
    return store.detailOf(await this.#row(id))
  }

  /** Ends a run for good; what it found stays. @error NOT_FOUND · CONFLICT when it has ended */
  cancel(actor: Actor, id: string): Promise<HuntRunDetail> {
    return this.#bring(actor, id, 'cancelled')
  }

  /** Stops a run where it stands. @error NOT_FOUND · CONFLICT when it has ended */
  pause(actor: Actor, id: string): Promise<HuntRunDetail> {
    return this.#bring(actor, id, 'paused')
  }

  /** Goes on from where a run stands, also one that failed or was cancelled. @error NOT_FOUND · CONFLICT when it runs or is done */
  resume(actor: Actor, id: string): Promise<HuntRunDetail> {
    return this.#bring(actor, id, 'queued')
  }

  async #bring(actor: Actor, id: string, wanted: 'cancelled' | 'paused' | 'queued'): Promise<HuntRunDetail> {
    const { sql, clock, audit, jobs, onChange } = this.#parts
    const { before, after } = await sql.tx(async (db) => {
      const before = await this.#locked(db, id)
      if (!statesBefore(wanted).includes(before.state))
        throw new Refusal('CONFLICT', `the run is ${before.state} and cannot become ${wanted}`)
      if (wanted === 'queued') await this.#refuseTooMany(db, actor)
      await audit.record(db, actor, {
        action: { cancelled: 'hunts.cancel', paused: 'hunts.pause', queued: 'hunts.resume' }[wanted],
        object: { type: 'hunt-run', id, title: before.name },
      })
      const job_id = wanted === 'queued' ? await jobs.enqueue(runJob, { runId: id }, { db }) : before.job_id
      const ended_ms = wanted === 'cancelled' ? clock.now() : null
      const after = await store.update(db, id, {
        state: wanted,
        job_id,
        ended_ms,
        ...(wanted === 'queued' ? { message: null } : {}),
      })
      return { before, after: after as store.RunRow }
    })
    if (wanted !== 'queued' && before.job_id) await jobs.cancel(before.job_id)
    onChange(store.runOf(after))
    return store.detailOf(after)
  }

  /** Forgets a run and its hits; detections that were made of them stay. @error NOT_FOUND · CONFLICT while it waits or works */
  async delete(actor: Actor, id: string): Promise<void> {
    const { sql, audit } = this.#parts
    await sql.tx(async (db) => {
      const run = await this.#locked(db, id)
      if (isOpen(run.state)) throw new Refusal('CONFLICT', 'the run is under way', { remedy: 'Cancel it first.' })
      await store.remove(db, id)
      await audit.record(db, actor, { action: 'hunts.forget', object: { type: 'hunt-run', id, title: run.name } })
    })
  }

  /**
   * Makes detections of the hits that a run has kept; those that are there already, live ones too, are not doubled.
   * @returns how many were new. @error NOT_FOUND · CONFLICT while it works
   */
  async keep(actor: Actor, id: string, options: { alerts: boolean }): Promise<number> {
    const { sql, clock, audit, detections, onChange } = this.#parts
    const run = await this.#row(id)
    if (isOpen(run.state))
      throw new Refusal('CONFLICT', 'the run is under way', { remedy: 'Wait for its end, or pause it.' })
    let made = 0
    for await (const rows of hits.all(sql.db, id, keptAtOnce))
      made += await sql.tx((db) => detections.record(db, detectionsOf(rows, clock.now()), { tell: options.alerts }))
    const after = await sql.tx(async (db) => {
      const current = await this.#locked(db, id)
      await audit.record(db, actor, {
        action: 'hunts.keep',
        object: { type: 'hunt-run', id, title: run.name },
        after: { alerts: options.alerts },
        count: made,
      })
      return store.update(db, id, {
        keep: 'detections',
        alerts: options.alerts,
        detections: Number(current.detections) + made,
      })
    })
    if (after) onChange(store.runOf(after))
    return made
  }

  /** Hits of a run, oldest first. @error NOT_FOUND */
  async hits(id: string, filter: hits.HitFilter, page: { cursor?: string | undefined; limit: number }) {
    const { sql, sources } = this.#parts
    await this.#row(id)
    const { items, next } = await hits.page(sql.db, id, filter, page.cursor, page.limit)
    return { items: items.map((row) => hits.hitOf(row, sources.nameOf(row.source_id))), ...(next ? { next } : {}) }
  }

  /** Every kept hit of a run, oldest first, some hundred at a time. @error NOT_FOUND */
  async export(id: string): Promise<AsyncIterable<ReturnType<typeof hits.hitOf>[]>> {
    const { sql, sources } = this.#parts
    await this.#row(id)
    return (async function* () {
      for await (const rows of hits.all(sql.db, id, keptAtOnce))
        yield rows.map((row) => hits.hitOf(row, sources.nameOf(row.source_id)))
    })()
  }

  /** When, by which rules and on whom a run has hit. @error NOT_FOUND */
  async summary(id: string): Promise<HuntSummary> {
    const { db } = this.#parts.sql
    const run = await this.#row(id)
    const [rules, entities] = [await hits.ruleCounts(db, id, topRules), await hits.entityCounts(db, id, topEntities)]
    const { firstMs } = barsOf({ fromMs: Number(run.from_ms), toMs: Number(run.to_ms) })
    const intervalMs = Number(run.bar_ms)
    return {
      intervalMs,
      bars: run.bars.map((count, at) => ({ start: toInstant(firstMs + at * intervalMs), count })),
      rules,
      entities: entityFields.flatMap((field) => {
        const values = entities.get(field)
        return values ? [{ field, values }] : []
      }),
    }
  }

  async #row(id: string): Promise<store.RunRow> {
    const run = await store.get(this.#parts.sql.db, id)
    if (!run) throw new Refusal('NOT_FOUND', `there is no run ${id}`)
    return run
  }

  async #locked(db: Tx, id: string): Promise<store.RunRow> {
    const run = await store.lock(db, id)
    if (!run) throw new Refusal('NOT_FOUND', `there is no run ${id}`)
    return run
  }
}

/** @error UNPROCESSABLE */
export function refuseNarrowing(narrowing: string): void {
  refuseFaults(queryFaults(narrowing))
}

/** @error UNPROCESSABLE with all diagnostics */
function refuseFaults(diagnostics: Awaited<ReturnType<typeof prepare>>['diagnostics']): void {
  const faults = diagnostics.filter((one) => one.level === 'error')
  const [first] = faults
  if (!first) return
  throw new Refusal('UNPROCESSABLE', first.message, {
    ...(first.remedy ? { remedy: first.remedy } : {}),
    issues: faults.map((one) => ({ at: `${one.line}:${one.column}`, message: `${one.code} ${one.message}` })),
    details: { diagnostics: faults },
  })
}
