import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readEnvironment } from '../../config/environment.ts'
import { CredentialStore } from '../../connection/credentials.ts'
import { Failure } from '../../output/failure.ts'
import { createProgram } from '../../program.ts'
import { memoryTerminal } from '../../testing/memory-terminal.ts'
import { commandContext } from '../context.ts'

const folder = mkdtempSync(join(tmpdir(), 'watchfloor-stix-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let before: typeof process.exitCode
beforeEach(() => {
  before = process.exitCode
  process.exitCode = undefined
})
afterEach(() => {
  process.exitCode = before
})

async function run(...words: string[]): Promise<{ out: string; err: string; code: number }> {
  const terminal = memoryTerminal()
  const environment = readEnvironment({})
  const credentials = new CredentialStore(environment)
  const program = createProgram(commandContext({ environment, terminal, credentials, isInteractive: false }))
  let code = 0
  try {
    await program.parseAsync(['stix', ...words], { from: 'user' })
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    code = error.exitCode
  }
  return { out: terminal.stdout(), err: terminal.stderr(), code: code || Number(process.exitCode ?? 0) }
}

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const observed = (id: string, at: string, objects: object): object => ({
  type: 'observed-data',
  id: `observed-data--${id}`,
  first_observed: at,
  last_observed: at,
  number_observed: 1,
  objects,
})
const list = [
  observed('1', '2026-01-01T00:00:00Z', { 0: { type: 'file', name: 'a.exe' } }),
  observed('2', '2026-01-01T00:00:05Z', { 0: { type: 'file', name: 'b.exe' } }),
]

describe('stix match', () => {
  it('names the observed data that match together', async () => {
    const path = file('list.json', JSON.stringify(list))
    const pattern = "[file:name = 'a.exe'] FOLLOWEDBY [file:name = 'b.exe'] WITHIN 6 SECONDS"
    expect(await run('match', '--pattern', pattern, path)).toMatchObject({
      out: 'observed-data--1\nobserved-data--2\n',
      code: 0,
    })
  })
  it('ends with 1 when nothing matches', async () => {
    const path = file('none.json', JSON.stringify(list[0]))
    expect(await run('match', '--pattern', "[file:name = 'c.exe']", path)).toMatchObject({ out: '', code: 1 })
  })
  it('reads one object on each line', async () => {
    const path = file('lines.jsonl', list.map((one) => JSON.stringify(one)).join('\n'))
    const { out } = await run('match', '--json', '--pattern', "[file:name LIKE '%.exe']", path)
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).ids),
    ).toEqual([['observed-data--1'], ['observed-data--2']])
  })
  it('reads events and names their records', async () => {
    const event = { Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 1, Image: 'C:\\a\\cmd.exe' }
    const path = file('events.jsonl', `${JSON.stringify({ ...event, Image: 'C:\\b.exe' })}\n${JSON.stringify(event)}\n`)
    expect(await run('match', '--pattern', "[process:image_ref.name = 'cmd.exe']", path)).toMatchObject({
      out: 'events.jsonl:2\n',
      code: 0,
    })
  })
  it('ends with 2 and a caret under the place for a wrong pattern', async () => {
    const path = file('any.json', JSON.stringify(list))
    const { err, code } = await run('match', '--pattern', '[file:size = ]', path)
    expect(code).toBe(2)
    expect(err).toContain('STIX_BAD_VALUE 1:14')
    expect(err).toContain('  [file:size = ]\n               ^\n')
  })
  it('ends with 2 when a value cannot be compared', async () => {
    const path = file(
      'time.json',
      JSON.stringify(observed('3', '2026-01-01T00:00:00Z', { 0: { type: 'x', at: 'noon' } })),
    )
    await expect(run('match', '--pattern', "[x:at != t'2026-01-01T00:00:00Z']", path)).resolves.toMatchObject({
      code: 2,
    })
  })
  it('ends with 2, not with 1, when a file is not there, is no JSON, or cannot be read to its end', async () => {
    const path = file('broken.json', `[{"type": "bundle", "objects": [`)
    const gone = join(folder, 'gone.json')
    const cut = join(folder, 'cut.jsonl.gz')
    writeFileSync(cut, gzipSync(`{"a":1}\n`.repeat(10_000)).subarray(0, 60))
    for (const one of [path, gone, cut])
      await expect(run('match', '--pattern', '[a:b = 1]', one), one).resolves.toMatchObject({ code: 2 })
  })
})

describe('stix check', () => {
  it('says that a pattern is valid', async () => {
    expect(await run('check', "[ipv4-addr:value ISSUBSET '198.51.100.0/24']")).toMatchObject({ out: '', code: 0 })
  })
  it('gives every diagnostic as JSON', async () => {
    const { out, code } = await run('check', '--json', "[file:hashes.MD5 = 'f00'] REPEATS 2 TIMES REPEATS 2 TIMES")
    expect(code).toBe(1)
    expect(JSON.parse(out).diagnostics.map((one: { code: string }) => one.code)).toEqual([
      'STIX_BAD_HASH',
      'STIX_DUPLICATE_QUALIFIER',
    ])
  })
})
