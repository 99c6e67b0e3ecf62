import { unwrap, type WatchfloorClient } from '@watchfloor/client'
import { Option } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { parseInstant, parseSpanMs } from '../../input/time-span.ts'
import { paintSeverity } from '../../output/colour.ts'
import { type Column, type ListOptions, listCommand, printPages, timeText } from '../../output/list.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

interface AlertListOptions extends ConnectionOptions, ListOptions {
  readonly status?: string
  readonly severity?: string
  readonly assignee?: string
  readonly rule?: string
  readonly entity?: string
  readonly technique?: string
  readonly last?: number
  readonly from?: string
  readonly to?: string
  readonly sort: 'newest' | 'oldest' | 'severity' | 'count'
}

type Alert = Awaited<ReturnType<typeof ask>>['items'][number]

const entitiesText = (alert: Alert): string => Object.values(alert.entities).join(' · ')

const columns: Column<Alert>[] = [
  { title: 'id', value: (alert) => alert.id, isWhole: true },
  { title: 'severity', value: (alert) => alert.severity, show: (alert, paint) => paintSeverity(paint, alert.severity) },
  { title: 'status', value: (alert) => alert.status },
  { title: 'last seen', value: (alert) => timeText(alert.lastSeenAt) },
  { title: 'count', value: (alert) => alert.count, align: 'right' },
  { title: 'assignee', value: (alert) => alert.assignee?.name },
  { title: 'title', value: (alert) => alert.title },
  { title: 'where', value: entitiesText },
]

export const listAlertsCommand = (context: CommandContext) =>
  listCommand(serverCommand('list', 'Alerts of the server').argument('[words...]', 'in their titles'))
    .option('--status <statuses>', 'comma-separated: new, acknowledged, in-progress, closed')
    .option('--severity <severities>', 'comma-separated: critical, high, medium, low, informational')
    .option('--assignee <who>', 'a user id, me or nobody')
    .option('--rule <id>', 'of one rule')
    .option('--entity <value>', 'of a host, user or address')
    .option('--technique <id>', 'of ATT&CK, e.g. T1059.001')
    .option('--last <span>', 'of the last 30m, 24h, 7d …', parseSpanMs)
    .addOption(new Option('--from <time>', 'since, e.g. 2026-03-01T12:00Z').argParser(parseInstant).conflicts('last'))
    .addOption(new Option('--to <time>', 'until').argParser(parseInstant).conflicts('last'))
    .addOption(new Option('--sort <by>', 'order').choices(['newest', 'oldest', 'severity', 'count']).default('newest'))
    .addHelpText(
      'after',
      examples(
        ['alerts list --status new --sort severity', 'what waits, worst first'],
        ['alerts list --last 7d --format csv > alerts.csv', ''],
      ),
    )
    .action(async (words: string[], options: AlertListOptions) => {
      const { client } = await context.connect(options)
      await printPages(context.terminal, options, columns, (page) => ask(client, words, options, page))
    })

async function ask(
  client: WatchfloorClient,
  words: readonly string[],
  options: AlertListOptions,
  page: { limit: number; cursor?: string },
) {
  const { status, severity, assignee, rule, entity, technique, last, to, sort } = options
  const from = last === undefined ? options.from : new Date(Date.now() - last).toISOString()
  const query = {
    ...page,
    sort,
    ...(words.length > 0 && { text: words.join(' ') }),
    ...(status && { status }),
    ...(severity && { severity }),
    ...(assignee && { assignee }),
    ...(rule && { ruleId: rule }),
    ...(entity && { entity }),
    ...(technique && { technique }),
    ...(from && { from }),
    ...(to && { to }),
  }
  return unwrap(await client.GET('/api/v1/alerts', { params: { query } }))
}
