import { unwrap } from '@watchfloor/client'
import type { ConnectionOptions } from '../../connection/resolve.ts'
import { Failure } from '../../output/failure.ts'
import { counted } from '../../output/text.ts'
import { type CommandContext, examples, serverCommand } from '../context.ts'

const words = { on: 'switched on', off: 'switched off', policy: 'left to the policy' } as const

function switchCommand(context: CommandContext, name: string, description: string, action: 'on' | 'off' | 'policy') {
  return serverCommand(name, description)
    .argument('<id...>', 'the rules')
    .addHelpText('after', examples([`rules ${name} 5f1abf38-…`, '']))
    .action(async (ids: string[], options: ConnectionOptions) => {
      const { client } = await context.connect(options)
      const { changed } = unwrap(await client.POST('/api/v1/rules/bulk', { body: { ids, action } }))
      context.terminal.err.write(`${counted(changed, 'rule')} ${words[action]}\n`)
      if (changed < new Set(ids).size)
        throw new Failure(`${counted(new Set(ids).size - changed, 'rule is', 'rules are')} not there`, {
          remedy: 'Look with: watchfloor rules list',
        })
    })
}

export const enableRulesCommand = (context: CommandContext) => switchCommand(context, 'enable', 'Switch rules on', 'on')
export const disableRulesCommand = (context: CommandContext) =>
  switchCommand(context, 'disable', 'Switch rules off', 'off')
export const defaultRulesCommand = (context: CommandContext) =>
  switchCommand(context, 'reset', 'Let the policy say whether rules run', 'policy')
