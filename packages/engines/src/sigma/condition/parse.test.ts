import { describe, expect, it } from 'vitest'
import { DiagnosticSink } from '../diagnostics.ts'
import type { Condition } from '../rule.ts'
import { parseCondition } from './parse.ts'

const names = ['a', 'b', 'c', 'sel_1', 'sel_2', 'filter_x', '_hidden']
const parse = (text: string): { condition: Condition | undefined; sink: DiagnosticSink } => {
  const sink = new DiagnosticSink('test.yml')
  const condition = parseCondition(text, names, sink, (offset) => ({ line: 1, column: offset + 1 }))
  return { condition, sink }
}

/** With all parentheses. */
function print(condition: Condition | undefined): string {
  if (condition === undefined) return 'error'
  if (condition.op === 'selection') return condition.name
  if (condition.op === 'not') return `!${print(condition.of)}`
  if (condition.op === 'count') return `${condition.atLeast}{${condition.names.join(' ')}}`
  return `(${condition.of.map(print).join(condition.op === 'and' ? ' & ' : ' | ')})`
}

describe('a condition', () => {
  it.each([
    ['a', 'a'],
    ['a or b and c', '(a | (b & c))'],
    ['a and b or c', '((a & b) | c)'],
    ['not a and b', '(!a & b)'],
    ['not a or b', '(!a | b)'],
    ['not (a or b)', '!(a | b)'],
    ['not not a', '!!a'],
    ['a AND (b Or NOT c)', '(a & (b | !c))'],
    ['((a))', 'a'],
    ['1 of sel_*', '1{sel_1 sel_2}'],
    ['all of sel_*', 'all{sel_1 sel_2}'],
    ['any of sel_*', '1{sel_1 sel_2}'],
    ['2 of sel_*', '2{sel_1 sel_2}'],
    ['1 of *_*', '1{sel_1 sel_2 filter_x}'],
    ['all of *', 'all{a b c sel_1 sel_2 filter_x}'],
    ['1 of _*', '1{_hidden}'],
    ['1 of _hidden or _hidden', '(1{_hidden} | _hidden)'],
    ['NOT 1 OF Sel_* or ANY of sel_*', 'error'],
    ['not (a or not (b and (c or not sel_1)))', '!(a | !(b & (c | !sel_1)))'],
    ['not 1 of sel_* and not 1 of filter_*', '(!1{sel_1 sel_2} & !1{filter_x})'],
    ['1 of *el_1', '1{sel_1}'],
    ['1 of s*_*2', '1{sel_2}'],
    ['1 of them', '1{a b c sel_1 sel_2 filter_x}'],
    ['all of a', 'all{a}'],
    ['a and not 1 of filter_*', '(a & !1{filter_x})'],
    ['not 1 of sel_* and a', '(!1{sel_1 sel_2} & a)'],
    ['a\n  and b', '(a & b)'],
  ])('%s reads as %s', (text, expected) => {
    expect(print(parse(text).condition)).toBe(expected)
  })

  it.each([
    ['a and', 'SIGMA_CONDITION_SYNTAX', 6],
    ['a b', 'SIGMA_CONDITION_SYNTAX', 3],
    ['(a or b', 'SIGMA_CONDITION_SYNTAX', 8],
    ['a)', 'SIGMA_CONDITION_SYNTAX', 2],
    ['a & b', 'SIGMA_CONDITION_SYNTAX', 3],
    ['sel_*', 'SIGMA_CONDITION_SYNTAX', 1],
    ['0 of them', 'SIGMA_CONDITION_SYNTAX', 1],
    ['3 of sel_*', 'SIGMA_CONDITION_SYNTAX', 1],
    ['1 of', 'SIGMA_CONDITION_SYNTAX', 5],
    ['a and nope', 'SIGMA_UNDEFINED_SELECTION', 7],
    ['1 of nope*', 'SIGMA_UNDEFINED_SELECTION', 6],
    ['a | count() by b > 5', 'SIGMA_OLD_AGGREGATION', 3],
    [`${'('.repeat(200)}a${')'.repeat(200)}`, 'SIGMA_CONDITION_TOO_DEEP', 51],
    [`${'not '.repeat(1000)}a`, 'SIGMA_CONDITION_TOO_DEEP', 201],
  ])('%s is refused', (text, code, column) => {
    const { condition, sink } = parse(text)
    expect(condition).toBeUndefined()
    expect(sink.list.find(({ level }) => level === 'error')).toMatchObject({ code, line: 1, column })
  })

  it('names what may have been meant', () => {
    expect(parse('sel1').sink.list[0]?.remedy).toBe('did you mean "sel_1"?')
  })
})
