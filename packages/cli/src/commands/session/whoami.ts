import { unwrap, type WatchfloorClient } from '@watchfloor/client'
import type { Command } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { detailText } from '../../output/table.ts'
import { printable } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

export const whoamiCommand = (context: CommandContext): Command =>
  serverCommand('whoami', 'Which server commands talk to, and as whom')
    .option('--json', 'print one JSON object')
    .addHelpText('after', examples(['whoami', '']))
    .action(async (options: ConnectionOptions & { json?: boolean }) => {
      const { client, target } = await context.connect(options)
      const me = target.origin === 'local server' ? await localCaller(client) : unwrap(await client.GET('/api/v1/me'))
      const { out } = context.terminal
      if (options.json) out.write(`${JSON.stringify({ server: target.url, login: target.origin, ...me })}\n`)
      else
        out.write(
          detailText([
            ['server', target.url],
            ['login', target.origin],
            ['name', printable(me.name)],
            ['kind', me.kind],
            ['roles', me.roles.join(', ')],
            ['to do', me.mustDo.join(', ')],
          ]),
        )
    })

/** The key of this machine belongs to no account, so the server has no account to tell about; that it is taken says enough. */
async function localCaller(client: WatchfloorClient) {
  unwrap(await client.GET('/api/v1/jobs', { params: { query: { limit: 1 } } }))
  return { name: 'local command line', kind: 'api-key' as const, roles: ['administrator' as const], mustDo: [] }
}
