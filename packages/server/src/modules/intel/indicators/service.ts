import type {
  Indicator,
  IndicatorBulkAction,
  IndicatorChange,
  IndicatorImportQuery,
  IndicatorImportResult,
  indicatorLookup,
  indicatorPage,
  NewIndicator,
} from '@watchfloor/contracts/intel'
import { type Actor, Refusal } from '@watchfloor/contracts/kernel'
import {
  type CanonicalIndicator,
  canonicalIndicator,
  coveringIndicators,
  readIndicator,
} from '@watchfloor/engines/indicator-index'
import { z } from 'zod'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { Outbox } from '../../../platform/outbox/outbox.ts'
import { keyset } from '../../../platform/sql/paging.ts'
import type { Sql, Tx } from '../../../platform/sql/sql.ts'
import type { Audit } from '../../audit/index.ts'
import { intelChangedEvent } from '../changed-event.ts'
import type { WarningListService } from '../warning-lists/service.ts'
import { emptyResult, indicatorIdOf, notePreview, type ReadBatch, readList } from './import.ts'
import * as store from './store.ts'

export interface IndicatorParts {
  readonly sql: Sql
  readonly clock: Clock
  readonly outbox: Outbox
  readonly audit: Audit
  readonly warningLists: WarningListService
}

const maxFoundByLookup = 200

/** What the audit record of a bulk change says. */
const bulkRecords: Readonly<Record<IndicatorBulkAction, string>> = {
  on: 'indicators.switch',
  off: 'indicators.switch',
  expire: 'indicators.expire',
  delete: 'indicators.delete',
}

const orderings = {
  updated: { columns: ['revision', 'seq'], of: (row: store.IndicatorRow) => Number(row.revision) },
  confidence: { columns: ['confidence', 'seq'], of: (row: store.IndicatorRow) => row.confidence },
  value: { columns: ['value', 'seq'], of: (row: store.IndicatorRow) => row.value },
} as const

/** Indicators: kept, imported, found. */
export class Indicators {
  readonly #parts: IndicatorParts

  constructor(parts: IndicatorParts) {
    this.#parts = parts
  }

  async list(
    filter: store.IndicatorFilter,
    page: { sort: store.IndicatorSort; cursor?: string | undefined; limit: number },
  ): Promise<z.input<typeof indicatorPage>> {
    const { sql, clock } = this.#parts
    const { columns, of } = orderings[page.sort]
    const paging = keyset<store.IndicatorRow, [string | number, number]>({
      columns: [...columns],
      direction: page.sort === 'value' ? 'asc' : 'desc',
      key: z.tuple([page.sort === 'value' ? z.string() : z.number(), z.number()]),
      query: { ...filter, sort: page.sort },
    })
    const rows = await store.list(sql.db, filter, clock.now(), paging, page.cursor, page.limit + 1)
    const { items, ...rest } = paging.toPage(rows, page.limit, (row) => [of(row), Number(row.seq)])
    return { ...rest, items: await store.indicatorsOf(sql.db, items) }
  }

  async facets() {
    const rows = await store.facets(this.#parts.sql.db, this.#parts.clock.now())
    const of = (kind: string) =>
      Object.fromEntries(rows.filter((row) => row.kind === kind).map((row) => [row.value, Number(row.count)]))
    const byType = of('type')
    return {
      total: Object.values(byType).reduce((sum, count) => sum + count, 0),
      active: of('active').active ?? 0,
      byType,
      bySource: of('source'),
    }
  }

  /** @error NOT_FOUND */
  async get(id: string): Promise<Indicator> {
    return (await store.indicatorsOf(this.#parts.sql.db, [await this.#row(id)]))[0] as Indicator
  }

  /** @error VALIDATION_FAILED · CONFLICT when the source lists the value already */
  async create(actor: Actor, given: NewIndicator): Promise<Indicator> {
    const { sql, clock, audit, outbox } = this.#parts
    const { type, value } = canonicalOrRefused(given)
    const id = indicatorIdOf(type, value, given.source)
    await sql.tx(async (db) => {
      const revision = await store.nextRevision(db)
      if (await store.get(db, id))
        throw new Refusal('CONFLICT', `${given.source} lists ${value} already`, {
          remedy: 'Change the indicator that is there.',
          details: { id },
        })
      const input = {
        id,
        type,
        value,
        source: given.source,
        confidence: given.confidence,
        tlp: given.tlp,
        labels: given.labels,
        description: given.description,
        validFromMs: msOf(given.validFrom),
        validUntilMs: msOf(given.validUntil),
      }
      await store.upsert(db, [input], revision, clock.now())
      await audit.record(db, actor, {
        action: 'indicators.create',
        object: { type: 'indicator', id, title: value },
        after: { ...given, type, value },
      })
      await outbox.add(db, intelChangedEvent, [{ revision, what: 'indicators' }])
    })
    return this.get(id)
  }

  /** @error NOT_FOUND */
  async update(actor: Actor, id: string, to: IndicatorChange): Promise<Indicator> {
    const { sql, clock, audit, outbox } = this.#parts
    const { validFrom, validUntil, ...rest } = to
    await sql.tx(async (db) => {
      const revision = await store.nextRevision(db)
      const before = await this.#row(id, db)
      await store.change(
        db,
        id,
        {
          ...rest,
          ...(validFrom === undefined ? {} : { validFromMs: msOf(validFrom) }),
          ...(validUntil === undefined ? {} : { validUntilMs: msOf(validUntil) }),
        },
        revision,
        clock.now(),
      )
      await audit.record(db, actor, {
        action: 'indicators.update',
        object: { type: 'indicator', id, title: before.value },
        before: store.listingOf(before),
        after: to,
      })
      await outbox.add(db, intelChangedEvent, [{ revision, what: 'indicators' }])
    })
    return this.get(id)
  }

  /** Switches, expires or deletes many, by ids or by a whole filter. @returns how many changed */
  async bulk(actor: Actor, filter: store.IndicatorFilter, action: IndicatorBulkAction): Promise<number> {
    const { sql, clock, audit, outbox } = this.#parts
    return sql.tx(async (db) => {
      const revision = await store.nextRevision(db)
      const nowMs = clock.now()
      const changed =
        action === 'delete'
          ? await store.removeMatching(db, filter, nowMs)
          : action === 'expire'
            ? await store.expireMatching(db, filter, revision, nowMs)
            : await store.switchMatching(db, filter, action === 'on', revision, nowMs)
      if (changed === 0) return 0
      await audit.record(db, actor, {
        action: bulkRecords[action],
        object: { type: 'indicator', id: filter.ids?.length === 1 ? filter.ids[0]! : 'many' },
        after: { action, ...filter, ...(filter.ids ? { ids: filter.ids.slice(0, 200) } : {}) },
        count: changed,
      })
      await outbox.add(db, intelChangedEvent, [{ revision, what: 'indicators' }])
      return changed
    })
  }

  /**
   * Reads a list as it streams in and keeps it, batch by batch, each with its audit record; what was kept stays when the rest does
   * not come. Lines that cannot be read are told, and the others go on.
   */
  async import(
    actor: Actor,
    query: IndicatorImportQuery,
    body: AsyncIterable<Uint8Array>,
  ): Promise<IndicatorImportResult> {
    const result = emptyResult()
    for await (const batch of readList(body, query, this.#parts.clock.now(), result)) {
      for (const { type } of batch.inputs) result.byType[type] = (result.byType[type] ?? 0) + 1
      const { added, updated } =
        query.preview === 'true' ? await this.#previewed(batch, result) : await this.#kept(actor, query.source, batch)
      result.added += added
      result.updated += updated
      result.unchanged += batch.inputs.length - added - updated
    }
    return result
  }

  async #previewed(batch: ReadBatch, result: IndicatorImportResult): Promise<{ added: number; updated: number }> {
    notePreview(result, batch)
    const known = await store.known(
      this.#parts.sql.db,
      batch.inputs.map((one) => one.id),
    )
    return { added: batch.inputs.length - known.size, updated: 0 }
  }

  #kept(actor: Actor, source: string, { inputs }: ReadBatch): Promise<{ added: number; updated: number }> {
    const { sql, clock, audit, outbox } = this.#parts
    return sql.tx(async (db) => {
      const revision = await store.nextRevision(db)
      const counts = await store.upsert(db, inputs, revision, clock.now())
      const changed = counts.added + counts.updated
      if (changed === 0) return counts
      await audit.record(db, actor, {
        action: 'indicators.import',
        object: { type: 'indicator-source', id: source, title: source },
        after: counts,
        count: changed,
      })
      await outbox.add(db, intelChangedEvent, [{ revision, what: 'indicators' }])
      return counts
    })
  }

  /** Everything known of a value. @error VALIDATION_FAILED when it is no value of a known type */
  async lookup(text: string): Promise<z.input<typeof indicatorLookup>> {
    const asked = canonicalOrRefused({ value: text })
    const covering = coveringIndicators(asked)
    const wanted = new Set(covering.map((one) => `${one.type} ${one.value}`))
    const rows = await store.byValues(
      this.#parts.sql.db,
      [...new Set(covering.map((one) => one.value))],
      maxFoundByLookup,
    )
    return {
      ...asked,
      indicators: await store.indicatorsOf(
        this.#parts.sql.db,
        rows.filter((row) => wanted.has(`${row.type} ${row.value}`)),
      ),
      warningLists: await this.#parts.warningLists.covering(asked),
    }
  }

  /** The rows that the index names; those that are gone are absent. */
  bySeq(seqs: readonly number[]): Promise<store.IndicatorRow[]> {
    return store.bySeq(this.#parts.sql.db, seqs)
  }

  /** All that lists one of these values, whatever the type. */
  byValues(values: readonly string[], limit: number): Promise<store.IndicatorRow[]> {
    return store.byValues(this.#parts.sql.db, values, limit)
  }

  /** Values of the enabled indicators that a filter takes, behind a number, in the order of their numbers. */
  values(filter: store.ListingFilter, afterSeq: number, limit: number) {
    return store.values(this.#parts.sql.db, filter, afterSeq, limit)
  }

  /** How many enabled indicators began to match in each revision behind one, oldest first. */
  freshCounts(after: number): Promise<{ revision: number; count: number }[]> {
    return store.freshCounts(this.#parts.sql.db, after)
  }

  /** Enabled indicators behind a place, oldest revision first; undefined at the end. */
  exportPage(after: store.ExportPlace, limit: number) {
    return this.#parts.sql.tx((db) => store.exportPage(db, after, limit))
  }

  revision(): Promise<number> {
    return store.revision(this.#parts.sql.db)
  }

  async #row(id: string, db: Tx | Sql['db'] = this.#parts.sql.db): Promise<store.IndicatorRow> {
    const row = await store.get(db, id)
    if (!row) throw new Refusal('NOT_FOUND', `there is no indicator ${id}`)
    return row
  }
}

const msOf = (instant: string | null): number | null => (instant === null ? null : Date.parse(instant))

function canonicalOrRefused(given: { type?: NewIndicator['type']; value: string }): CanonicalIndicator {
  const read = given.type ? canonicalIndicator(given.type, given.value) : readIndicator(given.value)
  if (!('problem' in read)) return read
  throw new Refusal('VALIDATION_FAILED', read.problem, { issues: [{ at: 'value', message: read.problem }] })
}
