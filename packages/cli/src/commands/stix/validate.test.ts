import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

const folder = mkdtempSync(join(tmpdir(), 'watchfloor-stix-validate-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let before: typeof process.exitCode
beforeEach(() => {
  before = process.exitCode
  process.exitCode = undefined
})
afterEach(() => {
  process.exitCode = before
})

async function validate(...words: string[]): Promise<{ out: string; err: string; code: number }> {
  process.exitCode = undefined
  const terminal = memoryTerminal()
  const environment = readEnvironment({})
  const credentials = new CredentialStore(environment)
  const program = createProgram(commandContext({ environment, terminal, credentials, isInteractive: false }))
  let code = 0
  try {
    await program.parseAsync(['stix', 'validate', ...words], { from: 'user' })
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    code = error.exitCode
  }
  return { out: terminal.stdout(), err: terminal.stderr(), code: code || Number(process.exitCode ?? 0) }
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const tool = {
  type: 'tool',
  spec_version: '2.1',
  id: 'tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f',
  created: '2026-01-01T00:00:00.000Z',
  modified: '2026-01-01T00:00:00.000Z',
  name: 'a',
}
const bundle = (...objects: unknown[]): string =>
  JSON.stringify({ type: 'bundle', id: 'bundle--44af6c39-c09b-49c5-9de2-394224b04982', objects })

describe('stix validate', () => {
  it('ends with 0 when all is valid, and says how much was looked at', async () => {
    const { out, err, code } = await validate(
      file('good.json', bundle(tool, { ...tool, modified: '2026-01-02T00:00:00.000Z' })),
    )
    expect({ out, err, code }).toEqual({
      out: '',
      err: '0 errors and 0 warnings in 3 objects of 1 file; all valid\n',
      code: 0,
    })
  })
  it('tells what is wrong, where, and what to do', async () => {
    const { out, err, code } = await validate(file('bad.json', bundle(tool, { ...tool, name: 1 })))
    expect(out).toContain('STIX_WRONG_KIND')
    expect(out).toContain('objects[1].name')
    expect(out).toContain('it must be a text, and is a number; make it a text, or take it out')
    expect(err).toContain('1 file not valid')
    expect(code).toBe(1)
  })
  it('prints issues as lines of JSON', async () => {
    const { out } = await validate(
      '--format',
      'json',
      file('lines.json', JSON.stringify({ ...tool, tool_types: ['a b'] })),
    )
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { file: 'lines.json', level: 'warning', code: 'tool-types', id: tool.id, path: 'tool_types[0]' },
      { level: 'warning', code: 'open-vocab-format' },
    ])
  })
  it('honours the options', async () => {
    const path = file('warned.json', JSON.stringify({ ...tool, tool_types: ['b'] }))
    expect((await validate(path)).code).toBe(0)
    expect((await validate('--strict', path)).code).toBe(1)
    expect((await validate('--strict', '--disable', '222', path)).code).toBe(0)
    expect((await validate('--enable', 'nonsense', path)).code).toBe(2)
    mkdirSync(join(folder, 'schemas'))
    file('schemas/tool.json', '{"required":["tool_version"]}')
    const schemas = await validate('--schemas', join(folder, 'schemas'), path)
    expect(schemas.out).toContain('it must have tool_version (schema tool)')
  })
  it('reads packed files and says when one is damaged', async () => {
    const packed = gzipSync(bundle(tool))
    expect((await validate(file('a.json.gz', packed))).code).toBe(0)
    expect(await validate(file('b.json.gz', packed.subarray(0, 60)))).toMatchObject({ code: 1 })
  })
  it('says when the JSON ends in the middle, after what it could judge', async () => {
    const { out, code } = await validate(file('cut.json', bundle({ ...tool, name: 1 }, tool).slice(0, -40)))
    expect(out).toContain('STIX_WRONG_KIND')
    expect(out).toContain('STIX_NOT_JSON')
    expect(code).toBe(1)
  })
  it('holds one object of a large bundle at a time', { timeout: 60_000 }, async () => {
    const description = 'x'.repeat(20_000)
    const uuid = (i: number) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`
    const objects = Array.from({ length: 1500 }, (_, i) =>
      JSON.stringify({ ...tool, id: `tool--${uuid(i)}`, description }),
    )
    const path = file('large.json', `{"type":"bundle","id":"bundle--${uuid(1)}","objects":[${objects.join(',')}]}`)
    objects.length = 0
    const heapBefore = process.memoryUsage().heapUsed
    const { err, code } = await validate(path)
    expect(err).toContain('1,501 objects')
    expect(code).toBe(0)
    expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(60e6)
  })
})
