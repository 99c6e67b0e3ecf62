import { unwrap, type WatchfloorClient } from '@watchfloor/client'
import { Option } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { paintSeverity } from '../../output/colour.ts'
import { type Column, type ListOptions, listCommand, printPages } from '../../output/list.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

interface RulesListOptions extends ConnectionOptions, ListOptions {
  readonly level?: string
  readonly status?: string
  readonly state?: 'ready' | 'refused' | 'waiting'
  readonly enabled?: boolean
  readonly disabled?: boolean
  readonly product?: string
  readonly technique?: string
  readonly sort: (typeof sorts)[number]
}

const sorts = ['title', 'level', 'updated', 'detections', 'noise', 'cost', 'false-positives'] as const

type Rule = Awaited<ReturnType<typeof ask>>['items'][number]

const columns: Column<Rule>[] = [
  { title: 'id', value: (rule) => rule.id, isWhole: true },
  { title: 'level', value: (rule) => rule.level, show: (rule, paint) => paintSeverity(paint, rule.level) },
  { title: 'status', value: (rule) => (rule.switch === 'off' ? 'disabled' : (rule.ownStatus ?? rule.status)) },
  { title: 'on', value: (rule) => (rule.state === 'ready' ? (rule.enabled ? 'yes' : 'no') : rule.state) },
  { title: '7 days', value: (rule) => rule.detections7d, align: 'right' },
  { title: 'cpu ms', value: (rule) => Math.round(rule.noise.cpuMs7d), align: 'right' },
  { title: 'title', value: (rule) => rule.title },
]

export const listRulesCommand = (context: CommandContext) =>
  listCommand(serverCommand('list', 'Rules of the server').argument('[words...]', 'in their titles and descriptions'))
    .option('--level <levels>', 'comma-separated, e.g. high,critical')
    .option('--status <statuses>', 'comma-separated, e.g. stable,test')
    .addOption(new Option('--state <state>', 'whether they can run').choices(['ready', 'refused', 'waiting']))
    .option('--enabled', 'those that run')
    .addOption(new Option('--disabled', 'those that do not').conflicts('enabled'))
    .option('--product <product>', 'of the log source, e.g. windows')
    .option('--technique <id>', 'of ATT&CK, e.g. T1059.001')
    .addOption(new Option('--sort <by>', 'order').choices([...sorts]).default('title'))
    .addHelpText(
      'after',
      examples(
        ['rules list powershell --level high,critical', ''],
        ['rules list --state refused --format csv', 'what does not run, for a spreadsheet'],
      ),
    )
    .action(async (words: string[], options: RulesListOptions) => {
      const { client } = await context.connect(options)
      await printPages(context.terminal, options, columns, (page) => ask(client, words, options, page))
    })

async function ask(
  client: WatchfloorClient,
  words: readonly string[],
  options: RulesListOptions,
  page: { limit: number; cursor?: string },
) {
  const { level, status, state, product, technique, sort } = options
  const enabled = options.enabled ? 'true' : options.disabled ? 'false' : undefined
  return unwrap(
    await client.GET('/api/v1/rules', {
      params: {
        query: {
          ...page,
          sort,
          ...(words.length > 0 && { text: words.join(' ') }),
          ...(level && { level }),
          ...(status && { status }),
          ...(state && { state }),
          ...(enabled && { enabled }),
          ...(product && { product }),
          ...(technique && { technique }),
        },
      },
    }),
  )
}
