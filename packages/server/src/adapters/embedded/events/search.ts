import { Refusal } from '@watchfloor/contracts/kernel'
import type { AccessScope, EventQuery, StoredEvent } from '../../../platform/events/event-store.ts'
import { isPromoted } from './columns.ts'
import { condition, elementsOf, scalarOf, scopeCondition } from './compile.ts'
import { decodeCursor, encodeCursor, type Position } from './cursor.ts'
import type { Database, Row, Session } from './database.ts'
import { instantMs, memberPath, name, number, text } from './literal.ts'
import { eventTable } from './sources.ts'

const MAX_INTERVALS = 1_000
const MAX_PAGE = 10_000
const WIDE_COLUMNS = 'id, time_ms, received_ms, source_id, parser, ecs, raw'

type Order = 'newest' | 'oldest'

/** The questions the event store answers; each in one read transaction. */
export class Searches {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  #read<Result>(
    query: EventQuery,
    task: (session: Session, table: string, where: string) => Promise<Result>,
  ): Promise<Result> {
    const where = condition(query)
    return this.#database.read(async (session) =>
      task(session, await eventTable(session, this.#database.sealedFolder, query), where),
    )
  }

  search(
    query: EventQuery & { order: Order; limit: number; cursor?: string },
  ): Promise<{ events: StoredEvent[]; next?: string }> {
    const limit = Math.max(1, Math.min(MAX_PAGE, Math.trunc(query.limit)))
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor)
    return this.#read(query, async (session, table, where) => {
      // First only where the page's events stand, then their text: sorting never drags whole events along.
      const found = await positions(session, table, where, { order: query.order, limit: limit + 1, after })
      const page = found.slice(0, limit)
      const last = page.at(-1)
      return {
        events: await eventsAt(session, table, page),
        ...(found.length > limit && last ? { next: encodeCursor(last) } : {}),
      }
    })
  }

  /** Where the next events of an export stand, oldest first. */
  positions(query: EventQuery, after: Position | undefined, limit: number): Promise<Position[]> {
    return this.#read(query, (session, table, where) =>
      positions(session, table, where, { order: 'oldest', limit, after }),
    )
  }

  eventsAt(query: EventQuery, page: readonly Position[]): Promise<StoredEvent[]> {
    return this.#read(query, (session, table) => eventsAt(session, table, page))
  }

  get(id: string, scope: AccessScope): Promise<StoredEvent | undefined> {
    const offset = Number(id.split('.')[2] ?? 'none')
    // The offset lets DuckDB leave out nearly every block; ids that hold none have none in their row either.
    const place = Number.isSafeInteger(offset) ? `log_offset = ${number(offset)}` : 'log_offset IS NULL'
    return this.#database.read(async (session) => {
      const table = await eventTable(session, this.#database.sealedFolder)
      const rows = await session.rows(
        `SELECT ${WIDE_COLUMNS} FROM ${table} WHERE ${place} AND id = ${text(id)} AND ${scopeCondition(scope)} LIMIT 1`,
      )
      return rows[0] && eventOf(rows[0])
    })
  }

  count(query: EventQuery): Promise<number> {
    return this.#read(query, async (session, table, where) => {
      const [row] = await session.rows(`SELECT count(*) AS count FROM ${table} WHERE ${where}`)
      return Number(row?.count ?? 0)
    })
  }

  async histogram(query: EventQuery & { intervalMs: number }): Promise<{ startMs: number; count: number }[]> {
    const { fromMs, toMs } = query
    const intervalMs = Math.trunc(query.intervalMs)
    if (!(intervalMs >= 1)) throw new Refusal('VALIDATION_FAILED', 'an interval is at least 1 ms')
    const first = Math.floor(fromMs / intervalMs)
    const intervals = Math.max(0, Math.ceil(toMs / intervalMs) - first)
    if (intervals > MAX_INTERVALS) {
      throw new Refusal('VALIDATION_FAILED', `${intervals} intervals; at most ${MAX_INTERVALS}`, {
        remedy: 'choose a longer interval or a shorter time range',
      })
    }
    const counts = await this.#read(query, (session, table, where) =>
      session.rows(
        `SELECT (time_ms - ${instantMs(first * intervalMs)}) // ${intervalMs} AS slot, count(*) AS count FROM ${table} WHERE ${where} GROUP BY slot`,
      ),
    )
    const countBySlot = new Map(counts.map(({ slot, count }) => [Number(slot), Number(count)]))
    return Array.from({ length: intervals }, (_, slot) => ({
      startMs: (first + slot) * intervalMs,
      count: countBySlot.get(slot) ?? 0,
    }))
  }

  topValues(query: EventQuery & { field: string; limit: number }): Promise<{ value: string; count: number }[]> {
    const { field } = query
    const limit = Math.max(1, Math.min(MAX_PAGE, Math.trunc(query.limit)))
    return this.#read(query, async (session, table, where) => {
      const rows = await session.rows(
        `SELECT value, count(*) AS count FROM (${valuesOf(field, table, where)}) WHERE value IS NOT NULL
         GROUP BY value ORDER BY count DESC, value LIMIT ${limit}`,
      )
      return rows.map(({ value, count }) => ({ value: String(value), count: Number(count) }))
    })
  }

  fields(query: EventQuery & { sample: number }): Promise<{ field: string; count: number }[]> {
    const sample = Math.max(1, Math.min(MAX_PAGE, Math.trunc(query.sample)))
    return this.#read(query, async (session, table, where) => {
      const page = await positions(session, table, where, { order: 'newest', limit: sample, after: undefined })
      const countByField = new Map<string, number>()
      for (const { ecs } of await rowsAt(session, table, page, 'ecs')) {
        for (const [field, value] of Object.entries(JSON.parse(String(ecs)))) {
          if (value !== null) countByField.set(field, (countByField.get(field) ?? 0) + 1)
        }
      }
      return Array.from(countByField, ([field, count]) => ({ field, count })).sort(
        (a, b) => b.count - a.count || (a.field < b.field ? -1 : 1),
      )
    })
  }

  async ping(timeoutMs: number): Promise<void> {
    await this.#database.read((session) => session.rows('SELECT count(*) FROM consumed'), timeoutMs)
  }
}

/** SQL: every value of a field, one a row, as text; lists opened. */
function valuesOf(field: string, table: string, where: string): string {
  const json = `json_extract(ecs, ${text(memberPath(field))})`
  const values = `unnest(list_transform([${json}], lambda j:
    CASE WHEN starts_with(j, '[') THEN ${elementsOf('j')} ELSE [${scalarOf('j')}] END)[1])`
  const present = `contains(ecs, ${text(JSON.stringify(field.toWellFormed()))})`
  if (!isPromoted(field)) return `SELECT ${values} AS value FROM ${table} WHERE ${where} AND ${present}`
  // What begins with "[" is a list, or a text that looks like one: the JSON knows.
  const looksLikeList = `starts_with(${name(field)}, '[')`
  return `SELECT ${name(field)} AS value FROM ${table} WHERE ${where} AND NOT ${looksLikeList}
    UNION ALL SELECT ${values} AS value FROM ${table} WHERE ${where} AND ${looksLikeList}`
}

async function positions(
  session: Session,
  table: string,
  where: string,
  { order, limit, after }: { order: Order; limit: number; after: Position | undefined },
): Promise<Position[]> {
  const direction = order === 'newest' ? 'DESC' : 'ASC'
  const beyond = order === 'newest' ? '<' : '>'
  const from = after
    ? ` AND time_ms ${beyond}= ${instantMs(after.timeMs)} AND (time_ms ${beyond} ${instantMs(after.timeMs)} OR id ${beyond} ${text(after.id)})`
    : ''
  const rows = await session.rows(
    `SELECT time_ms, id FROM ${table} WHERE ${where}${from} ORDER BY time_ms ${direction}, id ${direction} LIMIT ${limit}`,
  )
  return rows.map(({ time_ms, id }) => ({ timeMs: Number(time_ms), id: String(id) }))
}

/** The columns of the events that stand at these positions; in no order. */
function rowsAt(session: Session, table: string, page: readonly Position[], columns: string): Promise<Row[]> {
  if (page.length === 0) return Promise.resolve([])
  const times = page.map(({ timeMs }) => timeMs)
  const range = `time_ms BETWEEN ${instantMs(Math.min(...times))} AND ${instantMs(Math.max(...times))}`
  return session.rows(
    `SELECT ${columns} FROM ${table} WHERE ${range} AND id IN (${page.map(({ id }) => text(id)).join(', ')})`,
  )
}

async function eventsAt(session: Session, table: string, page: readonly Position[]): Promise<StoredEvent[]> {
  const rows = await rowsAt(session, table, page, WIDE_COLUMNS)
  const eventById = new Map(rows.map((row) => [String(row.id), eventOf(row)]))
  return page.flatMap(({ id }) => eventById.get(id) ?? [])
}

const eventOf = (row: Row): StoredEvent => ({
  id: String(row.id),
  timeMs: Number(row.time_ms),
  receivedMs: Number(row.received_ms),
  sourceId: String(row.source_id),
  parser: String(row.parser),
  ecs: JSON.parse(String(row.ecs)),
  raw: String(row.raw),
})
