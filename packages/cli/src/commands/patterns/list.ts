import { unwrap, type WatchfloorClient } from '@watchfloor/client'
import { patternScopes, patternStates } from '@watchfloor/contracts/intel'
import { Option } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { type Column, type ListOptions, listCommand, printPages } from '../../output/list.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

interface PatternListOptions extends ConnectionOptions, ListOptions {
  readonly source?: string
  readonly label?: string
  readonly scope?: (typeof patternScopes)[number]
  readonly state?: (typeof patternStates)[number]
}

type Pattern = Awaited<ReturnType<typeof ask>>['items'][number]

const columns: Column<Pattern>[] = [
  { title: 'name', value: (one) => one.name },
  { title: 'matched by', value: (one) => one.scope },
  { title: 'source', value: (one) => one.source },
  { title: 'confidence', value: (one) => one.confidence, align: 'right' },
  { title: 'seen', value: (one) => one.sightings.count, align: 'right' },
  { title: 'last seen', value: (one) => one.sightings.lastSeen ?? '' },
  { title: 'on', value: (one) => (one.enabled ? 'yes' : 'no') },
  { title: 'id', value: (one) => one.id, isWhole: true },
]

export const listPatternsCommand = (context: CommandContext) =>
  listCommand(serverCommand('list', 'STIX patterns of the server').argument('[part]', 'of the name or the pattern'))
    .option('--source <name>', 'who says so')
    .option('--label <label>', 'that they carry')
    .addOption(
      new Option('--scope <scope>', 'what they are held against; index: they merely list values').choices([
        ...patternScopes,
      ]),
    )
    .addOption(new Option('--state <state>', 'whether they match').choices([...patternStates]))
    .addHelpText('after', examples(['patterns list --scope sequence --state active', '']))
    .action(async (part: string | undefined, options: PatternListOptions) => {
      const { client } = await context.connect(options)
      await printPages(context.terminal, options, columns, (page) => ask(client, part, options, page))
    })

async function ask(
  client: WatchfloorClient,
  part: string | undefined,
  { source, label, scope, state }: PatternListOptions,
  page: { limit: number; cursor?: string },
) {
  return unwrap(
    await client.GET('/api/v1/patterns', {
      params: {
        query: {
          ...page,
          ...(part && { text: part }),
          ...(source && { source }),
          ...(label && { label }),
          ...(scope && { scope }),
          ...(state && { state }),
        },
      },
    }),
  )
}
