import { unwrap } from '@watchfloor/client'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'
import { rangeOf, type SearchOptions, searchOf, sourceIdsOf, withSearch } from './search.ts'

interface SaveOptions extends ConnectionOptions, SearchOptions {
  readonly description?: string
  readonly tag?: string[]
  readonly schedule?: string
  readonly keep?: boolean
  readonly alerts: boolean
}

export const saveHuntCommand = (context: CommandContext) =>
  withSearch(serverCommand('save', 'Save a hunt on the server').argument('<name>', 'what it is called'))
    .option('--description <text>', 'what it is about')
    .option('--tag <tag...>', 'to find it by')
    .option('--schedule <cron>', 'run by itself: five-field cron in UTC')
    .option('--keep', 'make detections, marked retrospective, of what it finds')
    .option('--no-alerts', 'with --keep: raise no alerts')
    .addHelpText(
      'after',
      examples(['hunts save "Who am I" process.name:whoami.exe --schedule "0 6 * * *" --keep', 'every day at six']),
    )
    .action(async (name: string, words: string[], options: SaveOptions) => {
      const { client } = await context.connect(options)
      const hunt = unwrap(
        await client.POST('/api/v1/hunts', {
          body: {
            name,
            description: options.description ?? '',
            tags: options.tag ?? [],
            search: await searchOf(words, options),
            range: rangeOf(options),
            sourceIds: await sourceIdsOf(client, options.source),
            narrowing: options.narrow ?? '',
            keep: options.keep ? 'detections' : 'hits',
            alerts: options.alerts,
            schedule: options.schedule ?? null,
          },
        }),
      )
      context.terminal.out.write(`${hunt.id}\n`)
    })
