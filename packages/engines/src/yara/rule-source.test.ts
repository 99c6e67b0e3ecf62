import { describe, expect, it } from 'vitest'
import { readRuleSource } from './rule-source.ts'

describe('a file of YARA rules', () => {
  it('is taken apart into rules, imports and includes', () => {
    const source = `import "pe"
include "./base.yar" // rule no { }
/* rule no { */
private global rule first : one two {
  meta:
    text = "a \\"quoted\\" } brace \\x41"
    number = -5
    hex = 0x10
    yes = true
    text = "again"
  strings:
    $a = "} not the end {"
    $b = /a\\/}{2}"/i
    $c = { 01 ( 02 | 03 ) [2-4] ?? }
  condition:
    $a and pe.is_pe and #b > 2 and second and 4 \\ 2 == 2
}
rule second { condition: true }`
    const { rules, imports, includes } = readRuleSource(source)
    expect(imports).toEqual(['pe'])
    expect(includes).toMatchObject([{ path: './base.yar', line: 2 }])
    expect(rules.map(({ name, line }) => [name, line])).toEqual([
      ['first', 4],
      ['second', 18],
    ])
    const [first] = rules
    expect(first).toMatchObject({ isPrivate: true, isGlobal: true, tags: ['one', 'two'] })
    expect(first?.meta).toEqual([
      ['text', 'a "quoted" } brace A'],
      ['number', -5],
      ['hex', 16],
      ['yes', true],
      ['text', 'again'],
    ])
    expect([...(first?.conditionWords ?? [])]).toEqual(expect.arrayContaining(['pe', 'second']))
    expect(first?.conditionWords.has('is_pe')).toBe(false)
    expect(source.slice(first?.start, first?.end)).toMatch(/^private global rule first[\s\S]*\}$/)
  })

  it('takes a rule without an end as it is', () => {
    const source = 'rule open { condition: (true'
    expect(readRuleSource(source).rules).toMatchObject([{ name: 'open', end: source.length }])
    expect(readRuleSource('rule').rules).toMatchObject([{ name: '' }])
  })

  it('says how deep brackets stand in each other, and does not count those in texts', () => {
    const source = 'rule a { strings: $a = "((((" $b = { (01 | 02 [1-3]) } condition: ((#a > (1))) }'
    expect(readRuleSource(source).rules).toMatchObject([{ depth: 4 }])
    expect(readRuleSource(`rule a { condition: ${'('.repeat(5000)}true`).rules).toMatchObject([{ depth: 5001 }])
  })

  it('takes texts and expressions of any length', () => {
    for (const part of ['z', '\\\\', '/x\\'])
      expect(readRuleSource(`rule x { strings: $a = "${part.repeat(4_000_000)}`).rules).toHaveLength(1)
  })

  it('is read in linear time, whatever it holds', () => {
    for (const part of ['/', '"', '/*', '{', 'rule ', 'rule a { meta: a = "', '\\', '/a\\/']) {
      const startedMs = performance.now()
      readRuleSource(part.repeat(200_000 / part.length))
      expect(performance.now() - startedMs).toBeLessThan(3000)
    }
  })
})
