import { describe, expect, it } from 'vitest'
import { compileRules } from '../compile/compile.ts'
import { parseRules } from '../read/parse-rules.ts'
import { compileOne, eventOf, ruleYaml } from '../testing.ts'
import { buildPlan } from './plan.ts'

const manyRules = (count: number): string =>
  Array.from({ length: count }, (_, i) =>
    ruleYaml(`s: {A|contains: word${i}x}\ncondition: s`).replace('test', `rule ${i}`),
  ).join('---\n')

describe('a plan', () => {
  it('answers in the order of its rules', () => {
    const plan = buildPlan(compileRules(parseRules(manyRules(2_000), 'a.yml').rules).compiled)
    const event = eventOf({ A: 'word1999x word7x word1000x' })
    expect(plan.match(event).map(({ index, rule }) => [index, rule.title])).toEqual([
      [7, 'rule 7'],
      [1000, 'rule 1000'],
      [1999, 'rule 1999'],
    ])
  })
  it('carries nothing over from one event to the next', () => {
    const plan = buildPlan([compileOne(ruleYaml('a: {A: x}\nb: {B: [y, z]}\nk: [word]\ncondition: a and b or k'))])
    const hits = (fields: Record<string, string | string[]>, raw = ''): number =>
      plan.match(eventOf(fields, { raw })).length
    expect([hits({ A: 'x', B: 'y' }), hits({ A: 'x' }), hits({ B: ['y'] }), hits({ A: 'x', B: ['q', 'z'] })]).toEqual([
      1, 0, 0, 1,
    ])
    expect([hits({}, 'a word'), hits({}), hits({ C: 'WORD' }), hits({})]).toEqual([1, 0, 1, 0])
  })
  it('asks a predicate that rules share once', () => {
    const text = [1, 2, 3].map((i) => ruleYaml(`s: {A|contains: same, B: ${i}}\ncondition: s`)).join('---\n')
    expect(buildPlan(compileRules(parseRules(text, 'a.yml').rules).compiled).prepare().predicates).toBe(4)
  })
  it('finds literals of any length in texts of any length and script', () => {
    const literals = ['a', 'ab', 'needle', 'nädel', '針', 'x'.repeat(300), '\\system32\\', '😀'.repeat(3)]
    const text = literals.map((one) => ruleYaml(`s: {A|contains: '${one}'}\ncondition: s`)).join('---\n')
    const plan = buildPlan(compileRules(parseRules(text, 'a.yml').rules).compiled)
    for (const [i, literal] of literals.entries())
      for (const filler of ['', '-'.repeat(10_000), 'é'.repeat(9_000)])
        expect(plan.match(eventOf({ A: filler + literal.toUpperCase() + filler })).map(({ index }) => index)).toContain(
          i,
        )
  })
  it('gives a rule up, and counts that, when an event is too dear', () => {
    const dear = Array.from({ length: 50 }, (_, i) => `'*ab?ab?abc${i}*'`).join(', ')
    const text = [
      ruleYaml('s: {B: 1}\ncondition: s'),
      ruleYaml(`s: {B: 1}\nd: {A: [${dear}]}\ncondition: s and not d`),
      ruleYaml('s: {B: 1}\nd: {C|endswith: x}\ncondition: s and d'),
    ].join('---\n')
    const plan = buildPlan(compileRules(parseRules(text, 'a.yml').rules).compiled)
    const endless = `${'ab'.repeat(450_000)} ${Array.from({ length: 50 }, (_, i) => `abc${i}`).join(' ')}`
    const matched = (a: string): number[] => plan.match(eventOf({ A: a, B: 1, C: 'x' })).map(({ index }) => index)
    expect(matched(endless)).toEqual([0, 2])
    expect(plan.gaveUp).toBe(1)
    expect(matched('ab')).toEqual([0, 1, 2])
    expect(plan.gaveUp).toBe(1)
  })
  it('gives up a rule whose regex could be asked of a part of a text alone, and counts that', () => {
    const text = [
      ruleYaml(`s: {A|re: 'b.{1000}c'}\ncondition: s`),
      ruleYaml(`s: {B: 1}\nd: {A|re: 'b.{1000}c'}\ncondition: s and not d`),
    ].join('---\n')
    const plan = buildPlan(compileRules(parseRules(text, 'a.yml').rules).compiled)
    const matched = (a: string): number[] => plan.match(eventOf({ A: a, B: 1 })).map(({ index }) => index)
    const far = 'x'.repeat(50_000)
    expect(matched(`b${'x'.repeat(1000)}c${far}`)).toEqual([0])
    expect(plan.gaveUp).toBe(0)
    expect(matched(`${far}b${'x'.repeat(1000)}c`)).toEqual([])
    expect(plan.gaveUp).toBe(2)
    expect(matched('x')).toEqual([1])
  })
  it('of no rules matches nothing', () => {
    expect(buildPlan([]).match(eventOf({ A: 'x' }))).toEqual([])
  })
})
