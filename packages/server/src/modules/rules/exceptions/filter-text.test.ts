import type { ExceptionCondition } from '@watchfloor/contracts/rules'
import { normalise } from '@watchfloor/engines/logs'
import { compileRules, matchCompiled, parseRules } from '@watchfloor/engines/sigma'
import { describe, expect, it } from 'vitest'
import { exceptionYaml } from './filter-text.ts'

const ruleId = 'aaaaaaaa-0000-4000-8000-000000000001'
const rule = parseRules(
  `title: Any\nid: ${ruleId}\nlogsource: {category: test}\ndetection: {selection: {Command: '*'}, condition: selection}\n`,
  'rule.yml',
).rules[0]

/** Whether the rule still matches the event when the exception narrows it. */
function matches(conditions: ExceptionCondition[], fields: Record<string, unknown>): boolean {
  const text = exceptionYaml({
    id: 'bbbbbbbb-0000-4000-8000-000000000001',
    ruleId,
    ruleTitle: 'Any: "rule"',
    logSource: { category: 'test' },
    conditions,
    reason: 'a reason: with "quotes"',
    author: 'ada@example.org',
    date: '2026-07-01',
  })
  const { others, diagnostics } = parseRules(text, 'exception.yml')
  expect(diagnostics.filter((one) => one.level === 'error')).toEqual([])
  const { compiled } = compileRules(rule ? [rule] : [], { filters: others.filter((one) => one.kind === 'filter') })
  return compiled.some((one) => matchCompiled(one, normalise(JSON.stringify(fields), { receivedMs: 0 })))
}

describe('an exception as a Sigma filter', () => {
  const equals = (field: string, value: string): ExceptionCondition => ({ field, op: 'equals', value })
  it.each<[string, ExceptionCondition[], Record<string, unknown>, boolean]>([
    ['takes away what holds', [equals('User', 'bob')], { Command: 'x', User: 'BOB' }, false],
    ['leaves what does not hold', [equals('User', 'bob')], { Command: 'x', User: 'bobby' }, true],
    [
      'needs all conditions',
      [equals('User', 'bob'), equals('Host', 'a')],
      { Command: 'x', User: 'bob', Host: 'b' },
      true,
    ],
    [
      'two on one field both hold',
      [
        { field: 'Command', op: 'contains', value: 'a' },
        { field: 'Command', op: 'contains', value: 'b' },
      ],
      { Command: 'a' },
      true,
    ],
    ['reads wildcards as themselves', [equals('Command', 'a*c')], { Command: 'abc' }, true],
    ['and finds them', [equals('Command', 'a*c?')], { Command: 'a*c?' }, false],
    ['reads backslashes as themselves', [equals('Command', 'C:\\Temp\\*')], { Command: 'C:\\Temp\\*' }, false],
    [
      'also at the end of a part',
      [{ field: 'Command', op: 'startswith', value: 'C:\\Temp\\' }],
      { Command: 'C:\\Temp\\a.exe' },
      false,
    ],
    [
      'also two of them',
      [{ field: 'Command', op: 'startswith', value: '\\\\server\\' }],
      { Command: '\\\\server\\share' },
      false,
    ],
    ['takes numbers', [equals('EventID', '4688')], { Command: 'x', EventID: 4688 }, false],
    ['takes networks', [{ field: 'Ip', op: 'cidr', value: '192.0.2.0/24' }], { Command: 'x', Ip: '192.0.2.7' }, false],
    ['ends', [{ field: 'Command', op: 'endswith', value: '.exe' }], { Command: 'a.EXE' }, false],
  ])('%s', (_, conditions, fields, expected) => {
    expect(matches(conditions, fields)).toBe(expected)
  })
})
