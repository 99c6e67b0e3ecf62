import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseRules } from '../read/parse-rules.ts'
import type { SigmaCorrelation } from '../rule.ts'
import { compileCorrelations, type RuleName } from './compile.ts'

const folder = join(
  resolve(process.env.WATCHFLOOR_TEST_DATA ?? join(import.meta.dirname, '../../../../../../shared/data')),
  'sigma-correlation',
)
const present = existsSync(folder)
const missing = present ? '' : ` (skipped: no correlations in ${folder}; WATCHFLOOR_TEST_DATA names the folder)`

const files = present
  ? readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.yml'))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => /\ncorrelation:/.test(readFileSync(path, 'utf8')))
  : []

describe.skipIf(missing !== '')(`correlations of the specification, pySigma and Hayabusa${missing}`, () => {
  it('are there', () => expect(files.length).toBeGreaterThan(10))

  it.each(files.map((path) => [path.slice(folder.length + 1), path]))('%s compiles', (name, path) => {
    const { rules, others, diagnostics } = parseRules(readFileSync(path, 'utf8'), name)
    expect(diagnostics.filter(({ level }) => level === 'error')).toEqual([])
    const correlations = others.filter((one): one is SigmaCorrelation => one.kind === 'correlation')
    // The specification's examples leave their rules to the reader's imagination.
    const names: RuleName[] = name.startsWith('sigma-specification')
      ? correlations.flatMap((one) => one.correlation.rules.map((called) => ({ key: called, id: null, name: called })))
      : rules.map((rule) => ({ key: rule.id ?? '', id: rule.id, name: rule.name }))
    const { compiled, diagnostics: found } = compileCorrelations(
      correlations.map((rule) => ({ key: rule.id ?? rule.title, rule })),
      names,
    )
    expect(found.filter(({ level }) => level === 'error')).toEqual([])
    expect(compiled).toHaveLength(correlations.length)
  })
})
