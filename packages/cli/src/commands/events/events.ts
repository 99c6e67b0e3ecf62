import { unwrap } from '@watchfloor/client'
import { Command, Option } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { parseInstant, parseSpanMs } from '../../input/time-span.ts'
import { usageFailure } from '../../output/failure.ts'
import { type Column, type ListOptions, listCommand, printPages, timeText } from '../../output/list.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

interface SearchOptions extends ConnectionOptions, ListOptions {
  readonly last: number
  readonly from?: string
  readonly to?: string
  readonly columns?: string
  readonly order: 'newest' | 'oldest'
}

interface EventView {
  readonly id: string
  readonly time: string
  readonly sourceName: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly raw: string
}

const shownRawCharacters = 500

export const eventsCommand = (context: CommandContext): Command =>
  new Command('events').description('Events: search').addCommand(searchCommand(context))

const searchCommand = (context: CommandContext) =>
  listCommand(serverCommand('search', 'Search events').argument('[query...]', 'in the query language; all when absent'))
    .addOption(
      new Option('--last <span>', 'of the last 30m, 24h, 7d …').argParser(parseSpanMs).default(86_400_000, '24h'),
    )
    .option('--from <time>', 'since, e.g. 2020-09-01; instead of --last', parseInstant)
    .option('--to <time>', 'until; now when absent', parseInstant)
    .option('--columns <fields>', 'comma-separated fields for table and csv')
    .addOption(new Option('--order <order>', 'which first').choices(['newest', 'oldest']).default('newest'))
    .addHelpText(
      'after',
      examples(
        ["events search 'process.name:powershell* and not user.name:SYSTEM' --last 7d", ''],
        ['events search host.name:web-1 --columns user.name,process.name --format csv', ''],
        ['events search --from 2020-09-01 --limit all --format jsonl > events.jsonl', 'everything since'],
      ),
    )
    .action(async (words: string[], options: SearchOptions) => {
      const to = options.to ?? new Date().toISOString()
      const from = options.from ?? new Date(Date.parse(to) - options.last).toISOString()
      if (from >= to) throw usageFailure('--from must be before --to')
      const { client } = await context.connect(options)
      const q = words.join(' ')
      await printPages(context.terminal, options, columnsOf(options.columns), async (page) =>
        unwrap(
          await client.GET('/api/v1/events/search', {
            params: { query: { ...page, q, from, to, order: options.order } },
          }),
        ),
      )
    })

function columnsOf(fields: string | undefined): Column<EventView>[] {
  const chosen = (fields ?? '')
    .split(',')
    .map((field) => field.trim())
    .filter(Boolean)
  const always: Column<EventView>[] = [
    { title: 'time', value: (event) => event.time, show: (event) => timeText(event.time) },
    { title: 'source', value: (event) => event.sourceName, maxWidth: 24 },
  ]
  if (chosen.length === 0)
    return [...always, { title: 'event', value: (event) => event.raw.slice(0, shownRawCharacters) }]
  return [
    ...always,
    ...chosen.map((field) => ({ title: field, value: (event: EventView) => valueText(event.fields[field]) })),
  ]
}

const valueText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)
