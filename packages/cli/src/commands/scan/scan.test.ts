import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { readEnvironment } from '../../config/environment.ts'
import { CredentialStore } from '../../connection/credentials.ts'
import { createProgram } from '../../program.ts'
import { folderWith } from '../../testing/folder.ts'
import { memoryTerminal } from '../../testing/memory-terminal.ts'
import { zipOf } from '../../testing/zip-archive.ts'
import { commandContext } from '../context.ts'

const rules = `rule issi : tag { strings: $a = "issi" condition: $a }
rule broken { condition: nowhere }`

async function run(...args: string[]): Promise<{ out: string; err: string; exitCode: number }> {
  const terminal = memoryTerminal()
  const environment = readEnvironment({})
  const context = commandContext({
    environment,
    terminal,
    credentials: new CredentialStore(environment),
    isInteractive: false,
  })
  process.exitCode = undefined
  await createProgram(context).parseAsync(['scan', '--processes', '1', ...args], { from: 'user' })
  const exitCode = Number(process.exitCode ?? 0)
  process.exitCode = undefined
  return { out: terminal.stdout(), err: terminal.stderr(), exitCode }
}

it('scans files and what is packed in them, and says which rules were refused', async () => {
  const inner = gzipSync('mississippi')
  const folder = await folderWith({
    'rules/a.yar': rules,
    'files/plain.txt': 'mississippi',
    'files/clean.txt': 'nothing',
    'files/packed.zip': await zipOf({ 'deep/inner.gz': inner }),
    'files/cut.gz': inner.subarray(0, inner.byteLength - 6),
  })
  const { out, err, exitCode } = await run('-r', join(folder, 'rules'), '-f', 'jsonl', join(folder, 'files'))
  const hits = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(hits.map(({ file }) => file.slice(folder.length + 1))).toEqual([
    'files/packed.zip!deep/inner.gz!inner',
    'files/plain.txt',
  ])
  expect(hits[1]).toMatchObject({
    rule: 'issi',
    tags: ['tag'],
    strings: [
      { id: '$a', offset: 1, length: 4, hex: '69737369', text: 'issi' },
      { id: '$a', offset: 4 },
    ],
  })
  expect(err).toMatch(/YARA_E009 .*a\.yar:2:26 unknown identifier/)
  expect(err).toMatch(/cut\.gz: a damaged archive/)
  expect(err).toContain('2 matches in 2 files')
  expect(exitCode).toBe(0)
}, 30_000)

it('reports a file on which a rule explodes, goes on, and fails', async () => {
  const slow = 'rule slow { strings: $g = "go" condition: $g and for all i in (0..100000000000) : (i >= 0) }'
  const folder = await folderWith({ 'r.yar': `${slow}\n${rules}`, 'f/1.txt': 'go', 'f/2.txt': 'issi' })
  const { out, err, exitCode } = await run(
    '-r',
    join(folder, 'r.yar'),
    '--timeout',
    '1',
    '-f',
    'csv',
    join(folder, 'f'),
  )
  expect(err).toMatch(/1\.txt: the scan took longer than 1000 ms/)
  expect(out).toMatch(/2\.txt,issi,.*,tag,\$a,0,4,69737369/)
  expect(exitCode).toBe(1)
}, 30_000)
