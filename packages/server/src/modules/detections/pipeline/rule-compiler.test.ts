import { normalise } from '@watchfloor/engines/logs'
import { matchCompiled } from '@watchfloor/engines/sigma'
import { describe, expect, it } from 'vitest'
import type { RuleText } from './messages.ts'
import { RuleCompiler } from './rule-compiler.ts'

const ruleText = (id: string, word: string): RuleText => ({
  id,
  version: 1,
  title: id,
  level: 'high',
  techniques: [],
  yaml: `title: ${id}\nlogsource: {category: test}\ndetection: {selection: {Command|contains: ${word}}, condition: selection}\n`,
})
const filterText = (id: string, version: number, names: string, user: string): RuleText => ({
  ...ruleText(id, ''),
  version,
  yaml: `title: ${id}\nlogsource: {category: test}\nfilter: {rules: ${names}, selection: {User: ${user}}, condition: not selection}\n`,
})
const event = (fields: Record<string, string>) => normalise(JSON.stringify(fields), { receivedMs: 0 })
const matchedBy = (compiler: RuleCompiler, rules: RuleText[], filters: RuleText[], fields: Record<string, string>) => {
  const { compiled, matched } = compiler.compile({ rules, filters })
  return compiled.flatMap((one, at) => (matchCompiled(one, event(fields)) ? [matched[at]?.id] : []))
}

describe('compiling rules with filters', () => {
  const rules = [ruleText('rule-a', 'whoami'), ruleText('rule-b', 'whoami'), ruleText('rule-c', 'net')]
  const byBob = { Command: 'whoami', User: 'bob' }

  it('narrows the rules that a filter names, by the id that we keep them under', () => {
    expect(matchedBy(new RuleCompiler(), rules, [filterText('f', 1, '[rule-a]', 'bob')], byBob)).toEqual(['rule-b'])
    expect(matchedBy(new RuleCompiler(), rules, [filterText('f', 1, 'any', 'bob')], byBob)).toEqual([])
  })

  it('compiles again only what a new set or its filters touch', () => {
    const compiler = new RuleCompiler()
    compiler.compile({ rules, filters: [] })
    expect(compiler.compiledLast).toBe(3)
    expect(matchedBy(compiler, rules, [filterText('f', 1, '[rule-a]', 'bob')], byBob)).toEqual(['rule-b'])
    expect(compiler.compiledLast).toBe(1)
    expect(matchedBy(compiler, rules, [filterText('f', 2, '[rule-a]', 'eve')], byBob)).toEqual(['rule-a', 'rule-b'])
    expect(compiler.compiledLast).toBe(1)
    compiler.compile({ rules, filters: [] })
    expect(compiler.compiledLast).toBe(1)
    compiler.compile({ rules: [...rules, ruleText('rule-d', 'x')], filters: [] })
    expect(compiler.compiledLast).toBe(1)
  })
})
