import { unwrap } from '@watchfloor/client'
import { Option } from 'commander'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { usageFailure } from '../../output/failure.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'
import { setIdOf } from './set-id.ts'

interface EditOptions extends ConnectionOptions {
  readonly runs?: 'yes' | 'no'
  readonly alerts?: 'yes' | 'no'
}

const yesOrNo = (flags: string, description: string) => new Option(flags, description).choices(['yes', 'no'])

export const editYaraCommand = (context: CommandContext) =>
  serverCommand('edit', 'Say whether a set runs, and whether alerts are made of its matches')
    .argument('<set>', 'its name or id')
    .addOption(yesOrNo('--runs <answer>', 'whether its rules run'))
    .addOption(yesOrNo('--alerts <answer>', 'whether alerts are made of its matches'))
    .addHelpText('after', examples(['yara edit labels --alerts no', 'matches are shown at artifacts alone']))
    .action(async (named: string, { runs, alerts, ...options }: EditOptions) => {
      if (runs === undefined && alerts === undefined)
        throw usageFailure('nothing to change', 'Give --runs or --alerts.')
      const { client } = await context.connect(options)
      const set = unwrap(
        await client.PATCH('/api/v1/yara/sets/{setId}', {
          params: { path: { setId: await setIdOf(client, named) } },
          body: {
            ...(runs === undefined ? {} : { enabled: runs === 'yes' }),
            ...(alerts === undefined ? {} : { alerts: alerts === 'yes' }),
          },
        }),
      )
      const says = [set.enabled ? 'runs' : 'does not run', set.alerts ? 'makes alerts' : 'makes no alerts']
      context.terminal.err.write(`${set.name} ${says.join(' and ')}\n`)
    })
