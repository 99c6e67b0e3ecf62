import type { EventView } from '@watchfloor/contracts/events'

/** Columns of a table of events when nobody chose any. */
const usualColumns = ['host.name', 'user.name', 'event.action', 'process.command_line', 'source.ip', 'destination.ip', 'message']

export async function* asNdjson(pages: AsyncIterable<EventView[]>): AsyncIterable<string> {
  for await (const page of pages) yield page.map((event) => `${JSON.stringify(event)}\n`).join('')
}

/** @param columns ECS names; time, source and id always come first */
export async function* asCsv(pages: AsyncIterable<EventView[]>, columns: readonly string[]): AsyncIterable<string> {
  const chosen = columns.length > 0 ? columns : usualColumns
  yield `${['time', 'source', 'id', ...chosen].map(csvCell).join(',')}\r\n`
  for await (const page of pages)
    yield page
      .map((event) => {
        const cells = [event.time, event.sourceName, event.id, ...chosen.map((column) => textOf(event.fields[column]))]
        return `${cells.map(csvCell).join(',')}\r\n`
      })
      .join('')
}

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : Array.isArray(value) ? value.map(textOf).join('; ') : String(value)

/** Quoted where needed; a leading `=`, `+`, `-`, `@`, tab or return is defused, or a spreadsheet would run it. @source OWASP, CSV injection */
export function csvCell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
