import { unwrap } from '@watchfloor/client'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

export const cancelHuntCommand = (context: CommandContext) =>
  serverCommand('cancel', 'End a run; what it found stays')
    .argument('<run>', 'the run')
    .addHelpText('after', examples(['hunts cancel RUN', '']))
    .action(async (runId: string, options: ConnectionOptions) => {
      const { client } = await context.connect(options)
      const run = unwrap(await client.POST('/api/v1/hunts/runs/{runId}/cancel', { params: { path: { runId } } }))
      context.terminal.err.write(`${run.name} is cancelled\n`)
    })
