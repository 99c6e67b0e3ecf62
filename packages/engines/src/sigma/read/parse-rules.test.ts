import { describe, expect, it } from 'vitest'
import { parseRules } from './parse-rules.ts'

declare const process: { cpuUsage(): { user: number } }

/** Each diagnostic as `level CODE line:column message (remedy)`. */
const said = (text: string): string[] =>
  parseRules(text, 'a.yml').diagnostics.map(
    ({ level, code, line, column, message, remedy }) =>
      `${level} ${code} ${line}:${column} ${message}${remedy === undefined ? '' : ` (${remedy})`}`,
  )

const full = `title: Whole rule
id: 929a690e-bef0-4204-a928-ef5e620d6fcc
name: whole
related:
  - {id: 08fbc97d-0a2f-491c-ae21-8ffcfd3174e9, type: derived}
taxonomy: sigma
status: test
description: What it is
license: MIT
references: ['https://example.org/a']
author: A, B
date: 2026-01-02
modified: 2026-02-03
logsource: {product: windows, category: process_creation, definition: switch it on, tier: 2}
detection:
  selection:
    Image|endswith: '\\a.exe'
    EventID: 1
  condition: selection
fields: [Image]
falsepositives: [Unlikely]
level: high
tags: [attack.t1059.001]
scope: [server]
simulation: {type: atomic, runs: [1, 2]}
`

describe('a rule', () => {
  it('is read with all attributes, known and custom', () => {
    const { rules, diagnostics } = parseRules(full, 'a.yml')
    expect(diagnostics).toEqual([])
    expect(rules[0]).toMatchObject({
      kind: 'rule',
      id: '929a690e-bef0-4204-a928-ef5e620d6fcc',
      title: 'Whole rule',
      name: 'whole',
      related: [{ id: '08fbc97d-0a2f-491c-ae21-8ffcfd3174e9', type: 'derived' }],
      taxonomy: 'sigma',
      status: 'test',
      level: 'high',
      license: 'MIT',
      date: '2026-01-02',
      modified: '2026-02-03',
      tags: ['attack.t1059.001'],
      scope: ['server'],
      fields: ['Image'],
      falsePositives: ['Unlikely'],
      logSource: { product: 'windows', category: 'process_creation', definition: 'switch it on', custom: { tier: 2 } },
      custom: { simulation: { type: 'atomic', runs: [1, 2] } },
      conditionTexts: ['selection'],
      file: 'a.yml',
      line: 1,
    })
  })
  it('survives a way through JSON', () => {
    const [rule] = parseRules(full, 'a.yml').rules
    expect(JSON.parse(JSON.stringify(rule))).toEqual(rule)
  })
  it('of a file with several is read again from its own text', () => {
    const second = full.replace('Whole rule', 'Second rule')
    const { rules } = parseRules(`${full}---\n${second}`, 'a.yml')
    expect(rules.map(({ title, line }) => [title, line])).toEqual([
      ['Whole rule', 1],
      ['Second rule', full.split('\n').length + 1],
    ])
    expect(parseRules(rules[1]!.text, 'a.yml').rules[0]?.detection.conditions).toEqual(rules[1]!.detection.conditions)
  })
})

describe('diagnostics', () => {
  it('come all at once, with place and remedy', () => {
    const text = `titel: Rule
id: 17
status: experimantal
date: 2026/01/02
level: hihg
tags: [Attack.T1059]
logsource: {product: windows, categry: x}
detection:
  sel:
    A|containz: x
    B|re: '(?=a)b'
    C|cidr: 10.0.0.0/99
    D|contains|base64: x
    E|exists: maybe
    F|gt: '5'
    G: {nested: 1}
    H|contains|startswith: x
  empty: []
  unused: {A: 1}
  condition: sel and slection
`
    expect(said(text)).toMatchInlineSnapshot(`
      [
        "error SIGMA_MISSING_ATTRIBUTE 1:1 the rule has no title (add "title:" with what it detects)",
        "warning SIGMA_UNKNOWN_ATTRIBUTE 1:1 unknown attribute "titel" (did you mean "title"?)",
        "warning SIGMA_BAD_ID 2:5 the id "17" is not a UUID (a random UUID keeps rules of different authors apart)",
        "warning SIGMA_UNKNOWN_STATUS 3:9 unknown status "experimantal" (did you mean "experimental"?)",
        "warning SIGMA_BAD_DATE 4:7 "date" "2026/01/02" is not of the form YYYY-MM-DD",
        "warning SIGMA_UNKNOWN_LEVEL 5:8 unknown level "hihg" (did you mean "high"?)",
        "warning SIGMA_BAD_TAG 6:7 the tag "Attack.T1059" is not of the form namespace.name in lower case",
        "warning SIGMA_UNKNOWN_ATTRIBUTE 7:31 unknown log source attribute "categry" (did you mean "category"?)",
        "error SIGMA_UNKNOWN_MODIFIER 10:7 unknown modifier "containz" (did you mean "contains"?)",
        "error SIGMA_BAD_REGEX 11:11 the regular expression "(?=a)b" cannot be used: look-around is not supported by Sigma (Sigma knows characters, classes, groups, | and quantifiers; use several selections for the rest)",
        "error SIGMA_BAD_NETWORK 12:13 "10.0.0.0/99" is not a network (write e.g. 10.0.0.0/8 or 2001:db8::/32)",
        "error SIGMA_MODIFIER_COMBINATION 13:5 "contains" adds wildcards, which "base64" cannot encode (write base64|contains)",
        "error SIGMA_MODIFIER_VALUE 14:15 "exists" needs true or false (write E|exists: true)",
        "error SIGMA_MODIFIER_VALUE 15:11 "gt" needs a number (remove the quotes)",
        "error SIGMA_BAD_SELECTION 16:8 a map stands where a value is expected (write nested fields with dots, e.g. a.b: value)",
        "warning SIGMA_MODIFIER_COMBINATION 17:5 "contains" and "startswith" together look for the value anywhere (write contains; for the one or the other, write two selections)",
        "error SIGMA_EMPTY_SELECTION 18:3 the selection is an empty list",
        "error SIGMA_UNDEFINED_SELECTION 20:22 there is no selection "slection" (selections are sel, empty, unused)",
      ]
    `)
  })
  it('say what is not YAML, and go on with the next document', () => {
    const { rules, diagnostics } = parseRules(`title: [a\nb: }\n---\n${full}`, 'a.yml')
    expect(diagnostics[0]).toMatchObject({ code: 'SIGMA_YAML_SYNTAX', level: 'error', line: 2 })
    expect(rules.map(({ title }) => title)).toEqual(['Whole rule'])
  })
  it('refuse keys that stand twice', () => {
    expect(said('title: a\ntitle: b\n')).toEqual([
      'error SIGMA_YAML_DUPLICATE_KEY 2:1 the key "title" stands twice in one map (YAML would drop one of them; use a list of maps, or another selection)',
    ])
  })
  it('refuse what is no rule', () => {
    for (const text of ['just text', '- a\n- b', 'a: 1', '42']) expect(said(text)[0]).toContain('SIGMA_NOT_A_RULE')
    expect(said('')).toEqual([])
    expect(said('# nothing but a comment\n')).toEqual([])
  })
  it('keep a refused document by its title', () => {
    expect(parseRules('title: Broken\nid: x\n', 'a.yml').refused).toEqual([
      { file: 'a.yml', line: 1, text: 'title: Broken\nid: x\n', id: 'x', title: 'Broken' },
    ])
  })
})

describe('hostile files', () => {
  const nested = (depth: number): string => `title: a\nx: ${'['.repeat(depth)}${']'.repeat(depth)}\n`
  const laughs = [
    'a0: &a0 [x, x, x, x, x, x, x, x, x]',
    ...Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`),
  ]
  const bombs: [string, string, string][] = [
    ['too large', 'x'.repeat(1_000_001), 'SIGMA_FILE_TOO_LARGE'],
    ['nested 40 levels', nested(40), 'SIGMA_YAML_TOO_DEEP'],
    ['nested 5,000 levels', nested(5_000), 'SIGMA_YAML_TOO_DEEP'],
    ['nested 400,000 levels', nested(400_000), 'SIGMA_YAML_TOO_DEEP'],
    ['a line of 400,000 dashes', `title: a\nx:\n  ${'- '.repeat(400_000)}`, 'SIGMA_YAML_TOO_DEEP'],
    ['a million aliases', laughs.join('\n'), 'SIGMA_YAML_ALIASES'],
    ['an alias of itself', 'title: a\nx: &a [*a]\nlogsource: {product: a}\ndetection: {s: {A: 1}, condition: s}', ''],
    ['30,000 values', full.replace('EventID: 1', `EventID: [${'1,'.repeat(30_000)}]`), 'SIGMA_TOO_MANY_VALUES'],
    ['100,000 keys', Array.from({ length: 100_000 }, (_, i) => `k${i}: 1`).join('\n'), 'SIGMA_NOT_A_RULE'],
    [
      'a thousand dashes',
      full.replace("endswith: '\\a.exe'", `contains|windash: '${' -a'.repeat(1000)}'`),
      'SIGMA_TOO_MANY_VARIANTS',
    ],
  ]
  it.each(bombs)('%s: a diagnostic within seconds', (_, text, code) => {
    const began = process.cpuUsage().user
    const codes = parseRules(text, 'a.yml').diagnostics.map((one) => one.code)
    // Processor time, as machines that run tests are busy.
    expect((process.cpuUsage().user - began) / 1_000).toBeLessThan(5_000)
    if (code !== '') expect(codes).toContain(code)
  })
})

describe('other documents', () => {
  it('are correlations', () => {
    const { others, diagnostics } = parseRules(
      `title: Guessing
correlation:
  type: event_count
  rules: [failed_logon]
  group-by: [User]
  timespan: 5m
  aliases: {who: {failed_logon: User}}
  condition: {gte: 10}
generate: true
`,
      'a.yml',
    )
    expect(diagnostics).toEqual([])
    expect(others[0]).toMatchObject({
      kind: 'correlation',
      title: 'Guessing',
      correlation: {
        type: 'event_count',
        rules: ['failed_logon'],
        groupBy: ['User'],
        timespanMs: 300_000,
        aliases: { who: { failed_logon: 'User' } },
        condition: { compare: [{ op: 'gte', value: 10 }], fields: [] },
        generate: true,
      },
    })
  })
  it('are filters', () => {
    const { others, diagnostics } = parseRules(
      'title: No admins\nlogsource: {product: windows}\nfilter:\n  rules: [a]\n  selection: {User|startswith: adm_}\n  condition: not selection\n',
      'a.yml',
    )
    expect(diagnostics).toEqual([])
    expect(others[0]).toMatchObject({ kind: 'filter', rules: ['a'], conditionTexts: ['not selection'] })
  })
  it('are refused with the reasons', () => {
    expect(
      said(
        'title: a\ncorrelation:\n  type: event_cuont\n  timespan: 5x\n---\ntitle: b\nfilter: {condition: x}\nlogsource: {product: a}\n',
      ),
    ).toMatchInlineSnapshot(`
      [
        "error SIGMA_CORRELATION_INVALID 3:3 the correlation names no rules (list their ids or names under "rules:")",
        "error SIGMA_CORRELATION_INVALID 3:9 unknown correlation type "event_cuont" (did you mean "event_count"?)",
        "error SIGMA_CORRELATION_INVALID 4:13 the timespan "5x" is not understood (write a number and s, m, h, d, w, M or y, e.g. 5m)",
        "error SIGMA_FILTER_INVALID 7:9 the filter names no rules (list their ids or names under "rules:", or write "rules: any")",
        "error SIGMA_UNDEFINED_SELECTION 7:21 there is no selection "x" (the detection has no selections)",
      ]
    `)
  })
})
