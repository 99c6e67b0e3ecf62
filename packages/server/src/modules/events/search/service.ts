import type { completions, EventDetail, EventView, queryCheck } from '@watchfloor/contracts/events'
import { type EventId, Refusal, type SourceId, toInstant } from '@watchfloor/contracts/kernel'
import type { NormalisedEvent } from '@watchfloor/engines/event'
import { derivation, type NormaliseHint, normalise } from '@watchfloor/engines/logs'
import { complete, parseQuery, type QueryNode } from '@watchfloor/engines/query'
import type { z } from 'zod'
import type { AccessScope, EventQuery, EventStore, StoredEvent } from '../../../platform/events/event-store.ts'
import type { Sources } from '../sources/service.ts'

export interface Range {
  readonly q: string
  readonly from: string
  readonly to: string
}

/** What every event has besides its fields. */
const ownFields = ['watchfloor.source.id', 'watchfloor.parser']

/** Who sees which events: today everybody who may read events sees all of them. */
const scope: AccessScope = 'all'

/** Searches and single events, as people see them. */
export class EventSearch {
  readonly #store: EventStore
  readonly #sources: Sources

  constructor(store: EventStore, sources: Sources) {
    this.#store = store
    this.#sources = sources
  }

  /** @error QUERY_INVALID with every diagnostic of the search text */
  async search(query: Range & { order: 'newest' | 'oldest'; limit: number; cursor?: string }) {
    const startedMs = performance.now()
    const { events, next } = await this.#store.search({
      ...eventQuery(query),
      order: query.order,
      limit: query.limit,
      ...(query.cursor ? { cursor: query.cursor } : {}),
    })
    return {
      items: events.map((event) => this.#view(event)),
      ...(next ? { next } : {}),
      tookMs: Math.round(performance.now() - startedMs),
    }
  }

  /** A page by a ready-made condition, for modules above. */
  async page(query: Omit<EventQuery, 'scope'> & { order: 'newest' | 'oldest'; limit: number }): Promise<EventView[]> {
    const { events } = await this.#store.search({ ...query, scope })
    return events.map((event) => this.#view(event))
  }

  async histogram(query: Range & { buckets: number }) {
    const parsed = eventQuery(query)
    const intervalMs = niceInterval((parsed.toMs - parsed.fromMs) / query.buckets)
    const bars = await this.#store.histogram({ ...parsed, intervalMs })
    return {
      intervalMs,
      total: bars.reduce((sum, bar) => sum + bar.count, 0),
      bars: bars.map((bar) => ({ start: toInstant(bar.startMs), count: bar.count })),
    }
  }

  async fields(query: Range & { sample: number }) {
    const [fields, page] = await Promise.all([
      this.#store.fields({ ...eventQuery(query), sample: query.sample }),
      this.#store.search({ ...eventQuery(query), order: 'newest', limit: Math.min(query.sample, 500) }),
    ])
    const sampled = Math.max(page.events.length, ...fields.map((one) => one.count), 0)
    return {
      sampled,
      fields: fields.map((one) => ({ ...one, sharePct: Math.round((1000 * one.count) / sampled) / 10 })),
    }
  }

  async topValues(query: Range & { field: string; limit: number }) {
    const parsed = eventQuery(query)
    const exists: QueryNode = { kind: 'field', field: query.field, test: { kind: 'exists' } }
    const [values, total] = await Promise.all([
      this.#store.topValues({ ...parsed, field: query.field, limit: query.limit }),
      this.#store.count({ ...parsed, where: parsed.where ? { kind: 'and', nodes: [parsed.where, exists] } : exists }),
    ])
    return { field: query.field, total, values }
  }

  check(q: string): z.infer<typeof queryCheck> {
    const { diagnostics } = parseQuery(q)
    return { valid: diagnostics.length === 0, diagnostics: [...diagnostics] }
  }

  /** Suggestions at the cursor, from fields and values of the newest events in the range. */
  async complete(query: { q: string; cursor: number; from: string; to: string }): Promise<z.infer<typeof completions>> {
    const range = { scope, fromMs: Date.parse(query.from), toMs: Date.parse(query.to) }
    const fields = await this.#store.fields({ ...range, sample: 500 })
    const valueField = /([\w.@-]+)\s*:\s*"?[^\s"]*$/.exec(query.q.slice(0, query.cursor))?.[1]
    const values = valueField ? await this.#store.topValues({ ...range, field: valueField, limit: 50 }) : []
    const suggested = complete(query.q, query.cursor, {
      fields: [...fields.map((one) => one.field), ...ownFields],
      values: (field) => (field === valueField ? values.map((one) => one.value) : []),
    })
    return { from: suggested.from, to: suggested.to, items: suggested.items.slice(0, 50).map((item) => ({ ...item })) }
  }

  /** @error NOT_FOUND when there is no such event, or it is past its retention */
  async get(id: string): Promise<EventDetail> {
    const stored = await this.#store.get(id, scope)
    if (!stored) throw new Refusal('NOT_FOUND', `there is no event ${id}`, { remedy: 'It may be past its retention.' })
    const event = this.#normalise(stored)
    return {
      ...this.#view(stored),
      taxonomy: { ...event.taxonomy },
      logSources: event.logSources.map((one) => ({ ...one })),
      derivedFrom: Object.fromEntries(
        Object.keys(stored.ecs).map((field) => [field, [...derivation(stored.parser, field, event.taxonomy)]]),
      ),
      warnings: [...event.warnings],
    }
  }

  /** The event as the engines see it, made anew from what was received. */
  async normalised(id: string): Promise<NormalisedEvent | undefined> {
    const stored = await this.#store.get(id, scope)
    return stored && this.#normalise(stored)
  }

  /** An event as it was received, with what it is read again by. */
  async kept(id: string): Promise<{ raw: string; hint: NormaliseHint } | undefined> {
    const stored = await this.#store.get(id, scope)
    return stored && { raw: stored.raw, hint: this.hintFor(stored) }
  }

  /** Refuses a bad range or query before an answer has begun. @error QUERY_INVALID · VALIDATION_FAILED */
  checkRange(query: Range): void {
    eventQuery(query)
  }

  /** Everything that matches, oldest first, page by page. */
  async *scan(query: Range, pageSize: number): AsyncIterable<EventView[]> {
    for await (const page of this.#store.scan(eventQuery(query), pageSize)) yield page.map((event) => this.#view(event))
  }

  /**
   * With what the original of a stored event is read again, so that rules see what they saw as it came in. What is not kept with
   * the event is the envelope (what it said is, in the event) and what its source was taken for (as it is set now).
   */
  hintFor(stored: StoredEvent): NormaliseHint {
    const source = this.#sources.known(stored.sourceId)
    const host = stored.ecs['host.name']
    return {
      receivedMs: stored.receivedMs,
      time: stored.timeMs,
      ...(typeof host === 'string' ? { host } : {}),
      ...(source?.product ? { product: source.product } : {}),
      ...(source?.service ? { service: source.service } : {}),
    }
  }

  #normalise(stored: StoredEvent): NormalisedEvent {
    return normalise(stored.raw, this.hintFor(stored))
  }

  #view(event: StoredEvent): EventView {
    return {
      id: event.id as EventId,
      time: toInstant(event.timeMs),
      receivedAt: toInstant(event.receivedMs),
      sourceId: event.sourceId as SourceId,
      sourceName: this.#sources.nameOf(event.sourceId),
      parser: event.parser,
      fields: { ...event.ecs },
      raw: event.raw,
    }
  }
}

function eventQuery(range: Range): EventQuery {
  const fromMs = Date.parse(range.from)
  const toMs = Date.parse(range.to)
  if (!(fromMs < toMs))
    throw new Refusal('VALIDATION_FAILED', 'the time range is empty: `from` must be before `to`', {
      issues: [{ at: 'query.from', message: 'must be before `to`' }],
    })
  const { node, diagnostics } = parseQuery(range.q)
  if (diagnostics.length > 0)
    throw new Refusal('QUERY_INVALID', diagnostics[0]?.message ?? 'the search text cannot be read', {
      ...(diagnostics[0]?.remedy ? { remedy: diagnostics[0].remedy } : {}),
      issues: diagnostics.map((one) => ({ at: `query.q[${one.offset}]`, message: one.message })),
      details: { diagnostics },
    })
  return { scope, fromMs, toMs, ...(node.kind === 'all' ? {} : { where: node }) }
}

const second = 1000
const steps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
  2_592_000,
]

/** The next round interval that is at least as long, so that bars begin at times people know. */
export function niceInterval(atLeastMs: number): number {
  const step = steps.find((seconds) => seconds * second >= atLeastMs)
  return step ? step * second : Math.ceil(atLeastMs / (2_592_000 * second)) * 2_592_000 * second
}
