import { Option } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'
import { printHits } from './hits.ts'

export const exportHuntCommand = (context: CommandContext) =>
  serverCommand('export', 'All hits that a run has kept')
    .argument('<run>', 'the run')
    .addOption(new Option('-f, --format <format>', 'how to print').choices(['jsonl', 'csv']).default('jsonl'))
    .addHelpText('after', examples(['hunts export RUN --format csv > hits.csv', '']))
    .action(async (runId: string, options: ConnectionOptions & { format: 'jsonl' | 'csv' }) => {
      const { client } = await context.connect(options)
      await printHits(context.terminal, client, runId, { format: options.format, limit: Number.POSITIVE_INFINITY })
    })
