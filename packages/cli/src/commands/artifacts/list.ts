import { unwrap } from '@watchfloor/client'
import type { Artifact } from '@watchfloor/contracts/artifacts'
import { Option } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { type Column, type ListOptions, listCommand, printPages, timeText } from '../../output/list.ts'
import { bytesText } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

interface ListArtifactsOptions extends ConnectionOptions, ListOptions {
  readonly text?: string
  readonly type?: string
  readonly matched?: 'true' | 'false'
  readonly members?: boolean
}

const columns: Column<Artifact>[] = [
  { title: 'id', value: ({ id }) => id, isWhole: true },
  { title: 'name', value: ({ name }) => name, maxWidth: 40 },
  { title: 'type', value: ({ type }) => type },
  {
    title: 'bytes',
    value: ({ sizeBytes }) => sizeBytes,
    show: ({ sizeBytes }) => bytesText(sizeBytes),
    align: 'right',
  },
  {
    title: 'matches',
    value: ({ scan }) => scan.matches,
    show: ({ scan }, paint) =>
      scan.state !== 'done' ? paint('dim', scan.state) : scan.matches > 0 ? paint('red', String(scan.matches)) : '0',
    align: 'right',
  },
  { title: 'added', value: ({ createdAt }) => timeText(createdAt) },
]

export const listArtifactsCommand = (context: CommandContext) =>
  listCommand(serverCommand('list', 'Artifacts, newest first'))
    .option('--text <words>', 'words of the name or a label, or a hash')
    .option('--type <type>', 'e.g. pe, pdf, zip')
    .addOption(new Option('--matched <yes>', 'only with, or only without matches').choices(['true', 'false']))
    .option('--members', 'also what is packed in others')
    .addHelpText('after', examples(['artifacts list --matched true', 'what YARA rules matched']))
    .action(async (options: ListArtifactsOptions) => {
      const { client } = await context.connect(options)
      const { text, type, matched } = options
      await printPages<Artifact>(context.terminal, options, columns, async (page) =>
        unwrap(
          await client.GET('/api/v1/artifacts', {
            params: {
              query: {
                ...page,
                members: options.members ? 'true' : 'false',
                ...(text ? { text } : {}),
                ...(type ? { type } : {}),
                ...(matched ? { matched } : {}),
              },
            },
          }),
        ),
      )
    })
