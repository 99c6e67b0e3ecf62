import { type CsvValue, csvLine } from '@watchfloor/engines/csv'
import { type Command, Option } from 'commander'
import { type Page, pagesOf, parseLimit } from '../connection/pages.ts'
import type { Paint } from './colour.ts'
import { tableText } from './table.ts'
import type { Terminal } from './terminal.ts'
import { printable } from './text.ts'

const listFormats = ['table', 'jsonl', 'csv'] as const
export type ListFormat = (typeof listFormats)[number]

/** What every list takes. */
export interface ListOptions {
  readonly format: ListFormat
  readonly limit: number
}

const formatOption = (): Option =>
  new Option('-f, --format <format>', 'how to print').choices([...listFormats]).default('table')

/** Gives a command `--format` and `--limit`. */
export const listCommand = (command: Command): Command =>
  command
    .addOption(formatOption())
    .addOption(
      new Option('-n, --limit <number>', 'how many at most; all for everything').argParser(parseLimit).default(100),
    )

/** One column of a list. `jsonl` prints the items as they are. */
export interface Column<Item> {
  readonly title: string
  readonly value: (item: Item) => CsvValue
  readonly align?: 'left' | 'right'
  readonly maxWidth?: number
  /** Never cut, however narrow the terminal is. */
  readonly isWhole?: boolean
  /** How the table shows the value. */
  readonly show?: (item: Item, paint: Paint) => string
}

/**
 * Prints a list page by page: JSON lines and CSV as they come, a table when all is there, as its columns are as wide as what is
 * in them. Says to stderr when there is more, or nothing.
 */
export async function printPages<Item>(
  terminal: Terminal,
  options: ListOptions,
  columns: readonly Column<Item>[],
  ask: (page: { limit: number; cursor?: string }) => Promise<Page<Item>>,
): Promise<void> {
  const { out, err } = terminal
  const rows: Item[] = []
  let count = 0
  let isFirst = true
  let isCut = false
  for await (const { items, hasMore } of pagesOf(options.limit, ask)) {
    if (options.format === 'table') rows.push(...items)
    else out.write(textOf(options.format, columns, items, { withTitles: isFirst }))
    isFirst = false
    count += items.length
    isCut = hasMore
  }
  if (options.format === 'table' && rows.length > 0) out.write(table(terminal, columns, rows))
  if (count === 0) err.write('nothing found\n')
  else if (isCut) err.write(`only the first ${count}; more with --limit\n`)
}

/** Prints a list that is there as a whole. */
export const printList = <Item>(
  terminal: Terminal,
  options: Partial<ListOptions>,
  columns: readonly Column<Item>[],
  items: readonly Item[],
): Promise<void> =>
  printPages(terminal, { format: 'table', limit: Number.MAX_SAFE_INTEGER, ...options }, columns, async () => ({
    items,
  }))

function textOf<Item>(
  format: 'jsonl' | 'csv',
  columns: readonly Column<Item>[],
  items: readonly Item[],
  { withTitles }: { withTitles: boolean },
): string {
  if (format === 'jsonl') return items.map((item) => `${JSON.stringify(item)}\n`).join('')
  const titles = withTitles ? csvLine(columns.map((column) => column.title)) : ''
  return titles + items.map((item) => csvLine(columns.map((column) => column.value(item)))).join('')
}

function table<Item>({ out }: Terminal, columns: readonly Column<Item>[], items: readonly Item[]): string {
  const cell = (column: Column<Item>, item: Item): string =>
    column.show ? column.show(item, out.paint) : printable(String(column.value(item) ?? ''))
  const rows = items.map((item) => columns.map((column) => cell(column, item)))
  return tableText(columns, rows, { width: out.width, titleStyle: (text) => out.paint('bold', text) })
}

/** `2026-11-21 10:05:39Z`; nothing for null. */
export const timeText = (instant: string | null | undefined): string =>
  instant ? `${instant.slice(0, 19).replace('T', ' ')}Z` : ''
