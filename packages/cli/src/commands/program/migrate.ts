import { Command } from 'commander'
import { Failure } from '../../output/failure.ts'
import { counted } from '../../output/text.ts'
import { type CommandContext, examples } from '../context.ts'

export const migrateCommand = ({ environment, terminal }: CommandContext): Command =>
  new Command('migrate')
    .description("Bring a stopped server's database up to date; a start does the same by itself")
    .addHelpText('after', examples(['migrate', '']))
    .action(async () => {
      process.chdir(environment.root)
      const { migrate } = await import('@watchfloor/server/processes/migrate')
      const applied = await migrate().catch((error: unknown) => {
        // What an operator can mend needs no stack.
        if (error instanceof Error && /^(?:ConfigInvalid|DirectoryInUse)$/.test(error.name || error.constructor.name))
          throw new Failure(error.message)
        throw error
      })
      for (const name of applied) terminal.out.write(`${name}\n`)
      terminal.err.write(applied.length === 0 ? 'up to date\n' : `${counted(applied.length, 'migration')} applied\n`)
    })
