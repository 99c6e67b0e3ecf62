import { CommanderError } from 'commander'
import { commandContext } from './commands/context.ts'
import { readEnvironment } from './config/environment.ts'
import { CredentialStore } from './connection/credentials.ts'
import { exitCodes } from './output/failure.ts'
import { printFailure } from './output/print-failure.ts'
import { terminalOf } from './output/terminal.ts'
import { createProgram } from './program.ts'

const environment = readEnvironment()
const terminal = terminalOf(process, environment)

// A reader such as `head` that has seen enough is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok)
  throw error
})

const program = createProgram(
  commandContext({
    environment,
    terminal,
    credentials: new CredentialStore(environment),
    isInteractive: process.stdin.isTTY === true && process.stderr.isTTY === true,
  }),
)

try {
  await program.parseAsync()
} catch (error) {
  // Commander has said already what it did not understand; help that was asked for is no fault.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  else process.exitCode = printFailure(terminal.err, error)
}
