import { ApiProblem, unwrap, type WatchfloorClient } from '@watchfloor/client'
import { type AlertUpdate, resolutions } from '@watchfloor/contracts/alerts'
import { Option } from 'commander'
import { findPerson } from '../../connection/find-person.ts'
import { requireAccount } from '../../connection/require-account.ts'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { Failure } from '../../output/failure.ts'
import { printFailure } from '../../output/print-failure.ts'
import { counted } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

export const closeAlertsCommand = (context: CommandContext) =>
  serverCommand('close', 'Close alerts')
    .argument('<id...>', 'the alerts')
    .addOption(new Option('--resolution <why>', 'what they were').choices([...resolutions]).makeOptionMandatory())
    .option('--comment <text>', 'why')
    .addHelpText('after', examples(['alerts close ALERT --resolution false-positive --comment "backup job"', '']))
    .action(
      async (
        ids: string[],
        options: ConnectionOptions & { resolution: AlertUpdate['resolution']; comment?: string },
      ) => {
        const { client } = await context.connect(options)
        const { resolution, comment } = options
        const change = { status: 'closed' as const, ...(resolution && { resolution }), ...(comment && { comment }) }
        await changeEach(context, client, ids, change, 'closed')
      },
    )

export const assignAlertsCommand = (context: CommandContext) =>
  serverCommand('assign', 'Give alerts to somebody')
    .argument('<id...>', 'the alerts')
    .requiredOption('--to <who>', 'an e-mail address, a user id, me or nobody')
    .addHelpText('after', examples(['alerts assign ALERT --to me', ''], ['alerts assign ALERT --to nobody', '']))
    .action(async (ids: string[], options: ConnectionOptions & { to: string }) => {
      const { client, target } = await context.connect(options)
      if (options.to === 'me') requireAccount(target, 'me is an account')
      const assignee = options.to === 'nobody' ? null : await findPerson(client, options.to)
      await changeEach(context, client, ids, { assignee }, assignee === null ? 'given to nobody' : 'assigned')
    })

export const commentAlertCommand = (context: CommandContext) =>
  serverCommand('comment', 'Add a comment to an alert')
    .argument('<id>', 'the alert')
    .argument('<text>', 'the comment')
    .addHelpText('after', examples(['alerts comment ALERT "asked the owner of the host"', '']))
    .action(async (alertId: string, text: string, options: ConnectionOptions) => {
      const { client } = await context.connect(options)
      unwrap(await client.POST('/api/v1/alerts/{alertId}/comments', { params: { path: { alertId } }, body: { text } }))
      context.terminal.err.write('comment added\n')
    })

async function changeEach(
  context: CommandContext,
  client: WatchfloorClient,
  ids: readonly string[],
  change: Omit<AlertUpdate, 'expectedVersion'>,
  word: string,
): Promise<void> {
  const { err } = context.terminal
  let changed = 0
  for (const alertId of ids)
    try {
      unwrap(await client.PATCH('/api/v1/alerts/{alertId}', { params: { path: { alertId } }, body: change }))
      changed++
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status === 401 || error.status === 403) throw error
      printFailure(err, error)
    }
  err.write(`${counted(changed, 'alert')} ${word}\n`)
  if (changed < ids.length) throw new Failure(`${counted(ids.length - changed, 'alert')} could not be changed`)
}
