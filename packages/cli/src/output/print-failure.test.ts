import { ApiProblem } from '@watchfloor/client'
import { expect, it } from 'vitest'
import { memoryTerminal } from '../testing/memory-terminal.ts'
import { Failure, usageFailure } from './failure.ts'
import { printFailure } from './print-failure.ts'

const said = (error: unknown): [text: string, exitCode: number] => {
  const terminal = memoryTerminal()
  const exitCode = printFailure(terminal.err, error)
  return [terminal.stderr(), exitCode]
}

it('says everything that a problem of the server says', () => {
  const problem = {
    code: 'VALIDATION_FAILED',
    message: 'this cannot be read',
    remedy: 'mend it',
    issues: [{ at: 'body.name', message: 'too long\u001b[2J' }],
    requestId: 'r-1',
  }
  expect(said(new ApiProblem(new Response('', { status: 400 }), problem))).toEqual([
    'error: VALIDATION_FAILED: this cannot be read\n  body.name: too long\ufffd[2J\n  mend it\n  request r-1\n',
    1,
  ])
})

it('wonders about an answer that is not Watchfloor’s', () => {
  const [text, exitCode] = said(new ApiProblem(new Response('', { status: 502, statusText: 'Bad Gateway' }), '<html>'))
  expect(text).toContain('Is this address a Watchfloor server?')
  expect(exitCode).toBe(1)
})

it('tells wrong calls from failures by the exit code', () => {
  expect(said(new Failure('it broke', { remedy: 'mend it' }))).toEqual(['error: it broke\n  mend it\n', 1])
  expect(said(usageFailure('which one?'))).toEqual(['error: which one?\n', 2])
})
