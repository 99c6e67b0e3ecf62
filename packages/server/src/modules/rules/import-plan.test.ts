import type { RulePolicy } from '@watchfloor/contracts/rules'
import { describe, expect, it } from 'vitest'
import { digestOf, type ExistingRule, planImport, ruleIdOf } from './import-plan.ts'
import type { ReadFile, ReadRule } from './model.ts'

const policy: RulePolicy = { levels: ['high', 'critical'], statuses: ['stable', 'test'] } as RulePolicy

const rule = (more: Partial<ReadRule> = {}): ReadRule => ({
  id: 'aaaaaaaa-0000-4000-8000-000000000001',
  kind: 'rule',
  name: null,
  refersTo: [],
  title: 'A rule',
  description: null,
  level: 'high',
  status: 'stable',
  author: null,
  tags: [],
  techniques: [],
  logSource: {} as ReadRule['logSource'],
  references: [],
  falsePositives: [],
  state: 'ready',
  yaml: 'title: A rule',
  line: 1,
  ...more,
})
const file = (path: string, ...rules: ReadRule[]): ReadFile => ({ path, rules, diagnostics: [] })
const plan = (
  files: readonly ReadFile[],
  existing: readonly ExistingRule[] = [],
  versions: ReadonlyMap<string, number> = new Map(),
) => planImport(files, { originOf: (one) => `pack/${one.path}`, existing, versions, policy, pack: 'pack' })
const existingOf = (read: ReadRule, more: Partial<ExistingRule> = {}): ExistingRule => ({
  id: read.id ?? '',
  yaml: read.yaml,
  origin: 'pack/a.yml',
  switch: 'policy',
  version: 1,
  ownStatus: null,
  pack: 'pack',
  packDigest: digestOf(read.yaml),
  isEdited: false,
  offeredYaml: null,
  ...more,
})

describe('the plan of an import', () => {
  it('adds new rules at version 1, switched by the policy', () => {
    const low = rule({ id: 'aaaaaaaa-0000-4000-8000-000000000002', level: 'low' })
    const { saves, ...counts } = plan([file('a.yml', rule()), file('b.yml', low)])
    expect(counts).toMatchObject({ added: 2, updated: 0, unchanged: 0 })
    expect(saves.map(({ version, enabled, switch: by }) => [version, enabled, by])).toEqual([
      [1, true, 'policy'],
      [1, false, 'policy'],
    ])
  })

  it('saves nothing for the same text again', () => {
    expect(plan([file('a.yml', rule())], [existingOf(rule())])).toMatchObject({ saves: [], added: 0, unchanged: 1 })
  })

  it('raises the version of a changed rule and keeps what people decided about it', () => {
    const changed = rule({ yaml: 'title: A rule, changed', level: 'low' })
    const before = existingOf(rule(), { switch: 'on', version: 4 })
    expect(plan([file('a.yml', changed)], [before]).saves).toMatchObject([{ version: 5, switch: 'on', enabled: true }])
    const off = existingOf(rule(), { switch: 'off' })
    expect(plan([file('a.yml', rule({ yaml: 'new' }))], [off]).saves).toMatchObject([{ switch: 'off', enabled: false }])
  })

  it('does not give out a version again that a rule had before it was deleted', () => {
    const versions = new Map([[rule().id as string, 7]])
    expect(plan([file('a.yml', rule())], [], versions).saves).toMatchObject([{ version: 8 }])
  })

  it('counts what is refused and what waits, and runs neither', () => {
    const refused = rule({ id: null, title: 'Refused', state: 'refused' })
    const waiting = rule({ id: null, title: 'Waiting', state: 'waiting' })
    const planned = plan([file('a.yml', refused, waiting), file('empty.yml')])
    expect(planned).toMatchObject({ added: 1, refused: 2 })
    expect(planned.saves.map((save) => save.enabled)).toEqual([false, false])
  })

  it('keeps the first of two rules with one id, and says which was left out', () => {
    const planned = plan([file('a.yml', rule()), file('b.yml', rule({ title: 'Another', yaml: 'b', line: 3 }))])
    expect(planned.saves).toHaveLength(1)
    expect(planned.diagnostics).toMatchObject([{ code: 'RULE_DUPLICATE_ID', file: 'b.yml', line: 3 }])
  })

  it('keeps the first of two rules with one id also when that one is known and unchanged', () => {
    const other = rule({ title: 'Another', yaml: 'b', line: 3 })
    const planned = plan([file('a.yml', rule()), file('b.yml', other)], [existingOf(rule())])
    expect(planned.saves).toEqual([])
    expect(planned.diagnostics).toMatchObject([{ code: 'RULE_DUPLICATE_ID' }])
  })

  it('gives a rule without an id the same one in every import of its folder', () => {
    const nameless = rule({ id: null })
    expect(ruleIdOf(nameless, 'pack/a.yml')).toBe(ruleIdOf(nameless, 'pack/a.yml'))
    expect(ruleIdOf(nameless, 'pack/a.yml')).not.toBe(ruleIdOf(nameless, 'pack/b.yml'))
  })
})
