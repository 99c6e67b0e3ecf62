import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { testDataFolder } from '../config/test-data.ts'
import { concatenatedJson } from './concatenated-json.ts'
import { main } from './main.ts'

const folder = mkdtempSync(join(tmpdir(), 'watchfloor-conformance-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function said(...argv: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = []
  return { code: await main(argv, (line) => lines.push(line)), lines }
}

describe('the conformance runner', () => {
  it('lists the suites when it knows none of the name', async () => {
    const { code, lines } = await said('nope', folder)
    expect(code).toBe(2)
    expect(lines.join('\n')).toContain('suites: sigma-load, sigma-regression, stix-patterns')
  })
  it('says when the folder is not there', async () => {
    expect(await said('sigma-load', join(folder, 'gone'))).toEqual({
      code: 2,
      lines: [`${join(folder, 'gone')} is not a folder`],
    })
  })
  it('prints failures, ends with the counts and fails', async () => {
    const rule = 'title: a\nlogsource: {product: windows}\ndetection:\n  s: {A: x}\n  condition: '
    writeFileSync(join(folder, 'good.yml'), `${rule}s\n`)
    writeFileSync(join(folder, 'bad.yml'), `${rule}t\n`)
    writeFileSync(join(folder, 'placeholder.yml'), `${rule.replace('A: x', "A|expand: '%x%'")}s\n`)
    const { code, lines } = await said('sigma-load', folder)
    expect(code).toBe(1)
    expect(lines).toEqual([
      expect.stringMatching(/^failed bad\.yml: SIGMA_UNDEFINED_SELECTION 5:14 /),
      '2 passed, 1 failed',
    ])
  })
})

describe('concatenated JSON', () => {
  it('is taken apart, whatever stands in its strings', () => {
    expect([...concatenatedJson('{"a":"}{\\""}\n{"b":[{"c":1}]}[1]')]).toEqual([
      '{"a":"}{\\""}',
      '{"b":[{"c":1}]}',
      '[1]',
    ])
    expect([...concatenatedJson('} x {"a":1')]).toEqual([])
  })
})

describe('the public rules', async () => {
  const data = testDataFolder()
  const present = await stat(join(data, 'sigma-rules')).catch(() => undefined)
  if (present === undefined) console.log(`skipped: no public rules in ${data} (WATCHFLOOR_TEST_DATA)`)
  it.skipIf(present === undefined)('all load, but for those that need placeholders', { timeout: 300_000 }, async () => {
    const { code, lines } = await said('sigma-load', join(data, 'sigma-rules'), '--verbose')
    const refused = lines.filter((line) => line.includes('refused: '))
    console.log(refused.join('\n'))
    expect(refused.every((line) => line.includes('SIGMA_PLACEHOLDER_UNKNOWN'))).toBe(true)
    expect(code, lines.filter((line) => line.startsWith('failed')).join('\n')).toBe(0)
  })
  it.skipIf(present === undefined)('hit the events that were recorded for them', { timeout: 300_000 }, async () => {
    const { code, lines } = await said('sigma-regression', join(data, 'sigma-regression'))
    expect(lines.filter((line) => line.startsWith('failed'))).toEqual([])
    expect(code).toBe(0)
  })
})

describe('the public STIX patterns', async () => {
  const data = join(testDataFolder(), 'stix-pattern-vectors')
  const present = await stat(data).catch(() => undefined)
  if (present === undefined) console.log(`skipped: no STIX pattern vectors in ${data} (WATCHFLOOR_TEST_DATA)`)
  it.skipIf(present === undefined)('are judged as expected, but for cases that are wrong', async () => {
    const { lines } = await said('stix-patterns', data)
    const failed = lines.filter((line) => line.startsWith('failed'))
    expect(failed.filter((line) => !line.includes('the case is wrong: '))).toEqual([])
    expect(failed.length).toBeLessThanOrEqual(8)
  })
})
