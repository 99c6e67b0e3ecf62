import { setImmediate } from 'node:timers/promises'
import type {
  NewPattern,
  PatternChange,
  PatternCheckResult,
  PatternImport,
  PatternImportResult,
  patternPage,
  StixPatternRecord,
} from '@watchfloor/contracts/intel'
import { type Actor, Refusal } from '@watchfloor/contracts/kernel'
import type { PatternVersion } from '@watchfloor/engines/stix-pattern'
import { z } from 'zod'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { Outbox } from '../../../platform/outbox/outbox.ts'
import { keyset } from '../../../platform/sql/paging.ts'
import type { Sql, Tx } from '../../../platform/sql/sql.ts'
import type { Audit } from '../../audit/index.ts'
import { intelChangedEvent } from '../changed-event.ts'
import * as indicators from '../indicators/store.ts'
import { patternIdOf, readBundle, refuse } from './bundle.ts'
import { checkPattern, type ReadPattern, readPattern } from './compile.ts'
import { removeTied, tieValues } from './listed.ts'
import { begins, changesOf, differs, rowOf, type Touched, touched } from './model.ts'
import * as store from './store.ts'

export interface PatternParts {
  readonly sql: Sql
  readonly clock: Clock
  readonly outbox: Outbox
  readonly audit: Audit
}

/** Patterns read without a pause. */
const readAtOnce = 50

/** A pattern that can run, with what it comes to. */
interface Readable {
  readonly input: store.PatternInput
  readonly values: ReadPattern['values']
}

/** STIX patterns: kept, imported, given to who holds them against events. */
export class Patterns {
  readonly #parts: PatternParts

  constructor(parts: PatternParts) {
    this.#parts = parts
  }

  check(text: string, version: PatternVersion): PatternCheckResult {
    return checkPattern(text, version)
  }

  async list(
    filter: store.PatternFilter,
    page: { cursor?: string | undefined; limit: number },
  ): Promise<z.input<typeof patternPage>> {
    const { sql, clock } = this.#parts
    const paging = keyset<store.PatternRow, [number, number]>({
      columns: ['revision', 'seq'],
      direction: 'desc',
      key: z.tuple([z.number(), z.number()]),
      query: filter,
    })
    const rows = await store.list(sql.db, filter, clock.now(), paging, page.cursor, page.limit + 1)
    const { items, ...rest } = paging.toPage(rows, page.limit, (row) => [Number(row.revision), Number(row.seq)])
    return { ...rest, items: await store.patternsOf(sql.db, items) }
  }

  /** @error NOT_FOUND */
  async get(id: string): Promise<StixPatternRecord> {
    const { db } = this.#parts.sql
    const [pattern] = await store.patternsOf(db, [await this.#row(db, id)])
    return pattern as StixPatternRecord
  }

  /** @error UNPROCESSABLE with the diagnostics when it cannot run · CONFLICT when the source has the same already */
  async create(actor: Actor, given: NewPattern): Promise<StixPatternRecord> {
    const { sql, audit } = this.#parts
    const { scope, values } = readOrRefused(given.pattern, given.patternVersion)
    const id = patternIdOf(given.source, given.pattern)
    const input = {
      ...rowOf(given),
      id,
      stix_id: null,
      modified_ms: null,
      pattern_version: given.patternVersion,
      source: given.source,
      scope,
    }
    await this.#write(async (db, revision, nowMs) => {
      if (await store.get(db, id))
        throw new Refusal('CONFLICT', `${given.source} has this pattern already`, {
          remedy: 'Change the pattern that is there.',
          details: { id },
        })
      await store.insertAll(db, [input], revision, nowMs)
      await tieValues(db, [{ input, values }], revision, nowMs)
      await audit.record(db, actor, {
        action: 'patterns.create',
        object: { type: 'pattern', id, title: given.name },
        after: given,
      })
      return scope === 'index' ? ['indicators'] : ['patterns']
    })
    return (await store.patternsOf(sql.db, [await this.#row(sql.db, id)]))[0] as StixPatternRecord
  }

  /** @error NOT_FOUND · UNPROCESSABLE when it cannot run · CONFLICT when somebody changed it meanwhile */
  async update(actor: Actor, id: string, { expectedVersion, ...to }: PatternChange): Promise<StixPatternRecord> {
    const { audit } = this.#parts
    await this.#write(async (db, revision, nowMs) => {
      const before = await this.#row(db, id)
      if (expectedVersion !== undefined && before.version !== expectedVersion)
        throw new Refusal('CONFLICT', 'the pattern was changed meanwhile', {
          remedy: 'Look at it anew.',
          details: { version: before.version },
        })
      const text = to.pattern ?? before.pattern
      const { scope, values } = readOrRefused(text, before.pattern_version)
      const row = changesOf(to)
      const input = { ...before, ...row, scope }
      const isFresh = begins(before, input, nowMs)
      await store.change(db, before, { ...row, scope }, { revision, nowMs, isFresh })
      await tieValues(db, [{ input, values }], revision, nowMs)
      if (before.enabled !== input.enabled) await switchTied(db, id, revision, nowMs)
      await audit.record(db, actor, {
        action: 'patterns.update',
        object: { type: 'pattern', id, title: input.name },
        before: { name: before.name, pattern: before.pattern, enabled: before.enabled, confidence: before.confidence },
        after: to,
      })
      return touched([before.scope, scope])
    })
    return this.get(id)
  }

  /** Deletes a pattern and the indicators that stand for it alone; detections that it made stay. @error NOT_FOUND */
  async remove(actor: Actor, id: string): Promise<void> {
    await this.#write(async (db, _revision, nowMs) => {
      const before = await this.#row(db, id)
      const untied = await store.replaceTies(db, [id], [])
      await removeTied(db, untied, nowMs)
      await store.remove(db, id)
      await this.#parts.audit.record(db, actor, {
        action: 'patterns.delete',
        object: { type: 'pattern', id, title: before.name },
        before: { name: before.name, pattern: before.pattern, source: before.source },
      })
      return touched([before.scope])
    })
  }

  /** Keeps the indicators of a bundle, all or none of them; those whose pattern cannot run are told, and the others go on. */
  async import(actor: Actor, given: PatternImport): Promise<PatternImportResult> {
    const result: PatternImportResult = {
      added: 0,
      updated: 0,
      unchanged: 0,
      refused: 0,
      passedOver: 0,
      indicators: 0,
      problems: [],
    }
    const readable: Readable[] = []
    for (const [at, one] of readBundle(given, result).entries()) {
      if (at % readAtOnce === readAtOnce - 1) await setImmediate()
      const read = readPattern(one.pattern, one.pattern_version)
      if (read) readable.push({ input: { ...one, scope: read.scope }, values: read.values })
      else refuse(result, { id: one.stix_id, name: one.name }, faultOf(one.pattern, one.pattern_version))
    }
    if (readable.length > 0)
      await this.#write((db, revision, nowMs) =>
        this.#keep(db, { actor, readable, result, source: given.source }, revision, nowMs),
      )
    return result
  }

  async #keep(
    db: Tx,
    {
      actor,
      readable,
      result,
      source,
    }: { actor: Actor; readable: readonly Readable[]; result: PatternImportResult; source: string },
    revision: number,
    nowMs: number,
  ): Promise<Touched> {
    const there = new Map(
      (
        await store.byIds(
          db,
          readable.map(({ input }) => input.id),
        )
      ).map((row) => [row.id, row]),
    )
    const fresh = readable.filter(({ input }) => !there.has(input.id))
    const changed = readable.flatMap((one) => {
      const before = there.get(one.input.id)
      return before && differs(before, one.input) ? [{ ...one, before }] : []
    })
    await store.insertAll(
      db,
      fresh.map(({ input }) => input),
      revision,
      nowMs,
    )
    for (const { before, input } of changed) {
      // Whoever switched it off meant it; what its source takes back is off.
      const enabled = before.enabled && input.enabled
      const { id: _, ...to } = { ...input, enabled }
      await store.change(db, before, to, { revision, nowMs, isFresh: begins(before, { ...input, enabled }, nowMs) })
    }
    const kept = [...fresh, ...changed]
    result.added = fresh.length
    result.updated = changed.length
    result.unchanged = readable.length - kept.length
    if (kept.length === 0) return []
    result.indicators = await tieValues(db, kept, revision, nowMs)
    for (const { input } of kept)
      if (!input.enabled && input.scope === 'index') await switchTied(db, input.id, revision, nowMs)
    await this.#parts.audit.record(db, actor, {
      action: 'patterns.import',
      object: { type: 'indicator-source', id: source, title: source },
      after: { added: result.added, updated: result.updated, indicators: result.indicators },
      count: kept.length,
    })
    return touched([...changed.map(({ before }) => before.scope), ...kept.map(({ input }) => input.scope)])
  }

  /** Patterns that are switched on and held against events themselves, behind a number, in the order of their numbers. */
  running(listing: store.PatternListing, afterSeq: number, limit: number): Promise<store.PatternRow[]> {
    return store.running(this.#parts.sql.db, listing, afterSeq, limit)
  }

  async #row(db: Tx | Sql['db'], id: string): Promise<store.PatternRow> {
    const row = await store.get(db, id)
    if (!row) throw new Refusal('NOT_FOUND', `there is no pattern ${id}`)
    return row
  }

  /** One transaction that holds the set, and tells what of it has changed. */
  #write(work: (db: Tx, revision: number, nowMs: number) => Promise<Touched>): Promise<void> {
    const { sql, clock, outbox } = this.#parts
    return sql.tx(async (db) => {
      const revision = await indicators.nextRevision(db)
      const parts = new Set(await work(db, revision, clock.now()))
      await outbox.add(
        db,
        intelChangedEvent,
        [...parts].map((what) => ({ revision, what })),
      )
    })
  }
}

/** Switches the indicators of a pattern as the patterns that they stand for want it. */
async function switchTied(db: Tx, id: string, revision: number, nowMs: number): Promise<void> {
  const { on, off } = await store.wantedIndicators(db, id)
  if (on.length > 0) await indicators.switchMatching(db, { ids: on }, true, revision, nowMs)
  if (off.length > 0) await indicators.switchMatching(db, { ids: off }, false, revision, nowMs)
}

function readOrRefused(text: string, version: PatternVersion): ReadPattern {
  const read = readPattern(text, version)
  if (read) return read
  const { diagnostics } = checkPattern(text, version)
  const faults = diagnostics.filter((one) => one.level === 'error')
  throw new Refusal('UNPROCESSABLE', faults[0]?.message ?? 'the pattern cannot run', {
    ...(faults[0] ? { remedy: faults[0].remedy } : {}),
    issues: faults.map((one) => ({ at: `${one.line}:${one.column}`, message: `${one.code} ${one.message}` })),
    details: { diagnostics },
  })
}

function faultOf(text: string, version: PatternVersion): string {
  const fault = checkPattern(text, version).diagnostics.find((one) => one.level === 'error')
  return fault
    ? `${fault.code} ${fault.line}:${fault.column} ${fault.message}; ${fault.remedy}`
    : 'the pattern cannot run'
}
