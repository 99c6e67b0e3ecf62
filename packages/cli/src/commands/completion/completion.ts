import { Argument, Command } from 'commander'
import { type CommandContext, examples } from '../context.ts'
import { bashScript } from './bash.ts'
import { wordsOf } from './words.ts'
import { zshScript } from './zsh.ts'

const scripts = { bash: bashScript, zsh: zshScript } as const

export const completionCommand = (context: CommandContext): Command => {
  const command = new Command('completion')
    .description('Print a script that completes words in a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(scripts)))
    .addHelpText(
      'after',
      examples(
        ['completion bash > ~/.local/share/bash-completion/completions/watchfloor', ''],
        ['completion zsh > ~/.zfunc/_watchfloor', ''],
      ),
    )
  return command.action((shell: keyof typeof scripts) => {
    const program = command.parent
    if (program) context.terminal.out.write(scripts[shell](wordsOf(program)))
  })
}
