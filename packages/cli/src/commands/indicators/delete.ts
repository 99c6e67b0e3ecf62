import { unwrap } from '@watchfloor/client'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { Failure, usageFailure } from '../../output/failure.ts'
import { counted } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

interface DeleteOptions extends ConnectionOptions {
  readonly source?: string
  readonly yes?: boolean
}

export const deleteIndicatorsCommand = (context: CommandContext) =>
  serverCommand('delete', 'Delete indicators by their ids, or all of a source')
    .argument('[id...]', 'the indicators')
    .option('--source <name>', 'everything that this source lists')
    .option('--yes', 'without it, --source deletes nothing and says how many it would')
    .addHelpText(
      'after',
      examples(['indicators delete ind-5f1a…', ''], ['indicators delete --source old-feed --yes', 'a whole feed']),
    )
    .action(async (ids: string[], options: DeleteOptions) => {
      const { client } = await context.connect(options)
      const { err } = context.terminal
      if (ids.length > 0 === (options.source !== undefined))
        throw usageFailure('name either ids or a source', 'watchfloor indicators delete --help')
      if (options.source && !options.yes) {
        const { bySource } = unwrap(await client.GET('/api/v1/indicators/facets'))
        throw new Failure(
          `nothing was deleted: ${options.source} lists ${counted(bySource[options.source] ?? 0, 'indicator')}`,
          { remedy: 'Say --yes to delete them.' },
        )
      }
      const body = options.source
        ? { filter: { source: options.source }, action: 'delete' as const }
        : { ids, action: 'delete' as const }
      const { changed } = unwrap(await client.POST('/api/v1/indicators/bulk', { body }))
      err.write(`${counted(changed, 'indicator')} deleted\n`)
      if (ids.length > changed)
        throw new Failure(`${counted(ids.length - changed, 'indicator is', 'indicators are')} not there`, {
          remedy: 'Look with: watchfloor indicators list',
        })
    })
