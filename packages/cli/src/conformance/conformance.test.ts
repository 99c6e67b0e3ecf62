import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { testDataFolder } from '../config/test-data.ts'
import { concatenatedJson } from './concatenated-json.ts'
import { main } from './main.ts'

const folder = mkdtempSync(join(tmpdir(), 'watchfloor-conformance-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function folderOf(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(folder, 'cases-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
  return path
}

async function said(...argv: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = []
  return { code: await main(argv, (line) => lines.push(line)), lines }
}

describe('the conformance runner', () => {
  it('lists the suites when it knows none of the name', async () => {
    const { code, lines } = await said('nope', folder)
    expect(code).toBe(2)
    expect(lines.join('\n')).toMatch(/suites: .*sigma-load, sigma-regression, .*stix-patterns/)
  })
  it('says when the folder is not there', async () => {
    expect(await said('sigma-load', join(folder, 'gone'))).toEqual({
      code: 1,
      lines: [`${join(folder, 'gone')} is not a folder`, '0 passed, 0 failed'],
    })
  })
  it('prints failures, ends with the counts alone and fails', async () => {
    const rule = 'title: a\nlogsource: {product: windows}\ndetection:\n  s: {A: x}\n  condition: '
    const rules = folderOf({
      'good.yml': `${rule}s\n`,
      'empty.yml': '# nothing yet\n',
      'not-mine.txt': 'text',
      'large.yml': `# ${'x'.repeat(1_000_000)}\n${rule}s\n`,
      'limit.yml': `${rule.replace('A: x', `A: '${'*a'.repeat(2_000)}'`)}s\n`,
      'placeholder.yml': `${rule.replace('A: x', "A|expand: '%x%'")}s\n`,
      'undefined.yml': `${rule}t\n`,
    })
    const { code, lines } = await said('sigma-load', rules)
    expect(code).toBe(1)
    expect(lines).toEqual([
      'skipped empty.yml: the file holds no rule',
      expect.stringMatching(/^failed .*large\.yml: larger than 1\.0 MB$/),
      expect.stringMatching(/^failed limit\.yml: SIGMA_TOO_MANY_WILDCARDS 4:10 /),
      '1 skipped',
      '3 passed, 2 failed',
    ])
  })
  it('knows correlations by the rules of the whole folder', async () => {
    const correlation = (rules: string) =>
      `title: c\ncorrelation: {type: event_count, rules: ${rules}, group-by: [U], timespan: 5m, condition: {gte: 3}}\n`
    const rules = folderOf({
      'a-correlation.yml': correlation('[base]'),
      'broken.yml': correlation('[gone]'),
      'rule.yml': 'title: a\nname: base\nlogsource: {product: windows}\ndetection: {s: {A: x}, condition: s}\n',
    })
    const { code, lines } = await said('sigma-load', rules, '--verbose')
    expect({ code, lines }).toEqual({
      code: 0,
      lines: [
        'passed rule.yml',
        'passed a-correlation.yml',
        'passed broken.yml: refused: SIGMA_CORRELATION_UNKNOWN_RULE 2:42 there is no rule "gone"; rules that a correlation refers to must be defined',
        '3 passed, 0 failed',
      ],
    })
  })
  it.each(['sigma-load', 'sigma-regression', 'stix-patterns', 'yara-vectors'])(
    '%s finds nothing in an empty folder',
    async (suite) => {
      const empty = folderOf({})
      expect(await said(suite, empty)).toEqual({
        code: 1,
        lines: [`no case of ${suite} was found in ${empty}`, '0 passed, 0 failed'],
      })
    },
  )
  it('lists malformed cases and judges the others', async () => {
    const data = [
      { type: 'observed-data', first_observed: '2026-01-01T00:00:00Z', objects: { 0: { type: 'x', a: 1 } } },
    ]
    const one = { id: 'i', source: 's', stix_version: '2.0', module_version: '2.0', observations: 'h' }
    const cases = [{ ...one, pattern: '[x:a = 1]', expected: 'match' }, { ...one, pattern: 5 }, 'case', null]
    const stix = folderOf({
      'matcher.json': JSON.stringify({
        observations: { h: data, odd: 7 },
        cases: [...cases, { ...one, pattern: '[x:a = 2]', expected: 'no-match', observations: 'gone' }],
      }),
      'validator.json': '{"cases": [',
    })
    expect((await said('stix-patterns', stix)).lines).toEqual([
      expect.stringMatching(/^failed matcher\.json case 1: a malformed case: pattern /),
      expect.stringMatching(/^failed matcher\.json case 2: a malformed case: /),
      expect.stringMatching(/^failed matcher\.json case 3: a malformed case: /),
      'failed matcher i (s, 2.0/2.0) [x:a = 2]: there are no observations "gone"',
      expect.stringMatching(/^failed validator\.json: is no JSON: /),
      '1 passed, 5 failed',
    ])
    const yara = folderOf({ 'yara_x_end_to_end.json': JSON.stringify({ cases: [{ id: 1 }] }) })
    expect((await said('yara-vectors', yara)).lines.at(-1)).toBe('0 passed, 1 failed')
  })
  it('says which rules a recorded case lacks, and why', async () => {
    const testData = folderOf({})
    vi.stubEnv('WATCHFLOOR_TEST_DATA', testData)
    const cases = folderOf({ 'info.yml': 'id: x\n' })
    const of = async (info: string) => {
      writeFileSync(join(cases, 'info.yml'), info)
      return (await said('sigma-regression', cases)).lines
    }
    const id = '929a690e-bef0-4204-a928-ef5e620d6fcc'
    const named = `id: x\nrule_metadata:\n  - title: t\n    id: "${id}" # the rule\n`
    expect(await of(named)).toEqual([
      expect.stringMatching(/there are no rules in .*sigma-rules; WATCHFLOOR_TEST_DATA names the folder/),
      '0 passed, 1 failed',
    ])
    mkdirSync(join(testData, 'sigma-rules'))
    expect(await of('id: x\n')).toEqual([
      expect.stringMatching(/: a malformed case: info\.yml names no rule$/),
      '0 passed, 1 failed',
    ])
    expect((await of(named))[0]).toMatch(/^skipped .*: the rule 929a690e-.* is not among the rules$/)
    const rule = `title: t\nid: ${id}\nlogsource: {product: windows}\ndetection: {s: {EventID: 7}, condition: s}\n`
    writeFileSync(join(testData, 'sigma-rules', 'rule.yml'), rule.replace('condition: s', 'condition: t'))
    expect((await of(named))[0]).toMatch(/^failed .*: the rule 929a690e-.* was refused: SIGMA_UNDEFINED_SELECTION /)
    writeFileSync(join(testData, 'sigma-rules', 'rule.yml'), rule)
    const event = '{"Event":{"System":{"Provider":{"#attributes":{"Name":"P"}},"EventID":7,"Channel":"Security"}}}'
    writeFileSync(join(cases, `${id}.json`), event.repeat(2))
    writeFileSync(join(cases, `${id}.evtx`), 'no log')
    const lines = await of(`${named}regression_tests_info:\n  - name: n\n    match_count: 3\n`)
    expect(lines.at(0)).toMatch(/^failed .* \(json\): 2 of 3 matches in 2 events /)
    expect(lines.at(1)).toMatch(/^failed .* \(evtx\): /)
    expect(lines.at(-1)).toBe('0 passed, 2 failed')
    vi.unstubAllEnvs()
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

const data = testDataFolder()
/** For a title: why the tests on this folder do not run; empty when it is there. */
const missingIn = (name: string): string =>
  existsSync(join(data, name)) ? '' : ` (skipped: no ${name} in ${data}; WATCHFLOOR_TEST_DATA names the folder)`

const noRules = missingIn('sigma-rules')
describe.skipIf(noRules !== '')(`the public rules${noRules}`, () => {
  it('all load, but for those that need placeholders', { timeout: 300_000 }, async () => {
    const { code, lines } = await said('sigma-load', join(data, 'sigma-rules'), '--verbose')
    const refused = lines.filter((line) => line.includes('refused: '))
    console.log(refused.join('\n'))
    expect(refused.every((line) => line.includes('SIGMA_PLACEHOLDER_UNKNOWN'))).toBe(true)
    expect(code, lines.filter((line) => line.startsWith('failed')).join('\n')).toBe(0)
  })
})

const noEvents = noRules || missingIn('sigma-regression')
describe.skipIf(noEvents !== '')(`the events recorded for public rules${noEvents}`, () => {
  it('are hit by them', { timeout: 300_000 }, async () => {
    const { code, lines } = await said('sigma-regression', join(data, 'sigma-regression'))
    expect(lines.filter((line) => line.startsWith('failed'))).toEqual([])
    expect(code).toBe(0)
  })
})

const noPatterns = missingIn('stix-pattern-vectors')
describe.skipIf(noPatterns !== '')(`the public STIX patterns${noPatterns}`, () => {
  it('are judged as expected, but for cases that are wrong', async () => {
    const { lines } = await said('stix-patterns', join(data, 'stix-pattern-vectors'))
    const failed = lines.filter((line) => line.startsWith('failed'))
    expect(failed.filter((line) => !line.includes('the case is wrong: '))).toEqual([])
    expect(failed.length).toBeLessThanOrEqual(8)
  })
})
