import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { testDataFolder } from '../config/test-data.ts'
import { main } from './main.ts'

const folder = mkdtempSync(join(tmpdir(), 'watchfloor-stix-suites-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function said(suite: string, path: string): Promise<string[]> {
  const lines: string[] = []
  await main([suite, path], (line) => lines.push(line))
  return lines
}

const identity = {
  type: 'identity',
  spec_version: '2.1',
  id: 'identity--8ae20dde-83d4-4218-88fd-41ef0dabf9d1',
  created: '2016-08-22T14:09:00.123Z',
  modified: '2016-08-22T14:09:00.123Z',
  name: 'a',
}
const traffic = {
  type: 'network-traffic',
  id: 'network-traffic--2568d22a-8998-58eb-99ec-3c8ca74f527d',
  src_ref: 'ipv4-addr--1',
  protocols: ['tcp'],
}

describe('the suite of the STIX validator', () => {
  it('judges cases by their options, and says which are wrong', async () => {
    const one = (id: string, instance: unknown, expected: unknown, options: object = {}) => ({
      id,
      instance,
      expected,
      options,
    })
    const cases = [
      one('valid', identity, true, { strict: true }),
      one('warned', { ...identity, foo: 1 }, false, { strict: true }),
      one('not asked', { ...identity, foo: 1 }, true, { strict: true, disabled: 'extensions-use,101,102' }),
      one('text', { __raw_text__: '{' }, false),
      one('no such check', identity, 'raises JSONError', { enabled: 'abc' }),
      one('contradiction', identity, 'raises', { silent: true, verbose: true }),
      one('ours', { ...identity, name: 1 }, true),
      one('reference', traffic, true),
      one('both', identity, false, { strict: true }),
      { id: 'malformed' },
    ]
    writeFileSync(join(folder, 'cases.json'), JSON.stringify({ cases }))
    const lines = await said('stix-validator', folder)
    expect(lines.at(-1)).toBe('6 passed, 4 failed')
    const failed = (name: string) => lines.find((line) => line.startsWith(`failed ${name}`))
    expect(failed('ours')).toContain('expected valid, got invalid: STIX_WRONG_KIND name')
    expect(failed('ours')).not.toContain('the case is wrong')
    expect(failed('reference')).toContain('the case is wrong: it is expected to be valid, and its src_ref is no id')
    expect(failed('both')).toContain('the case is wrong: the same instance with the same options')
    expect(failed('cases.json case 9')).toContain('a malformed case')
  })
  it('judges examples, and leaves out schemas and what is no STIX', async () => {
    const examples = join(folder, 'examples')
    mkdirSync(examples)
    writeFileSync(join(examples, 'good.json'), JSON.stringify(identity))
    writeFileSync(join(examples, 'bad.stix2'), JSON.stringify([{ ...identity, name: 1 }]))
    writeFileSync(join(examples, 'schema.json'), '{"$schema": "https://json-schema.org/draft/2020-12/schema"}')
    writeFileSync(join(examples, 'other.json'), '{"a": 1}')
    const lines = await said('stix-examples', examples)
    expect(lines).toContain('skipped other.json: it holds neither an object of STIX nor a bundle')
    expect(lines.at(-1)).toBe('1 passed, 1 failed')
  })
})

describe('published STIX', async () => {
  const data = testDataFolder()
  const present = await stat(join(data, 'stix21-validator-vectors')).catch(() => undefined)
  const missing =
    present === undefined ? ` (skipped: no vectors in ${data}; WATCHFLOOR_TEST_DATA names the folder)` : ''
  it.skipIf(present === undefined)(
    `is judged as expected, but for cases that are wrong${missing}`,
    { timeout: 60_000 },
    async () => {
      const failed = (await said('stix-validator', join(data, 'stix21-validator-vectors'))).filter((line) =>
        line.startsWith('failed'),
      )
      expect(failed.filter((line) => !line.includes('the case is wrong: '))).toEqual([])
      expect(failed.length).toBeLessThanOrEqual(12)
    },
  )
  it.for(['stix21-schemas-examples', 'stix21-amnesty'])(
    'is valid where it is an example: %s',
    { timeout: 60_000 },
    async (name, { skip }) => {
      const folder = join(data, name)
      if (!(await stat(folder).catch(() => undefined))) skip(`no ${folder}; WATCHFLOOR_TEST_DATA names the folder`)
      expect((await said('stix-examples', folder)).filter((line) => line.startsWith('failed'))).toEqual([])
    },
  )
})
