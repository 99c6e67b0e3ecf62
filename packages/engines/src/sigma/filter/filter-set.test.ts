import { describe, expect, it } from 'vitest'
import type { FieldValue } from '../../event/index.ts'
import { type CompileOptions, compileRules } from '../compile/compile.ts'
import { explain } from '../explain.ts'
import { parseRules } from '../read/parse-rules.ts'
import type { SigmaFilter, SigmaRule } from '../rule.ts'
import { eventOf, matches } from '../testing.ts'

const id = '6f3e2987-db24-4c78-a860-b4f4095a7095'
const rule = `title: archiver
name: archiver_rule
id: ${id}
logsource: {product: windows, category: process_creation}
detection:
  selection: {Image|endswith: '\\rar.exe'}
  other: {CommandLine|contains: ' -hp'}
  condition: [selection, other]
`
const filter = (body: string, logSource = 'product: windows, category: process_creation'): string =>
  `title: ours\nlogsource: {${logSource}}\nfilter:\n${body.replace(/^/gm, '  ')}\n`
const notAdministrators = (rules: string): string =>
  filter(`rules: ${rules}\nselection: {User|startswith: adm_}\ncondition: not selection`)

function read(...texts: string[]): { rules: SigmaRule[]; filters: SigmaFilter[] } {
  const files = texts.map((text, i) => parseRules(text, `f${i}.yml`))
  const errors = files.flatMap(({ diagnostics }) => diagnostics.filter(({ level }) => level === 'error'))
  expect(errors).toEqual([])
  const others = files.flatMap((file) => file.others)
  return {
    rules: files.flatMap((file) => file.rules),
    filters: others.flatMap((one) => (one.kind === 'filter' ? [one] : [])),
  }
}

/** What plan, compiled rule and oracle answer. */
function answer(texts: string[], fields: Record<string, FieldValue>, options: CompileOptions = {}): boolean {
  const { rules, filters } = read(...texts)
  const { compiled } = compileRules(rules, { ...options, filters })
  return matches(compiled[0]!, eventOf(fields), { ...options, filters })
}

const rar = { Image: 'C:\\rar.exe', User: 'eve' }
const byAdministrator = { Image: 'C:\\rar.exe', User: 'ADM_bob' }

describe('a filter', () => {
  it.each([['any'], ['all'], ['[archiver_rule]'], [`[${id}]`], [`[${id.toUpperCase()}]`], ['archiver_rule']])(
    'that names %s narrows the rule to what meets both',
    (rules) => {
      const texts = [rule, notAdministrators(rules)]
      expect(answer(texts, rar)).toBe(true)
      expect(answer(texts, byAdministrator)).toBe(false)
      expect(answer(texts, { User: 'eve' })).toBe(false)
    },
  )
  it('holds for every condition of a list', () => {
    const hidden = { CommandLine: 'x -hp', User: 'adm_x' }
    expect(answer([rule], hidden)).toBe(true)
    expect(answer([rule, notAdministrators('any')], hidden)).toBe(false)
  })
  it('asks for its condition as it stands: without "not" only what it selects remains', () => {
    const texts = [rule, filter('rules: any\nselection: {User|startswith: adm_}\ncondition: selection')]
    expect(answer(texts, rar)).toBe(false)
    expect(answer(texts, byAdministrator)).toBe(true)
  })
  it('leaves other rules and other log sources alone', () => {
    const other = `[${id.replace('6', '7')}]`
    expect(answer([rule, notAdministrators(other)], byAdministrator)).toBe(true)
    const linux = filter('rules: any\nselection: {User|startswith: adm_}\ncondition: not selection', 'product: linux')
    expect(answer([rule, linux], byAdministrator)).toBe(true)
    const wider = filter('rules: any\nselection: {User|startswith: adm_}\ncondition: not selection', 'product: windows')
    expect(answer([rule, wider], byAdministrator)).toBe(false)
  })
  it('adds to other filters, and its selections do not meet those of the rule', () => {
    const second = filter('rules: any\nselection: {Host: lab}\nother: {Host: test}\ncondition: not 1 of them')
    const texts = [rule, notAdministrators('any'), second]
    expect(answer(texts, rar)).toBe(true)
    expect(answer(texts, byAdministrator)).toBe(false)
    expect(answer(texts, { ...rar, Host: 'LAB' })).toBe(false)
    expect(answer(texts, { ...rar, Host: 'test' })).toBe(false)
  })
  it('takes the values of placeholders', () => {
    const texts = [rule, filter("rules: any\nselection: {User|expand: '%admins%'}\ncondition: not selection")]
    const placeholders = new Map([['admins', ['eve', 'adm_*']]])
    expect(answer(texts, rar, { placeholders })).toBe(false)
    expect(answer(texts, { ...rar, User: 'mallory' }, { placeholders })).toBe(true)
  })
  it('is named where a match is explained', () => {
    const { rules, filters } = read(rule, filter('rules: any\nselection: {User: eve}\ncondition: selection'))
    const { compiled } = compileRules(rules, { filters })
    expect(compiled[0]!.filters).toEqual(filters)
    expect(explain(compiled[0]!, eventOf(rar)).map(({ selection, field }) => [selection, field])).toEqual([
      ['selection', 'Image'],
      ['selection (filter ours)', 'User'],
    ])
  })
})

describe('filters that do not fit their rules are reported', () => {
  const reported = (...texts: string[]) => {
    const { rules, filters } = read(...texts)
    return compileRules(rules, { filters }).diagnostics.map(({ code, level, file, line, remedy }) => ({
      code,
      level,
      file,
      line,
      remedy,
    }))
  }
  it('when the rule does not exist', () => {
    expect(reported(rule, notAdministrators('[archiver_rul]'))).toEqual([
      {
        code: 'SIGMA_FILTER_UNKNOWN_RULE',
        level: 'warning',
        file: 'f1.yml',
        line: 1,
        remedy: 'did you mean "archiver_rule"?',
      },
    ])
  })
  it('when the rule is of another log source', () => {
    const linux = filter(`rules: [${id}]\nselection: {User: a}\ncondition: not selection`, 'product: linux')
    expect(reported(rule, linux)).toMatchObject([{ code: 'SIGMA_FILTER_LOGSOURCE', level: 'warning' }])
  })
  it('when they cannot be compiled; the rule then runs without them', () => {
    const broken = filter("rules: any\nselection: {User|expand: '%nobody%'}\ncondition: not selection")
    expect(reported(rule, broken)).toMatchObject([
      { code: 'SIGMA_PLACEHOLDER_UNKNOWN', level: 'error', file: 'f1.yml' },
    ])
    const { rules, filters } = read(rule, broken)
    expect(compileRules(rules, { filters }).compiled).toHaveLength(1)
  })
})
