import { describe, expect, it } from 'vitest'
import { parseRules } from '../read/parse-rules.ts'
import type { SigmaCorrelation } from '../rule.ts'
import { checkCorrelation } from './compile.ts'
import { compileBody, compileText, correlationYaml } from './testing.ts'

const said = (text: string, rules?: readonly string[]): string[] =>
  compileText(text, rules).diagnostics.map(
    ({ level, code, line, column, message, remedy }) =>
      `${level} ${code} ${line}:${column} ${message}${remedy === undefined ? '' : ` (${remedy})`}`,
  )

const counting = (rules: string, more = '') =>
  `type: event_count\nrules: [${rules}]\ngroup-by: [User]\ntimespan: 5m\ncondition: {gte: 3}\n${more}`

describe('a correlation', () => {
  it('finds rules by name and by id, and their fields through aliases', () => {
    const compiled = compileBody(
      `type: temporal
rules: [a, b]
group-by: [ip, User]
timespan: 2w
aliases:
  ip: {a: SourceIp, b: IpAddress}`,
    )
    expect(compiled).toMatchObject({
      timespanMs: 14 * 86_400_000,
      groupBy: ['ip', 'User'],
      judged: 'at-once',
      inputs: [
        { source: 'a', kind: 'rule', groupFields: ['SourceIp', 'User'] },
        { source: 'b', kind: 'rule', groupFields: ['IpAddress', 'User'] },
      ],
    })
  })

  it('finds the rules in a condition over them when there is no list', () => {
    const compiled = compileBody('type: temporal\ntimespan: 1m\ncondition: (b or c) and not A-1 and b', [
      'A-1',
      'b',
      'c',
    ])
    expect(compiled.inputs.map(({ source }) => source)).toEqual(['b', 'c', 'A-1'])
    expect(said(correlationYaml('type: temporal\ntimespan: 1m\ncondition: a and bb'))).toEqual([
      'error SIGMA_CORRELATION_UNKNOWN_RULE 6:20 there is no rule "bb" (did you mean "b"?)',
    ])
  })

  it('comes after the correlations that it builds on', () => {
    const text = `${correlationYaml(counting('inner'), 'outer')}---\n${correlationYaml(counting('a'), 'inner')}`
    expect(compileText(text).compiled.map((one) => one.key)).toEqual(['inner', 'outer'])
  })

  it.each([
    [
      'an unknown rule',
      counting('aa'),
      'error SIGMA_CORRELATION_UNKNOWN_RULE 5:11 there is no rule "aa" (did you mean "a"?)',
    ],
    [
      'an alias that leaves a rule out',
      'type: temporal\nrules: [a, b]\ngroup-by: [ip]\ntimespan: 1m\naliases: {ip: {a: SourceIp}}',
      'error SIGMA_CORRELATION_ALIAS 6:14 the alias "ip" gives no field for the rule "b" (add "b: FIELD" under the alias)',
    ],
    [
      'a condition that contradicts itself',
      'type: event_count\nrules: [a]\ntimespan: 1m\ncondition: {gt: 5, lt: 5}',
      'error SIGMA_CORRELATION_INVALID 7:14 the comparisons contradict each other: they can never all hold',
    ],
    [
      'a percentile beyond 100',
      'type: value_percentile\nrules: [a]\ntimespan: 1m\ncondition: {field: n, percentile: 101, gt: 5}',
      'error SIGMA_CORRELATION_INVALID 7:14 a percentile lies between 0 and 100',
    ],
    [
      'two fields where one is computed with',
      'type: value_sum\nrules: [a]\ntimespan: 1m\ncondition: {field: [n, m], gt: 5}',
      'error SIGMA_CORRELATION_INVALID 7:14 a correlation of type value_sum computes with one field',
    ],
    [
      'a condition over a name that is no rule of its',
      'type: temporal\nrules: [a, b]\ntimespan: 1m\ncondition: a and not bb',
      'error SIGMA_UNDEFINED_SELECTION 7:24 there is no selection "bb" (did you mean "b"?)',
    ],
  ])('is refused for %s, with the place', (_, body, expected) => {
    expect(said(correlationYaml(body))).toContain(expected)
    expect(compileText(correlationYaml(body)).compiled).toEqual([])
  })

  it('is refused when a name is not one rule alone', () => {
    const text = `${correlationYaml(counting('x'), 'one')}---\n${correlationYaml(counting('a'), 'two')}`.replace(
      'name: two',
      'name: x\nid: 929a690e-bef0-4204-a928-ef5e620d6fcc',
    )
    expect(said(text, ['a', 'x'])).toContain(
      'error SIGMA_CORRELATION_AMBIGUOUS_RULE 5:11 2 rules are called "x" (refer to it by its id)',
    )
  })

  it('is refused when it leads back to itself, and so is what builds on it', () => {
    const text = ['outer:x', 'x:y', 'y:z', 'z:x']
      .map((one) => one.split(':') as [string, string])
      .map(([name, of]) => correlationYaml(counting(of), name))
      .join('---\n')
    const { compiled, refused, diagnostics } = compileText(text)
    expect(compiled).toEqual([])
    expect(refused).toEqual(['outer', 'x', 'y', 'z'])
    expect(diagnostics.map(({ message }) => message)).toContain(
      'the correlation refers to itself: "x" → "y" → "z" → "x"',
    )
  })

  it('is refused when it asks a chained correlation for a field that it does not group by', () => {
    const outer = 'type: value_count\nrules: [inner]\ngroup-by: [Host]\ntimespan: 1h\ncondition: {field: User, gte: 3}'
    const text = `${correlationYaml(counting('a'), 'inner')}---\n${correlationYaml(outer, 'outer')}`
    expect(said(text).join('\n')).toMatch(
      /SIGMA_CORRELATION_FIELD 15:14 the correlation "inner" does not group by "Host"/,
    )
  })

  it('is checked by itself, before the rules that it names are known', () => {
    const check = (body: string) => {
      const correlation = parseRules(correlationYaml(body), 'c.yml').others[0] as SigmaCorrelation
      return checkCorrelation(correlation).map(({ code }) => code)
    }
    expect(check(counting('unknown'))).toEqual([])
    expect(check(counting('unknown, test'))).toEqual(['SIGMA_CORRELATION_CYCLE'])
    expect(check(counting('unknown').replace('gte: 3', 'gte: 3, lt: 2'))).toEqual(['SIGMA_CORRELATION_INVALID'])
  })

  it.each([
    ['{gte: 3}', 'at-once'],
    ['{gt: 3, gte: 5}', 'at-once'],
    ['{gte: 3, lt: 9}', 'when-settled'],
    ['{eq: 3}', 'when-settled'],
    ['{neq: 3}', 'when-settled'],
  ])('with the condition %s is judged %s', (condition, judged) => {
    expect(compileBody(`type: event_count\nrules: [a]\ntimespan: 1m\ncondition: ${condition}`).judged).toBe(judged)
  })
})
