import { unwrap } from '@watchfloor/client'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Connection } from '../../connection/connect.ts'
import { requireAccount } from '../../connection/require-account.ts'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { parseSpanMs } from '../../input/time-span.ts'
import { type Column, type ListOptions, listCommand, printPages, timeText } from '../../output/list.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

interface ApiKey {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly state: string
  readonly owner: { readonly name: string }
  readonly permissions: readonly string[]
  readonly expiresAt: string | null
  readonly lastUsedAt: string | null
}

const columns: Column<ApiKey>[] = [
  { title: 'id', value: (key) => key.id, isWhole: true },
  { title: 'name', value: (key) => key.name },
  { title: 'begins', value: (key) => key.prefix },
  { title: 'state', value: (key) => key.state },
  { title: 'owner', value: (key) => key.owner.name },
  { title: 'expires', value: (key) => timeText(key.expiresAt) },
  { title: 'last used', value: (key) => timeText(key.lastUsedAt) },
  { title: 'permissions', value: (key) => key.permissions.join(' ') },
]

const dayMs = 86_400_000

function parseDays(text: string): number {
  const days = Math.round(parseSpanMs(text) / dayMs)
  if (days < 1 || days > 3650) throw new InvalidArgumentError('From 1d to 10y.')
  return days
}

const listKeysCommand = (context: CommandContext) =>
  listCommand(serverCommand('list', 'API keys'))
    .option('--all', "everybody's, not your own alone")
    .addOption(new Option('--state <state>', 'only those').choices(['active', 'expired', 'revoked']))
    .addHelpText('after', examples(['keys list --all --state active', '']))
    .action(
      async (
        options: ConnectionOptions & ListOptions & { all?: boolean; state?: 'active' | 'expired' | 'revoked' },
      ) => {
        const { client } = await connectAsPerson(context, options)
        const { state } = options
        const owner = options.all ? 'all' : 'mine'
        await printPages(context.terminal, options, columns, async (page) =>
          unwrap(
            await client.GET('/api/v1/api-keys', { params: { query: { ...page, owner, ...(state && { state }) } } }),
          ),
        )
      },
    )

const createKeyCommand = (context: CommandContext) =>
  serverCommand('create', 'Make an API key of your own; prints it once')
    .argument('<name>', 'what it is for')
    .requiredOption('--permission <permission...>', 'what it may do, e.g. events:write')
    .option('--expires <span>', 'how long it is good', parseDays, 90)
    .addHelpText('after', examples(['keys create filebeat --permission events:write --expires 1y', '']))
    .action(async (name: string, options: ConnectionOptions & { permission: string[]; expires: number }) => {
      const { client } = await connectAsPerson(context, options)
      const { apiKey, secret } = unwrap(
        await client.POST('/api/v1/api-keys', {
          body: { name, permissions: options.permission, expiresInDays: options.expires },
        }),
      )
      const { err, out } = context.terminal
      err.write(`${apiKey.name} (${apiKey.id}) is good until ${timeText(apiKey.expiresAt)}; the key, shown once:\n`)
      out.write(`${secret}\n`)
    })

const revokeKeyCommand = (context: CommandContext) =>
  serverCommand('revoke', 'Revoke an API key at once')
    .argument('<id>', 'the key')
    .addHelpText('after', examples(['keys revoke KEY', '']))
    .action(async (apiKeyId: string, options: ConnectionOptions) => {
      const { client } = await connectAsPerson(context, options)
      unwrap(await client.DELETE('/api/v1/api-keys/{apiKeyId}', { params: { path: { apiKeyId } } }))
      context.terminal.err.write('revoked\n')
    })

async function connectAsPerson(context: CommandContext, options: ConnectionOptions): Promise<Connection> {
  const connection = await context.connect(options)
  requireAccount(connection.target, 'an API key belongs to an account')
  return connection
}

export const keysCommand = (context: CommandContext): Command =>
  new Command('keys')
    .description('API keys')
    .addCommand(listKeysCommand(context))
    .addCommand(createKeyCommand(context))
    .addCommand(revokeKeyCommand(context))
