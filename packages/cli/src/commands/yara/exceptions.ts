import { unwrap } from '@watchfloor/client'
import type { YaraException } from '@watchfloor/contracts/artifacts'
import { Command } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { usageFailure } from '../../output/failure.ts'
import { type Column, type ListOptions, listCommand, printPages, timeText } from '../../output/list.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'
import { setIdOf } from './set-id.ts'

type Listed = Omit<YaraException, 'id' | 'set'> & {
  readonly id: string
  readonly set: { readonly name: string } | null
}

const columns: Column<Listed>[] = [
  { title: 'id', value: ({ id }) => id, isWhole: true },
  { title: 'set', value: ({ set }) => set?.name ?? '' },
  { title: 'rule', value: ({ rule }) => rule ?? '' },
  { title: 'file', value: ({ sha256 }) => sha256 ?? '' },
  { title: 'reason', value: ({ reason }) => reason },
  { title: 'by', value: ({ createdBy }) => createdBy },
  { title: 'at', value: ({ createdAt }) => timeText(createdAt) },
]

export const yaraExceptionsCommand = (context: CommandContext): Command =>
  new Command('exceptions')
    .description('YARA matches of which no alert is made')
    .addCommand(listExceptions(context))
    .addCommand(addException(context))
    .addCommand(removeException(context))

const listExceptions = (context: CommandContext) =>
  listCommand(serverCommand('list', 'Exceptions, newest first')).action(
    async (options: ConnectionOptions & ListOptions) => {
      const { client } = await context.connect(options)
      await printPages<Listed>(context.terminal, options, columns, async (page) =>
        unwrap(await client.GET('/api/v1/yara/exceptions', { params: { query: page } })),
      )
    },
  )

interface AddOptions extends ConnectionOptions {
  readonly reason: string
  readonly set?: string
  readonly rule?: string
  readonly file?: string
}

const addException = (context: CommandContext) =>
  serverCommand('add', 'Make no alerts of a rule, of a file, or of a rule on a file')
    .requiredOption('--reason <words>', 'why')
    .option('--set <name>', 'the set of the rule, by name or id')
    .option('--rule <name>', 'a rule of that set')
    .option('--file <sha256>', 'an artifact')
    .addHelpText('after', examples(["yara exceptions add --set labels --rule is_upx --reason 'says nothing'", '']))
    .action(async ({ set, rule, file, reason, ...options }: AddOptions) => {
      if ((set === undefined) !== (rule === undefined))
        throw usageFailure('--set and --rule come together', 'Name the rule and the set that holds it.')
      if (rule === undefined && file === undefined)
        throw usageFailure('nothing to except', 'Name --set and --rule, or --file, or all three.')
      const { client } = await context.connect(options)
      const made = unwrap(
        await client.POST('/api/v1/yara/exceptions', {
          body: {
            reason,
            ...(rule !== undefined && set !== undefined
              ? { rule: { setId: await setIdOf(client, set), name: rule } }
              : {}),
            ...(file === undefined ? {} : { sha256: file.toLowerCase() }),
          },
        }),
      )
      context.terminal.out.write(`${made.id}\n`)
    })

const removeException = (context: CommandContext) =>
  serverCommand('remove', 'Take an exception back; what it kept silent becomes alerts')
    .argument('<exception>', 'its id')
    .action(async (exceptionId: string, options: ConnectionOptions) => {
      const { client } = await context.connect(options)
      unwrap(await client.DELETE('/api/v1/yara/exceptions/{exceptionId}', { params: { path: { exceptionId } } }))
    })
