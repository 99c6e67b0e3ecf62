import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { readEnvironment } from '../../config/environment.ts'
import { CredentialStore } from '../../connection/credentials.ts'
import { createProgram } from '../../program.ts'
import { memoryTerminal } from '../../testing/memory-terminal.ts'
import { commandContext } from '../context.ts'

async function script(shell: string): Promise<string> {
  const terminal = memoryTerminal()
  const environment = readEnvironment({})
  const program = createProgram(
    commandContext({ environment, terminal, credentials: new CredentialStore(environment), isInteractive: false }),
  )
  await program.parseAsync(['completion', shell], { from: 'user' })
  return terminal.stdout()
}

const missing = spawnSync('bash', ['-c', ':']).status === 0 ? '' : ' (skipped: there is no bash here)'

describe.skipIf(missing !== '')(`completion in bash${missing}`, () => {
  it.each([
    [['ru'], 'rules'],
    [['rules', 'im'], 'import'],
    [['rules', 'list', '--sta'], '--status --state'],
    [['rules', 'list', '--state', 'w'], 'waiting'],
    [['alerts', 'close', '--resolution', 'false'], 'false-positive'],
    [['completion', 'zsh', '--he'], '--help'],
  ])('of %j gives %s', async (words, expected) => {
    const all = ['watchfloor', ...words].map((word) => `'${word}'`).join(' ')
    const call = `COMP_WORDS=(${all}); COMP_CWORD=${words.length}; _watchfloor; echo "\${COMPREPLY[*]}"`
    expect(execFileSync('bash', ['-c', `${await script('bash')}\n${call}`], { encoding: 'utf8' }).trim()).toBe(expected)
  })
})

it('gives zsh the same words', async () => {
  expect(await script('zsh')).toContain(await script('bash'))
})
