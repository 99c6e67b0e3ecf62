import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readConfig, serve } from '@watchfloor/server/processes/serve'
import { expect, it, vi } from 'vitest'
import { readEnvironment } from '../../config/environment.ts'
import { CredentialStore } from '../../connection/credentials.ts'
import { createProgram } from '../../program.ts'
import { folderWith } from '../../testing/folder.ts'
import { memoryTerminal } from '../../testing/memory-terminal.ts'
import { commandContext } from '../context.ts'

it('imports rules, uploads a file, shows what matched, takes it out and deletes it', async () => {
  const folder = await folderWith({
    'rules/r.yar': 'rule river { strings: $a = "issi" condition: $a }\nrule bad { condition: nowhere }',
    'river.txt': 'mississippi',
  })
  const server = await serve(
    readConfig({ WATCHFLOOR_DATA_DIR: join(folder, 'data'), WATCHFLOOR_PORT: '0', WATCHFLOOR_LOG_LEVEL: 'error' }),
  )
  try {
    const environment = readEnvironment({
      WATCHFLOOR_DATA_DIR: join(folder, 'data'),
      XDG_CONFIG_HOME: join(folder, 'config'),
    })
    const run = async (...args: string[]) => {
      const terminal = memoryTerminal()
      const credentials = new CredentialStore(environment)
      const context = commandContext({ environment, terminal, credentials, isInteractive: false })
      await createProgram(context).parseAsync(args, { from: 'user' })
      return { out: terminal.stdout(), err: terminal.stderr() }
    }
    const imported = await run('yara', 'import', join(folder, 'rules'))
    expect(imported.out).toMatch(/YARA_E009 r\.yar:2:\d+ unknown identifier/)
    expect(imported.err).toBe('rules was imported: 1 rule ready, 1 rule refused\n')
    expect((await run('yara', 'list', '--format', 'csv')).out).toContain(',rules,yes,yes,1,1,1,')

    const { id, isNew } = JSON.parse((await run('artifacts', 'upload', join(folder, 'river.txt'), '--json')).out)
    expect(isNew).toBe(true)
    await vi.waitFor(async () => expect((await run('artifacts', 'list', '--matched', 'true')).out).toContain(id), {
      timeout: 20_000,
      interval: 200,
    })
    expect((await run('artifacts', 'get', id)).out).toMatch(/matches +river \(rules\): \$a at 0x1, \$a at 0x4/)
    const target = join(folder, 'out.bin')
    await run('artifacts', 'download', id, '--as', 'bytes', '--output', target)
    expect(await readFile(target, 'utf8')).toBe('mississippi')
    expect((await run('artifacts', 'scan', id)).err).toContain('is job')
    await vi.waitFor(
      async () => expect((await run('alerts', 'list', '--format', 'csv')).out).toContain('YARA river in river.txt'),
      { timeout: 20_000, interval: 200 },
    )
    const except = ['yara', 'exceptions', 'add', '--reason', 'known'] as const
    await expect(run(...except, '--rule', 'river')).rejects.toThrow('--set and --rule come together')
    await expect(run(...except, '--set', 'gone', '--rule', 'river')).rejects.toThrow('no set of YARA rules named gone')
    const exception = (await run(...except, '--set', 'rules', '--rule', 'river', '--file', id)).out.trim()
    expect((await run('yara', 'exceptions', 'list', '--format', 'csv')).out).toContain(`${exception},rules,river,${id}`)
    await run('yara', 'exceptions', 'remove', exception)
    expect((await run('yara', 'edit', 'rules', '--alerts', 'no')).err).toBe('rules runs and makes no alerts\n')
    await expect(run('artifacts', 'delete', id, '--confirm', 'other')).rejects.toThrow('confirmation')
    await run('artifacts', 'delete', id, '--confirm', 'river.txt')
    expect((await run('artifacts', 'list')).err).toBe('nothing found\n')
  } finally {
    await server.stop()
  }
}, 90_000)
