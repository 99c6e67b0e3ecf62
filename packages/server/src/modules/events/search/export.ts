import type { EventView } from '@watchfloor/contracts/events'
import { csvLine } from '@watchfloor/engines/csv'

/** Columns of a table of events when nobody chose any. */
const usualColumns = [
  'host.name',
  'user.name',
  'event.action',
  'process.command_line',
  'source.ip',
  'destination.ip',
  'message',
]

export async function* asNdjson(pages: AsyncIterable<EventView[]>): AsyncIterable<string> {
  for await (const page of pages) yield page.map((event) => `${JSON.stringify(event)}\n`).join('')
}

/** @param columns ECS names; time, source and id always come first */
export async function* asCsv(pages: AsyncIterable<EventView[]>, columns: readonly string[]): AsyncIterable<string> {
  const chosen = columns.length > 0 ? columns : usualColumns
  yield csvLine(['time', 'source', 'id', ...chosen])
  for await (const page of pages)
    yield page
      .map((event) =>
        csvLine([event.time, event.sourceName, event.id, ...chosen.map((column) => textOf(event.fields[column]))]),
      )
      .join('')
}

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : Array.isArray(value) ? value.map(textOf).join('; ') : String(value)
