import { unwrap } from '@watchfloor/client'
import { type Role, roles } from '@watchfloor/contracts/kernel'
import { Command, Option } from 'commander'
import { findUser } from '../../connection/find-person.ts'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { type Column, type ListOptions, listCommand, printPages, timeText } from '../../output/list.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

interface User {
  readonly id: string
  readonly email: string
  readonly displayName: string
  readonly state: string
  readonly roles: readonly string[]
  readonly secondFactor: boolean
  readonly lastLoginAt: string | null
}

const columns: Column<User>[] = [
  { title: 'id', value: (user) => user.id, isWhole: true },
  { title: 'e-mail', value: (user) => user.email },
  { title: 'name', value: (user) => user.displayName },
  { title: 'state', value: (user) => user.state },
  { title: 'roles', value: (user) => user.roles.join(' ') },
  { title: 'second factor', value: (user) => (user.secondFactor ? 'yes' : 'no') },
  { title: 'last login', value: (user) => timeText(user.lastLoginAt) },
]

const roleOption = (): Option => new Option('--role <role...>', 'roles').choices([...roles])

const listUsersCommand = (context: CommandContext) =>
  listCommand(serverCommand('list', 'Everybody with an account').argument('[words...]', 'in address or name'))
    .addHelpText('after', examples(['users list', '']))
    .action(async (words: string[], options: ConnectionOptions & ListOptions) => {
      const { client } = await context.connect(options)
      const text = words.join(' ')
      await printPages(context.terminal, options, columns, async (page) =>
        unwrap(await client.GET('/api/v1/users', { params: { query: { ...page, ...(text && { text }) } } })),
      )
    })

const createUserCommand = (context: CommandContext) =>
  serverCommand('create', 'Make an account; prints its temporary password once')
    .argument('<e-mail>', 'the address')
    .requiredOption('--name <name>', 'the name that others see')
    .addOption(roleOption().makeOptionMandatory())
    .addHelpText('after', examples(['users create ada@example.org --name "Ada" --role analyst', '']))
    .action(async (email: string, options: ConnectionOptions & { name: string; role: Role[] }) => {
      const { client } = await context.connect(options)
      const made = unwrap(
        await client.POST('/api/v1/users', { body: { email, displayName: options.name, roles: options.role } }),
      )
      printPassword(context, `${made.user.email} has an account (${made.user.id})`, made.temporaryPassword)
    })

const disableUserCommand = (context: CommandContext) =>
  serverCommand('disable', 'Close an account; enable opens it again')
    .argument('<who>', 'e-mail address or id')
    .addHelpText('after', examples(['users disable ada@example.org', '']))
    .action((who: string, options: ConnectionOptions) => setState(context, who, options, 'disabled'))

const enableUserCommand = (context: CommandContext) =>
  serverCommand('enable', 'Open a closed account again')
    .argument('<who>', 'e-mail address or id')
    .addHelpText('after', examples(['users enable ada@example.org', '']))
    .action((who: string, options: ConnectionOptions) => setState(context, who, options, 'active'))

async function setState(
  context: CommandContext,
  who: string,
  options: ConnectionOptions,
  state: 'active' | 'disabled',
): Promise<void> {
  const { client } = await context.connect(options)
  const userId = await findUser(client, who)
  const user = unwrap(await client.PATCH('/api/v1/users/{userId}', { params: { path: { userId } }, body: { state } }))
  context.terminal.err.write(`${user.email} is ${user.state}\n`)
}

const resetPasswordCommand = (context: CommandContext) =>
  serverCommand('reset-password', 'Give a temporary password, printed once, and end all sessions')
    .argument('<who>', 'e-mail address or id')
    .addHelpText('after', examples(['users reset-password ada@example.org', '']))
    .action(async (who: string, options: ConnectionOptions) => {
      const { client } = await context.connect(options)
      const userId = await findUser(client, who)
      const { temporaryPassword } = unwrap(
        await client.POST('/api/v1/users/{userId}/password', { params: { path: { userId } }, body: {} }),
      )
      printPassword(context, `${who} has to choose a password at the next login`, temporaryPassword)
    })

/** The password alone on stdout, so that a program can take it. */
function printPassword({ terminal }: CommandContext, words: string, password: string | null): void {
  terminal.err.write(`${words}${password === null ? '' : '; temporary password:'}\n`)
  if (password !== null) terminal.out.write(`${password}\n`)
}

export const usersCommand = (context: CommandContext): Command =>
  new Command('users')
    .description('Accounts')
    .addCommand(listUsersCommand(context))
    .addCommand(createUserCommand(context))
    .addCommand(disableUserCommand(context))
    .addCommand(enableUserCommand(context))
    .addCommand(resetPasswordCommand(context))
