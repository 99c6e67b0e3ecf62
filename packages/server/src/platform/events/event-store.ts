import type { FieldValue } from '@watchfloor/engines/event'
import type { QueryNode } from '@watchfloor/engines/query'
import type { EventBlock } from './event-block.ts'

/** One event as it is kept. Times are ms since 1970 UTC. */
export interface StoredEvent {
  /** `epoch.partition.offset.index`: where the log holds it. */
  readonly id: string
  readonly timeMs: number
  readonly receivedMs: number
  readonly sourceId: string
  readonly parser: string
  /** Flat ECS names; see engines/event. */
  readonly ecs: Readonly<Record<string, FieldValue>>
  /** The record as it came. */
  readonly raw: string
}

/** Which events somebody may see. `all` for those without restriction; else the sources named. Every query takes one. */
export type AccessScope = 'all' | { readonly sourceIds: readonly string[] }

export interface EventQuery {
  readonly scope: AccessScope
  /** Inclusive. */
  readonly fromMs: number
  /** Exclusive. */
  readonly toMs: number
  /** Absent: everything. `watchfloor.source.id` and `watchfloor.parser` ask for the event's own source and parser. */
  readonly where?: QueryNode
}

/** Where an event stands in the order of the store: by time, then by id. */
export interface EventPlace {
  readonly timeMs: number
  readonly id: string
}

/** The position reached in a log partition, stored in the same transaction as the events it brought. */
export interface ConsumedOffset {
  readonly topic: string
  readonly partition: number
  /** The next offset wanted. */
  readonly next: number
}

/** A batch of events, as the threads hand it over: blocks of columns, one after the other. */
export interface EventColumns {
  readonly count: number
  readonly blocks: readonly EventBlock[]
}

export const columnsOfBlocks = (blocks: readonly EventBlock[]): EventColumns => ({
  count: blocks.reduce((sum, { count }) => sum + count, 0),
  blocks,
})

/** Event store: append in batches, search, aggregate, forget. Embedded: DuckDB; scaled: OpenSearch. */
export interface EventStore {
  readonly kind: 'duckdb' | 'opensearch'
  /**
   * Appends the batch and the offsets in one transaction. A batch whose offsets are already consumed is skipped: same call twice,
   * events once. One that overlaps what is consumed is an error: read on from `consumed`. Best in batches of 500-5,000 events.
   * @error STORAGE_FULL when the disk is full; nothing of the batch is stored, and the same call works once there is room
   */
  append(
    batch: EventColumns,
    consumed: ConsumedOffset & { first: number },
  ): Promise<{ appended: number; skipped: boolean }>
  /** What has been consumed; the bus is read on from there. */
  consumed(topic: string, partition: number): Promise<number | undefined>
  /** Makes everything appended so far durable against a power cut, and says up to which offsets; the log may be trimmed behind those. */
  checkpoint(): Promise<ConsumedOffset[]>
  /**
   * Newest first unless asked otherwise; ties by id. `cursor` is what the last page returned.
   * Every search may answer UNPROCESSABLE (took too long, or too much memory), QUERY_INVALID (a pattern that is no regular
   * expression) or BACK_PRESSURE (too many wait already).
   */
  search(
    query: EventQuery & { order: 'newest' | 'oldest'; limit: number; cursor?: string },
  ): Promise<{ events: StoredEvent[]; next?: string }>
  get(id: string, scope: AccessScope): Promise<StoredEvent | undefined>
  count(query: EventQuery): Promise<number>
  /** Counts per interval, which begin at multiples of it since 1970; intervals without events are included as 0. At most 1,000 intervals. */
  histogram(query: EventQuery & { intervalMs: number }): Promise<{ startMs: number; count: number }[]>
  /** The most frequent values of a field, with counts. */
  topValues(query: EventQuery & { field: string; limit: number }): Promise<{ value: string; count: number }[]>
  /** Which fields occur in the newest `sample` matching events, with how many of those hold them. */
  fields(query: EventQuery & { sample: number }): Promise<{ field: string; count: number }[]>
  /**
   * Streams everything that matches, oldest first, in pages; for export and retro-hunts.
   * @param after the place of an event; only what stands behind it comes
   */
  scan(query: EventQuery, pageSize: number, after?: EventPlace): AsyncIterable<StoredEvent[]>
  /** Events, bytes and newest time by source. */
  usage(): Promise<{ sourceId: string; events: number; bytes: number; newestMs: number }[]>
  /** Forgets events of a source that happened and were received before an instant and, when `maxBytes` is given, the oldest until it fits. */
  retain(policy: { sourceId: string; beforeMs?: number; maxBytes?: number }): Promise<{ removed: number }>
  /** Moves complete days from the hot table into sealed files. */
  seal(beforeMs: number): Promise<{ days: string[]; events: number }>
  /** Copies a consistent state into a folder (backup); `restore` is opening that folder. */
  snapshot(intoFolder: string): Promise<void>
  ping(timeoutMs: number): Promise<void>
  close(): Promise<void>
}
