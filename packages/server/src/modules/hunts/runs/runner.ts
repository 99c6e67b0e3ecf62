import { setTimeout as pause } from 'node:timers/promises'
import type { HuntRun } from '@watchfloor/contracts/hunts'
import { Refusal } from '@watchfloor/contracts/kernel'
import { parseQuery, type QueryNode } from '@watchfloor/engines/query'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { EventPlace, EventQuery, EventStore, StoredEvent } from '../../../platform/events/event-store.ts'
import type { JobRun } from '../../../platform/jobs/jobs.ts'
import type { Log } from '../../../platform/log/log.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import { type Detections, entitiesOf } from '../../detections/index.ts'
import type { Events } from '../../events/index.ts'
import type { Rules } from '../../rules/index.ts'
import type { FoundCorrelation } from '../matching/messages.ts'
import type { HuntThreads } from '../matching/threads.ts'
import { countingInterval, isOpen, type Slice, slicesOf } from '../model.ts'
import type { Prepared } from '../prepare.ts'
import { prepareSearch, type SearchSources } from '../prepare-listed.ts'
import { correlatedRow, detectionsOf, hitRow } from './found.ts'
import { type HitRow, removeOfRun as removeHits } from './hit-store.ts'
import { listedHits } from './listed-hits.ts'
import { huntNameOf } from './names.ts'
import { type Gained, RunProgress, RunTaken } from './progress.ts'
import * as store from './store.ts'

export interface RunnerParts {
  readonly sql: Sql
  readonly clock: Clock
  readonly log: Log
  readonly store: EventStore
  readonly events: Events
  readonly rules: Rules
  readonly indicators: SearchSources['indicators']
  readonly patterns: SearchSources['patterns']
  readonly detections: Detections
  readonly threads: HuntThreads
  readonly pageEvents: number
  readonly maxHits: number
  readonly sharePct: number
  /** Told of every change that is committed. */
  onChange(run: HuntRun): void
}

export const runRetries = 5
const anewNote = 'it was interrupted and began anew: matches over several events need all events in their order'

/** Does the work of runs: over stored events, oldest first, a page at a time, each page with its place in one transaction. */
export class HuntRunner {
  readonly #parts: RunnerParts

  constructor(parts: RunnerParts) {
    this.#parts = parts
  }

  /** Goes on from where the run stands; ends without a word when it was cancelled or paused meanwhile. */
  async run(job: JobRun<{ runId: string }>): Promise<{ hits: number } | undefined> {
    const { runId } = job.input
    const run = await store.get(this.#parts.sql.db, runId)
    if (!run || !isOpen(run.state) || run.job_id !== job.id) return undefined
    try {
      return await this.#work(run, job)
    } catch (error) {
      // Stopped from outside: by a person, whose act set the state, or by the end of the program, after which it goes on.
      if (job.signal.aborted) throw error
      if (error instanceof RunTaken) return undefined
      const reason = error instanceof Error ? error.message : String(error)
      if (!(error instanceof Refusal) && job.attempt <= runRetries) {
        this.#parts.log.warn('a hunt goes on from where it stands', { runId, attempt: job.attempt, error: reason })
        throw error
      }
      await this.#fail(runId, error instanceof Refusal && error.remedy ? `${reason}. ${error.remedy}` : reason)
      return undefined
    }
  }

  async #work(taken: store.RunRow, job: JobRun<unknown>): Promise<{ hits: number }> {
    const { clock } = this.#parts
    let run = taken
    const prepared = await prepareSearch(run.search, huntNameOf(run), this.#parts)
    const faults = prepared.diagnostics.filter((one) => one.level === 'error')
    if (faults[0]) throw new Refusal('UNPROCESSABLE', faults.map((one) => one.message).join('; '))
    const query = queryOf(run)
    const isAnew = prepared.isInOrder === true && run.position !== null
    if (isAnew) run = await beginAnew(this.#parts.sql, run)
    const order = { isFirst: true }
    // Where the store leaves events out, their number is known by the time they lie in alone.
    const isNarrowed = prepared.where !== undefined || query.where !== undefined
    if (isNarrowed && run.position) run = { ...run, events_done: await this.#countUpTo(query, run.position) }
    const slices = await this.#slices(query, run.position)
    const progress = await RunProgress.begin(this.#parts, run, {
      jobId: job.id,
      remaining: slices.reduce((sum, slice) => sum + slice.events, 0),
      message: isAnew ? anewNote : (prepared.diagnostics[0]?.message ?? null),
    })
    for (const slice of slices) {
      for await (const page of ahead(this.#pages(query, slice, prepared, progress.position))) {
        const startedMs = clock.monotonic()
        await this.#look(run, { prepared, isNarrowed, order }, page, progress)
        await job.progress(progress.share)
        job.signal.throwIfAborted()
        await this.#yield(clock.monotonic() - startedMs, job.signal)
      }
      await progress.gain({ events: isNarrowed ? slice.events : 0, place: endOf(slice) })
      await job.progress(progress.share)
      job.signal.throwIfAborted()
    }
    if (!order.isFirst) {
      const place = { isFirst: false, endMs: Number(run.to_ms) }
      const { correlated = [] } = await this.#parts.threads.lookInOrder(run.id, prepared.wanted, [], place)
      await progress.gain({ events: 0, ...this.#found(run, await this.#correlatedRows(run, prepared, correlated, [])) })
    }
    return progress.end()
  }

  /** Hits of correlations, each with its newest event, which is mostly of the page. */
  async #correlatedRows(
    run: store.RunRow,
    { wanted }: Prepared,
    correlated: readonly FoundCorrelation[],
    page: readonly StoredEvent[],
  ): Promise<HitRow[]> {
    if (correlated.length === 0 || wanted.kind !== 'sigma') return []
    const titles = new Map([...wanted.rules, ...wanted.correlations].map(({ id, title }) => [id, title]))
    const events = new Map(page.map((event) => [event.id, event]))
    const rows: HitRow[] = []
    for (const found of correlated) {
      const id = found.hit.eventIds[0] ?? ''
      const event = events.get(id) ?? (await this.#parts.store.get(id, 'all'))
      // Events that retention took meanwhile leave nothing to show.
      if (event) rows.push(correlatedRow(run.id, found, event, (ruleId) => titles.get(ruleId) ?? ruleId))
    }
    return rows
  }

  #found(run: store.RunRow, rows: readonly HitRow[]): Pick<Gained, 'rows' | 'detections'> {
    return run.keep === 'detections' ? { rows, detections: detectionsOf(rows, this.#parts.clock.now()) } : { rows }
  }

  #countUpTo({ where: _, ...all }: EventQuery, place: EventPlace): Promise<number> {
    return this.#parts.store.count({ ...all, toMs: Math.max(all.fromMs, Math.min(all.toMs, place.timeMs)) })
  }

  /** Stretches of time with some thousand events each, from the place reached on. */
  async #slices(query: EventQuery, position: EventPlace | null): Promise<Slice[]> {
    const span = { fromMs: Math.max(query.fromMs, position?.timeMs ?? query.fromMs), toMs: query.toMs }
    if (span.fromMs >= span.toMs) return []
    const intervalMs = countingInterval(span)
    const { where: _, ...all } = query
    return slicesOf(span, await this.#parts.store.histogram({ ...all, ...span, intervalMs }), intervalMs)
  }

  #pages(query: EventQuery, slice: Slice, prepared: Prepared, place: EventPlace | null): AsyncIterable<StoredEvent[]> {
    const where = both(query.where, prepared.where)
    return this.#parts.store.scan(
      { scope: query.scope, fromMs: slice.fromMs, toMs: slice.toMs, ...(where ? { where } : {}) },
      this.#parts.pageEvents,
      place ?? undefined,
    )
  }

  async #look(
    run: store.RunRow,
    { prepared, isNarrowed, order }: { prepared: Prepared; isNarrowed: boolean; order: { isFirst: boolean } },
    page: readonly StoredEvent[],
    progress: RunProgress,
  ): Promise<void> {
    const { threads, events } = this.#parts
    const needsFields = prepared.wanted.kind !== 'sigma'
    const hunted = page.map((event) => ({
      id: event.id,
      timeMs: event.timeMs,
      raw: event.raw,
      hint: events.search.hintFor(event),
      ...(needsFields ? { ecs: event.ecs } : {}),
    }))
    const {
      hits,
      skipped,
      correlated = [],
    } = prepared.isInOrder
      ? await threads.lookInOrder(run.id, prepared.wanted, hunted, { isFirst: order.isFirst })
      : await threads.look(run.id, prepared.wanted, hunted)
    if (prepared.isInOrder) order.isFirst = false
    const eventAt = (row: number) => page[row] as StoredEvent
    const hitEvent = (row: number) => ({
      receivedMs: hunted[row]!.hint.receivedMs,
      entities: entitiesOf(eventAt(row).ecs),
    })
    const isListed = run.search.kind === 'indicators' && run.search.listed !== undefined
    const told = isListed ? await listedHits(hits, hitEvent, this.#parts.detections) : hits
    const rows = told.map((hit) => {
      const event = eventAt(hit.row)
      return hitRow(run, hit, event, entitiesOf(event.ecs))
    })
    rows.push(...(await this.#correlatedRows(run, prepared, correlated, page)))
    const last = page.at(-1)
    const gained: Gained = {
      events: isNarrowed ? 0 : page.length,
      skipped,
      ...this.#found(run, rows),
      ...(last ? { place: { timeMs: last.timeMs, id: last.id } } : {}),
    }
    await progress.gain(gained)
  }

  /** While events come in, the live stream has its share of the machine. */
  async #yield(workedMs: number, signal: AbortSignal): Promise<void> {
    const { sharePct, events } = this.#parts
    const isBusy = events.sources.ratePerSecond > 0 || events.pressure.behind > 0
    if (sharePct >= 100 || !isBusy) return
    await pause((workedMs * (100 - sharePct)) / sharePct, undefined, { signal })
  }

  async #fail(runId: string, message: string): Promise<void> {
    const { sql, clock, onChange } = this.#parts
    const failed = await store.update(sql.db, runId, {
      state: 'failed',
      ended_ms: clock.now(),
      message: message.slice(0, 2000),
    })
    if (failed) onChange(store.runOf(failed))
  }
}

/** A pattern over several events, or a correlation, cannot go on in the middle: what it remembered is gone. Detections that were made are made again, once. */
async function beginAnew(sql: Sql, run: store.RunRow): Promise<store.RunRow> {
  return sql.tx(async (db) => {
    await removeHits(db, run.id)
    const bars = run.bars.map(() => 0)
    const anew = { position: null, bars, events_done: 0, events_skipped: 0, hits: 0, hits_kept: 0, worked_ms: 0 }
    return (await store.update(db, run.id, anew)) ?? run
  })
}

/** Asks for the next page while the one before it is looked at. */
async function* ahead<Page>(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  const reading = pages[Symbol.asyncIterator]()
  const ask = () => {
    const asked = reading.next()
    // Looked at when its turn comes; a rejection before that must not end the program.
    asked.catch(() => {})
    return asked
  }
  let next = ask()
  try {
    for (let page = await next; !page.done; page = await next) {
      next = ask()
      yield page.value
    }
  } finally {
    await reading.return?.()
  }
}

const both = (a: QueryNode | undefined, b: QueryNode | undefined): QueryNode | undefined =>
  a && b ? { kind: 'and', nodes: [a, b] } : (a ?? b)

function queryOf(run: store.RunRow): EventQuery {
  const { node } = parseQuery(run.narrowing)
  return {
    scope: run.source_ids.length > 0 ? { sourceIds: run.source_ids } : 'all',
    fromMs: Number(run.from_ms),
    toMs: Number(run.to_ms),
    ...(node.kind === 'all' ? {} : { where: node }),
  }
}

/** Behind every event of the slice, and before the first of the next. */
const endOf = (slice: Slice): EventPlace => ({ timeMs: slice.toMs, id: '' })
