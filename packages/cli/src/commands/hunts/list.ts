import { unwrap, type WatchfloorClient } from '@watchfloor/client'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { type Column, type ListOptions, listCommand, printPages, timeText } from '../../output/list.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

interface HuntListOptions extends ConnectionOptions, ListOptions {
  readonly runs?: boolean
}

type Hunt = Awaited<ReturnType<typeof askHunts>>['items'][number]
type Run = Awaited<ReturnType<typeof askRuns>>['items'][number]

const huntColumns: Column<Hunt>[] = [
  { title: 'id', value: (hunt) => hunt.id, isWhole: true },
  { title: 'name', value: (hunt) => hunt.name },
  { title: 'kind', value: (hunt) => hunt.kind },
  { title: 'schedule', value: (hunt) => hunt.schedule },
  { title: 'next run', value: (hunt) => hunt.nextRunAt, show: (hunt) => timeText(hunt.nextRunAt) },
  { title: 'hits of last runs', value: (hunt) => hunt.runs.map((run) => run.hits).join(' ') },
  { title: 'by', value: (hunt) => hunt.owner },
]

const runColumns: Column<Run>[] = [
  { title: 'id', value: (run) => run.id, isWhole: true },
  { title: 'state', value: (run) => run.state },
  { title: 'hits', value: (run) => run.hits, align: 'right' },
  { title: 'events', value: (run) => run.eventsDone, align: 'right' },
  { title: 'started', value: (run) => run.createdAt, show: (run) => timeText(run.createdAt) },
  { title: 'by', value: (run) => run.startedBy },
  { title: 'name', value: (run) => run.name },
]

export const listHuntsCommand = (context: CommandContext) =>
  listCommand(serverCommand('list', 'Saved hunts, or all runs').argument('[words...]', 'in names, words and tags'))
    .option('--runs', 'list runs instead of saved hunts')
    .addHelpText('after', examples(['hunts list', ''], ['hunts list --runs', 'what has run']))
    .action(async (words: string[], options: HuntListOptions) => {
      const { client } = await context.connect(options)
      if (options.runs) await printPages(context.terminal, options, runColumns, (page) => askRuns(client, page))
      else await printPages(context.terminal, options, huntColumns, (page) => askHunts(client, words, page))
    })

interface PageAsked {
  readonly limit: number
  readonly cursor?: string
}

const askHunts = async (client: WatchfloorClient, words: readonly string[], page: PageAsked) =>
  unwrap(
    await client.GET('/api/v1/hunts', {
      params: { query: { ...page, ...(words.length > 0 && { text: words.join(' ') }) } },
    }),
  )

const askRuns = async (client: WatchfloorClient, page: PageAsked) =>
  unwrap(await client.GET('/api/v1/hunts/runs', { params: { query: page } }))
