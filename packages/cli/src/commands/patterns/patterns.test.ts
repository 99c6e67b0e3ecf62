import { join } from 'node:path'
import { readConfig, serve } from '@watchfloor/server/processes/serve'
import { expect, it } from 'vitest'
import { readEnvironment } from '../../config/environment.ts'
import { CredentialStore } from '../../connection/credentials.ts'
import { createProgram } from '../../program.ts'
import { folderWith } from '../../testing/folder.ts'
import { memoryTerminal } from '../../testing/memory-terminal.ts'
import { commandContext } from '../context.ts'

const indicator = (last: number, name: string, pattern: string) => ({
  type: 'indicator',
  spec_version: '2.1',
  id: `indicator--00000000-0000-4000-8000-00000000000${last}`,
  name,
  pattern,
  pattern_type: 'stix',
  created_by_ref: 'identity--1',
})

it('adds a pattern, imports a bundle, lists and removes them, and says what is wrong with which place', async () => {
  const folder = await folderWith({
    'report.json': JSON.stringify({
      type: 'bundle',
      objects: [
        { type: 'identity', id: 'identity--1', name: 'Example CERT' },
        { type: 'malware', id: 'malware--1' },
        indicator(1, 'Gate', "[url:value = 'https://evil.example/gate.php']"),
        indicator(2, 'Loader', "[process:command_line LIKE '%loader%']"),
        indicator(3, 'Broken', '[process:name = '),
      ],
    }),
    'empty.json': '{"type":"bundle","objects":[]}',
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
      const done = await createProgram(context)
        .parseAsync(['patterns', ...args], { from: 'user' })
        .then(
          () => undefined,
          (error: Error) => error.message,
        )
      return { out: terminal.stdout(), err: terminal.stderr(), failed: done }
    }
    const named = ['--name', 'Shadow copies', '--source', 'us'] as const
    const broken = await run('add', '[process:name = ', ...named)
    expect(broken.failed).toBe('the pattern cannot run')
    expect(broken.err).toMatch(/STIX_\w+ 1:\d+ /)
    const added = await run('add', "[process:command_line LIKE '%vssadmin%']", ...named, '--confidence', '85')
    expect(added.out).toMatch(/^pat-\S+ {2}matched by event\n$/)
    expect((await run('add', "[process:command_line LIKE '%vssadmin%']", ...named)).failed).toContain('already')

    const imported = await run('import', join(folder, 'report.json'), '--json')
    expect(JSON.parse(imported.out)).toMatchObject({
      added: 2,
      refused: 1,
      passedOver: 2,
      indicators: 1,
      problems: [{ name: 'Broken', message: expect.stringContaining('STIX_') }],
    })
    expect((await run('import', join(folder, 'empty.json'))).failed).toContain('no indicators')

    const listed = await run('list', '--format', 'csv', '--source', 'Example CERT')
    expect(listed.out).toMatch(/Loader,event,Example CERT,50,0,/)
    expect(listed.out).toMatch(/Gate,index,Example CERT,50,0,/)
    const id = added.out.split(' ')[0] as string
    expect((await run('remove', id)).err).toBe('1 pattern removed\n')
    expect((await run('remove', id)).failed).toContain('there is no pattern')
  } finally {
    await server.stop()
  }
}, 120_000)
