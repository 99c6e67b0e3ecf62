import { unwrap, type WatchfloorClient } from '@watchfloor/client'
import { Command } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { usageFailure } from '../../output/failure.ts'
import { type Column, type ListOptions, listCommand, printList, timeText } from '../../output/list.ts'
import { counted } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

const ops = { '=': 'equals', '~': 'contains', '^': 'startswith', $: 'endswith', '/': 'cidr' } as const
type Condition = { field: string; op: (typeof ops)[keyof typeof ops]; value: string }

const listExceptions = async (client: WatchfloorClient, ruleId: string) =>
  unwrap(await client.GET('/api/v1/rules/{ruleId}/exceptions', { params: { path: { ruleId } } })).items
type Exception = Awaited<ReturnType<typeof listExceptions>>[number]

const conditionText = ({ field, op, value }: Exception['conditions'][number]): string =>
  `${field}${Object.entries(ops).find(([, name]) => name === op)?.[0] ?? '='}${value}`

const columns: Column<Exception>[] = [
  { title: 'id', value: (one) => one.id, isWhole: true },
  { title: 'state', value: (one) => one.state },
  { title: 'where', value: (one) => one.conditions.map(conditionText).join(' and ') },
  { title: 'reason', value: (one) => one.reason },
  { title: 'by', value: (one) => one.author },
  { title: 'ends', value: (one) => timeText(one.expiresAt) },
]

export const exceptionsCommand = (context: CommandContext): Command =>
  new Command('exceptions')
    .description('What a rule is told to leave alone')
    .addCommand(listExceptionsCommand(context))
    .addCommand(addExceptionCommand(context))
    .addCommand(removeExceptionCommand(context))

const listExceptionsCommand = (context: CommandContext) =>
  listCommand(serverCommand('list', 'Exceptions of a rule, newest first').argument('<rule>', 'its id')).action(
    async (ruleId: string, options: ConnectionOptions & ListOptions) => {
      const { client } = await context.connect(options)
      await printList(context.terminal, options, columns, await listExceptions(client, ruleId))
    },
  )

interface AddOptions extends ConnectionOptions {
  readonly reason: string
  readonly days?: string
  readonly preview?: boolean
}

/** `User=bob`, `CommandLine~-enc`: the first sign that is one. */
function conditionOf(text: string): Condition {
  const found = /^([^=~^$/\s][^=~^$/]*)([=~^$/])(.+)$/s.exec(text)
  if (!found)
    throw usageFailure(`${text} is no condition`, 'Write FIELD=VALUE, or ~ contains, ^ begins, $ ends, / network.')
  const [, field = '', sign = '=', value = ''] = found
  return { field: field.trim(), op: ops[sign as keyof typeof ops], value }
}

const addExceptionCommand = (context: CommandContext) =>
  serverCommand('add', 'Tell a rule to leave events alone for which all conditions hold')
    .argument('<rule>', 'its id')
    .argument('<condition...>', 'FIELD=VALUE, or ~ contains, ^ begins with, $ ends with, / is in the network')
    .requiredOption('--reason <words>', 'why')
    .option('--days <number>', 'after which it ends')
    .option('--preview', 'say what it would have taken away of the last seven days, and change nothing')
    .addHelpText(
      'after',
      examples(["rules exceptions add 5f1abf38-… 'User=svc_scan' 'SourceIp/192.0.2.0/24' --reason 'the scanner'", '']),
    )
    .action(async (ruleId: string, texts: string[], options: AddOptions) => {
      const conditions = texts.map(conditionOf)
      const days = options.days === undefined ? undefined : Number(options.days)
      if (days !== undefined && !(days > 0)) throw usageFailure(`${options.days} is no number of days`)
      const { client } = await context.connect(options)
      const path = { params: { path: { ruleId } } }
      if (options.preview) {
        const said = unwrap(
          await client.POST('/api/v1/rules/{ruleId}/exceptions/preview', { ...path, body: { conditions, days: 7 } }),
        )
        context.terminal.out.write(
          `would have taken away ${said.removed} of ${counted(said.looked - said.gone, 'detection')} of the last ${said.days} days\n`,
        )
        return
      }
      const expiresAt = days === undefined ? undefined : new Date(Date.now() + days * 86_400_000).toISOString()
      const made = unwrap(
        await client.POST('/api/v1/rules/{ruleId}/exceptions', {
          ...path,
          body: { conditions, reason: options.reason, ...(expiresAt ? { expiresAt } : {}) },
        }),
      )
      context.terminal.out.write(`${made.id}\n`)
    })

const removeExceptionCommand = (context: CommandContext) =>
  serverCommand('remove', 'Take an exception back')
    .argument('<rule>', 'its id')
    .argument('<exception>', 'its id')
    .action(async (ruleId: string, exceptionId: string, options: ConnectionOptions) => {
      const { client } = await context.connect(options)
      unwrap(
        await client.DELETE('/api/v1/rules/{ruleId}/exceptions/{exceptionId}', {
          params: { path: { ruleId, exceptionId } },
        }),
      )
    })
