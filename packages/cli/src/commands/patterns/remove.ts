import { unwrap } from '@watchfloor/client'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { counted } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

export const removePatternsCommand = (context: CommandContext) =>
  serverCommand('remove', 'Remove STIX patterns, with the indicators that stand for them alone')
    .argument('<id...>', 'the patterns')
    .addHelpText('after', examples(['patterns remove pat-5f1a…', '']))
    .action(async (ids: string[], options: ConnectionOptions) => {
      const { client } = await context.connect(options)
      for (const patternId of ids)
        unwrap(await client.DELETE('/api/v1/patterns/{patternId}', { params: { path: { patternId } } }))
      context.terminal.err.write(`${counted(ids.length, 'pattern')} removed\n`)
    })
