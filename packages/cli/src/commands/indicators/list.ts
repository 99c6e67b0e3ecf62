import { unwrap, type WatchfloorClient } from '@watchfloor/client'
import { indicatorSorts, indicatorStates } from '@watchfloor/contracts/intel'
import { Option } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { type Column, type ListOptions, listCommand, printPages } from '../../output/list.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

interface IndicatorListOptions extends ConnectionOptions, ListOptions {
  readonly type?: string
  readonly source?: string
  readonly label?: string
  readonly tlp?: string
  readonly minConfidence?: string
  readonly state?: (typeof indicatorStates)[number]
  readonly sort: (typeof indicatorSorts)[number]
}

type Indicator = Awaited<ReturnType<typeof ask>>['items'][number]

export const indicatorColumns: Column<Indicator>[] = [
  { title: 'type', value: (one) => one.type },
  { title: 'value', value: (one) => one.value },
  { title: 'source', value: (one) => one.source },
  { title: 'confidence', value: (one) => one.confidence, align: 'right' },
  { title: 'tlp', value: (one) => one.tlp },
  { title: 'until', value: (one) => one.validUntil ?? '' },
  { title: 'on', value: (one) => (one.enabled ? 'yes' : 'no') },
  { title: 'id', value: (one) => one.id, isWhole: true },
]

export const listIndicatorsCommand = (context: CommandContext) =>
  listCommand(serverCommand('list', 'Indicators of the server').argument('[part]', 'of the value'))
    .option('--type <types>', 'comma-separated, e.g. ipv4,domain')
    .option('--source <name>', 'who says so')
    .option('--label <label>', 'that they carry')
    .option('--tlp <tlps>', 'comma-separated, e.g. amber,red')
    .option('--min-confidence <percent>', 'and above')
    .addOption(new Option('--state <state>', 'whether they match').choices([...indicatorStates]))
    .addOption(new Option('--sort <by>', 'order').choices([...indicatorSorts]).default('updated'))
    .addHelpText('after', examples(['indicators list --source example-feed --state active', '']))
    .action(async (part: string | undefined, options: IndicatorListOptions) => {
      const { client } = await context.connect(options)
      await printPages(context.terminal, options, indicatorColumns, (page) => ask(client, part, options, page))
    })

async function ask(
  client: WatchfloorClient,
  part: string | undefined,
  options: IndicatorListOptions,
  page: { limit: number; cursor?: string },
) {
  const { type, source, label, tlp, minConfidence, state, sort } = options
  return unwrap(
    await client.GET('/api/v1/indicators', {
      params: {
        query: {
          ...page,
          sort,
          ...(part && { text: part }),
          ...(type && { type }),
          ...(source && { source }),
          ...(label && { label }),
          ...(tlp && { tlp }),
          ...(minConfidence && { minConfidence: Number(minConfidence) }),
          ...(state && { state }),
        },
      },
    }),
  )
}
