import { Command } from 'commander'
import { type CommandContext, examples } from '../context.ts'

export const serveCommand = ({ environment }: CommandContext): Command =>
  new Command('serve')
    .description('Run the server in this terminal until Ctrl-C; the variables WATCHFLOOR_… set it')
    .addHelpText(
      'after',
      examples(['serve', 'as npm start does'], ['serve   # with WATCHFLOOR_PORT=8800 in the environment', '']),
    )
    .action(async () => {
      // Relative paths in the variables mean the same as with npm start, wherever this is called from.
      process.chdir(environment.root)
      // The program of the process: it runs by being loaded, and ends by itself.
      await import('@watchfloor/server/processes/all')
    })
