import { join } from 'node:path'
import type { EventQuery } from '../../../platform/events/event-store.ts'
import { allColumns } from './columns.ts'
import type { Session } from './database.ts'
import { instantMs, text } from './literal.ts'

export const DAY_MS = 86_400_000

export const dayName = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

/** SQL: rows of sealed files. */
export const parquet = (folder: string, files: readonly string[]): string =>
  `read_parquet([${files.map((file) => text(join(folder, file))).join(', ')}])`

type Range = Pick<EventQuery, 'scope' | 'fromMs' | 'toMs'>

/** SQL: the table to search, hot rows and those sealed files that can hold an answer. Call it within the search's transaction. */
export async function eventTable(session: Session, folder: string, range?: Range): Promise<string> {
  const files = await session.rows(
    range
      ? `SELECT file FROM sealed WHERE min_ms < ${instantMs(range.toMs)} AND max_ms >= ${instantMs(range.fromMs)} ORDER BY file`
      : 'SELECT file FROM sealed ORDER BY file',
  )
  const list = allColumns.join(', ')
  const hot = `SELECT ${list} FROM hot`
  if (files.length === 0) return `(${hot})`
  return `(${hot} UNION ALL SELECT ${list} FROM ${parquet(
    folder,
    files.map(({ file }) => String(file)),
  )})`
}
