import { ApiProblem } from '@watchfloor/client'
import { exitCodes, Failure } from './failure.ts'
import type { Writer } from './terminal.ts'
import { printable } from './text.ts'

/** Says what went wrong, and gives the exit code. What the program did not expect comes with its stack. */
export function printFailure(err: Writer, error: unknown): number {
  const { paint } = err
  const word = paint('red', 'error')
  if (error instanceof ApiProblem) {
    err.write(`${word}: ${error.code}: ${printable(error.message)}\n`)
    for (const issue of error.problem?.issues ?? [])
      err.write(`  ${printable(issue.at)}: ${printable(issue.message)}\n`)
    if (error.remedy) err.write(`  ${printable(error.remedy)}\n`)
    const hint = hintFor(error)
    if (hint) err.write(`  ${hint}\n`)
    if (error.problem?.requestId) err.write(`${paint('dim', `  request ${printable(error.problem.requestId)}`)}\n`)
    return exitCodes.failed
  }
  if (error instanceof Failure) {
    err.write(`${word}: ${error.message}\n`)
    if (error.remedy) err.write(`  ${error.remedy}\n`)
    return error.exitCode
  }
  err.write(`${word}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return exitCodes.failed
}

function hintFor({ status, code }: ApiProblem): string | undefined {
  if (code === 'UNREADABLE_ANSWER') return 'Is this address a Watchfloor server?'
  if (status === 401) return 'Log in with: watchfloor login'
  return undefined
}
