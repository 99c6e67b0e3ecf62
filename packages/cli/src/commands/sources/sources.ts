import { unwrap } from '@watchfloor/client'
import { Command } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { type Column, type ListOptions, listCommand, printList, timeText } from '../../output/list.ts'
import { bytesText, countText } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

interface Source {
  readonly name: string
  readonly kind: string
  readonly health: string
  readonly received: number
  readonly parseFailures: number
  readonly rejected: number
  readonly storedEvents: number
  readonly storedBytes: number
  readonly ratePerSecond: number
  readonly lastSeenAt: string | null
}

const columns: Column<Source>[] = [
  { title: 'name', value: (source) => source.name },
  { title: 'kind', value: (source) => source.kind },
  {
    title: 'health',
    value: (source) => source.health,
    show: ({ health }, paint) =>
      paint(health === 'ok' ? 'green' : health === 'new' || health === 'disabled' ? 'dim' : 'red', health),
  },
  {
    title: 'received',
    value: (source) => source.received,
    show: (source) => countText(source.received),
    align: 'right',
  },
  { title: 'unparsed', value: (source) => source.parseFailures, align: 'right' },
  { title: 'refused', value: (source) => source.rejected, align: 'right' },
  {
    title: 'stored',
    value: (source) => source.storedEvents,
    show: (source) => countText(source.storedEvents),
    align: 'right',
  },
  {
    title: 'bytes',
    value: (source) => source.storedBytes,
    show: (source) => bytesText(source.storedBytes),
    align: 'right',
  },
  { title: 'per second', value: (source) => Number(source.ratePerSecond.toFixed(1)), align: 'right' },
  { title: 'last seen', value: (source) => timeText(source.lastSeenAt) },
]

export const sourcesCommand = (context: CommandContext): Command =>
  new Command('sources').description('Sources of events').addCommand(
    listCommand(serverCommand('list', 'Sources: how much came, when, and how they are'))
      .addHelpText('after', examples(['sources list', '']))
      .action(async (options: ConnectionOptions & ListOptions) => {
        const { client } = await context.connect(options)
        const { items } = unwrap(await client.GET('/api/v1/sources'))
        await printList(context.terminal, options, columns, items)
      }),
  )
