import { unwrap } from '@watchfloor/client'
import { Command, Option } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { type Column, type ListOptions, listCommand, printPages, timeText } from '../../output/list.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

const states = ['waiting', 'running', 'done', 'retrying', 'dead'] as const

interface Job {
  readonly id: string
  readonly name: string
  readonly state: (typeof states)[number]
  readonly progress: number
  readonly createdAt: string
  readonly endedAt: string | null
  readonly message: string | null
  readonly error: string | null
}

const columns: Column<Job>[] = [
  { title: 'id', value: (job) => job.id, isWhole: true },
  { title: 'name', value: (job) => job.name },
  {
    title: 'state',
    value: (job) => job.state,
    show: ({ state }, paint) => paint(state === 'dead' ? 'red' : state === 'retrying' ? 'yellow' : 'reset', state),
  },
  { title: 'done', value: (job) => `${Math.round(job.progress * 100)} %`, align: 'right' },
  { title: 'created', value: (job) => timeText(job.createdAt) },
  { title: 'ended', value: (job) => timeText(job.endedAt) },
  { title: 'words', value: (job) => job.error ?? job.message },
]

const mostJobs = 200

export const jobsCommand = (context: CommandContext): Command =>
  new Command('jobs').description('Background work').addCommand(
    listCommand(serverCommand('list', 'Background work, newest first (the newest 200 at most)'))
      .addOption(new Option('--state <state>', 'only those').choices([...states]))
      .option('--name <name>', 'only these')
      .addHelpText('after', examples(['jobs list --state dead', 'what failed for good']))
      .action(async (options: ConnectionOptions & ListOptions & { state?: Job['state']; name?: string }) => {
        const { client } = await context.connect(options)
        const { state, name } = options
        await printPages(context.terminal, options, columns, async ({ limit }) =>
          unwrap(
            await client.GET('/api/v1/jobs', {
              params: { query: { limit: Math.min(limit, mostJobs), ...(state && { state }), ...(name && { name }) } },
            }),
          ),
        )
      }),
  )
