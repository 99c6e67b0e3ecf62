import { describe, expect, it } from 'vitest'
import type { FieldValue, LogSource } from '../../event/index.ts'
import { compileRules } from '../compile/compile.ts'
import type { Diagnostic } from '../diagnostics.ts'
import { parseRules } from '../read/parse-rules.ts'
import type { SigmaCorrelation, SigmaFilter, SigmaRule } from '../rule.ts'
import { eventOf, matches, ruleYaml } from '../testing.ts'
import { applyPipelines } from './apply.ts'
import { type Pipeline, readPipeline } from './read-pipeline.ts'

/** A pipeline of these transformations, given as YAML list items. */
function pipelineOf(steps: string, head = ''): Pipeline {
  const { pipeline, diagnostics } = readPipeline(`${head}\ntransformations:\n${steps.replace(/^/gm, '  ')}\n`, 'p.yml')
  expect(diagnostics.filter(({ level }) => level === 'error')).toEqual([])
  return pipeline!
}

const rulesOf = (yaml: string): SigmaRule[] => {
  const parsed = parseRules(yaml, 'r.yml')
  expect(parsed.diagnostics.filter(({ level }) => level === 'error')).toEqual([])
  return parsed.rules
}

/** A detection through a pipeline; what plan, compiled rule and oracle answer for the fields. */
function answers(
  detection: string,
  steps: string,
  events: readonly Record<string, FieldValue>[],
  { head = '', logSources }: { head?: string; logSources?: readonly LogSource[] } = {},
): boolean[] {
  const rules = rulesOf(ruleYaml(detection))
  const output = applyPipelines({ rules }, [pipelineOf(steps, head)])
  expect(output.diagnostics).toEqual([])
  const { compiled, diagnostics } = compileRules(output.rules)
  expect(diagnostics).toEqual([])
  return events.map((fields) => matches(compiled[0]!, eventOf(fields, logSources === undefined ? {} : { logSources })))
}

describe('field name transformations', () => {
  it('map one name to one, and leave others', () => {
    const steps = '- type: field_name_mapping\n  mapping: {CommandLine: process.command_line}'
    expect(
      answers('s: {CommandLine|contains: x, User: u}\ncondition: s', steps, [
        { 'process.command_line': 'axb', User: 'u' },
        { CommandLine: 'axb', User: 'u' },
      ]),
    ).toEqual([true, false])
  })
  it('map one name to many, of which one must match; with "neq" all must', () => {
    const steps = '- type: field_name_mapping\n  mapping: {A: [B, C]}'
    expect(answers('s: {A: x}\ncondition: s', steps, [{ B: 'x' }, { C: 'x' }, { A: 'x' }])).toEqual([true, true, false])
    expect(
      answers('s: {A|neq: x}\ncondition: s', steps, [
        { B: 'y', C: 'x' },
        { B: 'y', C: 'y' },
      ]),
    ).toEqual([false, true])
  })
  it('map prefixes, and add prefixes and suffixes', () => {
    const prefixed = '- type: field_name_prefix_mapping\n  mapping: {"win.": "winlog.event_data."}'
    expect(answers('s: {win.User: x}\ncondition: s', prefixed, [{ 'winlog.event_data.User': 'x' }])).toEqual([true])
    const around = '- type: field_name_prefix\n  prefix: a.\n- type: field_name_suffix\n  suffix: .z'
    expect(answers('s: {User: x}\ncondition: s', around, [{ 'a.User.z': 'x' }])).toEqual([true])
  })
  it('map names that values refer to, and keywords', () => {
    const steps = '- type: field_name_mapping\n  mapping: {B: C}'
    expect(
      answers('s: {A|fieldref: B}\ncondition: s', steps, [
        { A: 'x', C: 'x' },
        { A: 'x', B: 'x' },
      ]),
    ).toEqual([true, false])
    const keywords = '- type: field_name_mapping\n  mapping: {null: message}'
    expect(answers('s: [evil]\ncondition: s', keywords, [{ message: 'so evil!' }, { other: 'evil' }])).toEqual([
      true,
      false,
    ])
  })
  it('reach the fields, groups, aliases and conditions of correlations', () => {
    const yaml =
      'title: c\ncorrelation: {type: value_count, rules: [a], group-by: [A, X], timespan: 5m, aliases: {X: {a: A}}, condition: {gt: 1, field: A}}\nfields: [A]\n'
    const correlations = parseRules(yaml, 'c.yml').others as SigmaCorrelation[]
    const output = applyPipelines({ rules: [], correlations }, [
      pipelineOf('- {type: field_name_mapping, mapping: {A: B, X: Y}}'),
    ])
    expect(output.correlations[0]).toMatchObject({
      fields: ['B'],
      correlation: { groupBy: ['B', 'X'], aliases: { X: { a: 'B' } }, condition: { fields: ['B'] } },
    })
    const many = applyPipelines({ rules: [], correlations }, [
      pipelineOf('- {type: field_name_mapping, mapping: {A: [B, C]}}'),
    ])
    expect(many.correlations).toEqual([])
    expect(many.diagnostics.map(({ code }) => code)).toContain('SIGMA_PIPELINE_REFUSED')
  })
  it('add, remove and set the fields shown', () => {
    const steps = '- {type: add_field, field: [b, c]}\n- {type: remove_field, field: a}'
    const rules = rulesOf(`fields: [a]\n${ruleYaml('s: {A: 1}\ncondition: s')}`)
    expect(applyPipelines({ rules }, [pipelineOf(steps)]).rules[0]!.fields).toEqual(['b', 'c'])
    expect(applyPipelines({ rules }, [pipelineOf('- {type: set_field, fields: [z]}')]).rules[0]!.fields).toEqual(['z'])
  })
})

describe('conditions of a step', () => {
  const mapped = (conditions: string): boolean =>
    answers(
      's: {A|contains: x, B: null}\ncondition: s',
      `- type: field_name_mapping\n  mapping: {A: M}\n${conditions.replace(/^/gm, '  ')}`,
      [{ M: 'axb' }],
    )[0]!
  it.each([
    ['rule_conditions: [{type: logsource, product: windows}]', true],
    ['rule_conditions: [{type: logsource, product: linux}]', false],
    ['rule_conditions: [{type: logsource, product: linux}, {type: logsource, product: windows}]', false],
    [
      'rule_conditions: [{type: logsource, product: linux}, {type: logsource, product: windows}]\nrule_cond_op: or',
      true,
    ],
    ['rule_conditions: [{type: logsource, product: linux}]\nrule_cond_not: true', true],
    [
      'rule_conditions: {a: {type: logsource, product: linux}, b: {type: is_sigma_rule}}\nrule_cond_expr: not a and b',
      true,
    ],
    [
      'rule_conditions: {a: {type: logsource, product: linux}, b: {type: is_sigma_rule}}\nrule_cond_expr: a and b',
      false,
    ],
    ['rule_conditions: [{type: contains_field, field: B}]', true],
    ['rule_conditions: [{type: contains_detection_item, field: B, value: null}]', true],
    ['rule_conditions: [{type: contains_detection_item, field: A, value: "*X*"}]', true],
    ['rule_conditions: [{type: contains_detection_item, field: A, value: x}]', false],
    ['rule_conditions: [{type: is_sigma_correlation_rule}]', false],
    ['rule_conditions: [{type: rule_attribute, attribute: title, value: test}]', true],
    ['rule_conditions: [{type: rule_attribute, attribute: title, value: test, op: ne}]', false],
    ['rule_conditions: [{type: tag, tag: attack.t1059}]', false],
    ['field_name_conditions: [{type: include_fields, fields: [A]}]', true],
    ['field_name_conditions: [{type: include_fields, fields: ["[AB]"], mode: re}]', true],
    ['field_name_conditions: [{type: exclude_fields, fields: [A]}]', false],
    ['detection_item_conditions: [{type: match_string, pattern: "\\\\*x", cond: any}]', true],
    ['detection_item_conditions: [{type: match_string, pattern: "x"}]', false],
    ['detection_item_conditions: [{type: match_string, pattern: "x", negate: true}]', true],
    ['detection_item_conditions: [{type: match_value, value: "*x*"}]', true],
    ['detection_item_conditions: [{type: contains_wildcard}]', true],
    ['detection_item_conditions: [{type: is_null}]', false],
  ])('%s: %s', (conditions, expected) => {
    expect(mapped(conditions)).toBe(expected)
  })
  it('ask what steps before them did and remembered', () => {
    const first = '- {id: first, type: field_name_mapping, mapping: {A: B}}\n- {type: set_state, key: seen, val: 2}\n'
    const then = (condition: string): boolean =>
      answers('s: {A: x, K: y}\ncondition: s', `${first}- {type: field_name_suffix, suffix: _2, ${condition}}`, [
        { B_2: 'x', K: 'y' },
      ])[0]!
    expect(then('field_name_conditions: [{type: processing_item_applied, processing_item_id: first}]')).toBe(true)
    expect(then('detection_item_conditions: [{type: processing_item_applied, processing_item_id: first}]')).toBe(true)
    const everywhere = (condition: string): boolean =>
      answers('s: {A: x}\ncondition: s', `${first}- {type: field_name_suffix, suffix: _2, ${condition}}`, [
        { B_2: 'x' },
      ])[0]!
    expect(everywhere('rule_conditions: [{type: processing_item_applied, processing_item_id: first}]')).toBe(true)
    expect(everywhere('rule_conditions: [{type: processing_item_applied, processing_item_id: other}]')).toBe(false)
    expect(everywhere('rule_conditions: [{type: processing_state, key: seen, val: 2}]')).toBe(true)
    expect(everywhere('rule_conditions: [{type: processing_state, key: seen, val: 2, op: gt}]')).toBe(false)
    expect(everywhere('rule_conditions: [{type: processing_state, key: unseen, val: 2, op: ne}]')).toBe(false)
  })
})

describe('value transformations', () => {
  it.each<[string, string, string, Record<string, FieldValue>, boolean]>([
    [
      'replace_string',
      's: {A|startswith: "C:\\\\Windows"}',
      '- {type: replace_string, regex: "^C:", replacement: "D:"}',
      { A: 'D:\\Windows\\x' },
      true,
    ],
    [
      'replace_string keeps placement',
      's: {A|endswith: b}',
      '- {type: replace_string, regex: b, replacement: c}',
      { A: 'xc' },
      true,
    ],
    [
      'replace_string with groups',
      's: {A: host-12}',
      '- {type: replace_string, regex: "(\\\\w+)-(\\\\d+)", replacement: "\\\\2/\\\\1"}',
      { A: '12/host' },
      true,
    ],
    [
      'replace_string of a dollar',
      's: {A: a}',
      '- {type: replace_string, regex: a, replacement: "$1"}',
      { A: '$1' },
      true,
    ],
    [
      'replace_string of a number',
      's: {A: 12}',
      '- {type: replace_string, regex: "12", replacement: "13"}',
      { A: '13' },
      true,
    ],
    [
      'replace_string between wildcards',
      's: {A: "a*a"}',
      '- {type: replace_string, regex: "^a$", replacement: b, skip_special: true}',
      { A: 'bxb' },
      true,
    ],
    [
      'replace_string leaves regexes alone',
      's: {A|re: "a+"}',
      '- {type: replace_string, regex: a, replacement: b}',
      { A: 'aa' },
      true,
    ],
    ['map_string to many', 's: {A: x}', '- {type: map_string, mapping: {x: [y, z]}}', { A: 'z' }, true],
    ['map_string of others', 's: {A: [x, w]}', '- {type: map_string, mapping: {x: y}}', { A: 'w' }, true],
    ['map_string sees wildcards', 's: {A|contains: x}', '- {type: map_string, mapping: {"*x*": y}}', { A: 'y' }, true],
    [
      'map_string to nothing drops the value',
      's: {A: x, B: b}',
      '- {type: map_string, mapping: {x: []}}',
      { B: 'b' },
      true,
    ],
    ['case upper', 's: {A|cased: abC}', '- {type: case, method: upper}', { A: 'ABC' }, true],
    ['case snake', 's: {A|cased: someName}', '- {type: case, method: snake_case}', { A: 'some_name' }, true],
    ['set_value', 's: {A|contains: abc}', '- {type: set_value, value: 7}', { A: '7' }, true],
    ['set_value null', 's: {A: abc}', '- {type: set_value, value: null}', {}, true],
    ['convert_type', 's: {A: 5}', '- {type: convert_type, target_type: str}', { A: '5' }, true],
    ['regex', 's: {A|contains: "a.c"}', '- {type: regex}', { A: 'xA.Cx' }, true],
    ['regex of dots', 's: {A|contains: "a.c"}', '- {type: regex}', { A: 'xabcx' }, false],
    ['regex plain', 's: {A: "a?c*"}', '- {type: regex, method: plain}', { A: 'abcd' }, true],
    ['regex plain is cased', 's: {A: "a?c*"}', '- {type: regex, method: plain}', { A: 'Abcd' }, false],
    [
      'hashes_fields',
      's: {Hashes|contains: ["MD5=aa", "SHA256=bb"]}',
      '- {type: hashes_fields, valid_hash_algos: [MD5, SHA256], field_prefix: File}',
      { FileSHA256: 'BB' },
      true,
    ],
    [
      'hashes_fields without algorithm',
      's: {Hashes: "d41d8cd98f00b204e9800998ecf8427e"}',
      '- {type: hashes_fields, valid_hash_algos: [MD5], field_prefix: h, drop_algo_prefix: true}',
      { h: 'D41D8CD98F00B204E9800998ECF8427E' },
      true,
    ],
  ])('%s', (_, selection, steps, fields, expected) => {
    expect(answers(`${selection}\ncondition: s`, steps, [fields])).toEqual([expected])
  })
})

describe('transformations of a rule', () => {
  it('add conditions, negated or with the log source filled in', () => {
    const detection = 's: {A: x}\nt: {B: x}\ncondition: [s, t]'
    const events: Record<string, string>[] = [
      { A: 'x', Channel: 'Security' },
      { A: 'x' },
      { B: 'x', Channel: 'security' },
      { Channel: 'Security' },
    ]
    expect(answers(detection, '- {type: add_condition, conditions: {Channel: Security}}', events)).toEqual([
      true,
      false,
      true,
      false,
    ])
    expect(
      answers(detection, '- {type: add_condition, negated: true, conditions: {Channel: Security}}', events),
    ).toEqual([false, true, false, false])
    const template = '- {type: add_condition, template: true, conditions: {source: "$product/$category/$other"}}'
    expect(answers(detection, template, [{ A: 'x', source: 'windows/process_creation/$other' }])).toEqual([true])
  })
  it('change the log source', () => {
    const logSources = [{ product: 'windows', service: 'sysmon' }]
    const steps = '- {type: change_logsource, product: windows, service: sysmon}'
    expect(answers('s: {A: x}\ncondition: s', steps, [{ A: 'x' }], { logSources })).toEqual([true])
  })
  it('drop items, and what then asks for nothing', () => {
    const drop = '- {type: drop_detection_item, field_name_conditions: [{type: include_fields, fields: [B]}]}'
    expect(answers('s: {A: x, B: y}\ncondition: s', drop, [{ A: 'x' }])).toEqual([true])
    expect(answers('s: {A: x}\nt: {B: y}\ncondition: s and not t', drop, [{ A: 'x', B: 'y' }])).toEqual([true])
    expect(answers('s: {A: x}\nt: {B: y}\ncondition: all of them', drop, [{ A: 'x' }])).toEqual([true])
  })
  it('fill in placeholders from variables, or with wildcards', () => {
    const head = 'vars: {admins: [adm_1, "root*"]}'
    const detection = "s: {A|expand: 'x\\%%admins%'}\ncondition: s"
    const steps = '- {type: value_placeholders, include: [admins]}'
    expect(answers(detection, steps, [{ A: 'x%adm_1' }, { A: 'x%rooty' }, { A: 'x%' }], { head })).toEqual([
      true,
      true,
      false,
    ])
    expect(answers(detection, '- {type: wildcard_placeholders}', [{ A: 'x%anything' }])).toEqual([true])
  })
  it('nest steps', () => {
    const steps =
      '- type: nest\n  rule_conditions: [{type: logsource, product: windows}]\n  items:\n    - {type: field_name_mapping, mapping: {A: B}}'
    expect(answers('s: {A: x}\ncondition: s', steps, [{ B: 'x' }])).toEqual([true])
  })
  it('narrow rules by their filters, which change alike', () => {
    const filter =
      'title: f\nlogsource: {product: windows}\nfilter:\n  rules: any\n  selection: {A: y}\n  condition: not selection\n'
    const rules = rulesOf(ruleYaml('selection: {A: [x, y]}\ncondition: selection'))
    const filters = parseRules(filter, 'f.yml').others as SigmaFilter[]
    const output = applyPipelines({ rules, filters }, [pipelineOf('- {type: field_name_mapping, mapping: {A: B}}')])
    const [compiled] = compileRules(output.rules).compiled
    expect([{ B: 'x' }, { B: 'y' }].map((fields) => matches(compiled!, eventOf(fields)))).toEqual([true, false])
  })
})

describe('several pipelines', () => {
  it('run in the order of their priority, then in the order given', () => {
    const suffix = (text: string, priority: number): Pipeline =>
      pipelineOf(`- {type: field_name_suffix, suffix: ${text}}`, `priority: ${priority}`)
    const rules = rulesOf(ruleYaml('s: {A: x}\ncondition: s'))
    const output = applyPipelines({ rules }, [suffix('3', 20), suffix('1', 10), suffix('4', 20), suffix('0', -5)])
    const { body } = output.rules[0]!.detection.selections[0]!
    expect(body).toMatchObject({ item: { field: 'A0134' } })
  })
})

describe('what a pipeline refuses', () => {
  const refusals = (detection: string, steps: string): Pick<Diagnostic, 'code' | 'line' | 'message'>[] => {
    const output = applyPipelines({ rules: rulesOf(ruleYaml(detection)) }, [pipelineOf(steps)])
    expect(output.rules).toEqual([])
    return output.diagnostics.map(({ code, line, message }) => ({ code, line, message }))
  }
  const detection = 's: {A: x}\ncondition: s'
  it.each([
    ['- {type: rule_failure, message: not for us}', 1, 'not for us'],
    ['- {type: detection_item_failure, message: no field A here}', 4, 'no field A here'],
    ['- {type: drop_detection_item}', 1, 'the pipelines took out all that the rule looks for'],
    ['- {type: strict_field_mapping_failure}', 4, 'no mapping knows the field "A"'],
    ['- {type: hashes_fields, valid_hash_algos: [MD5]}', 4, 'no value is a hash of a known algorithm'],
  ])('%s', (steps, line, message) => {
    expect(refusals(detection, steps)).toEqual([{ code: 'SIGMA_PIPELINE_REFUSED', line, message }])
  })
  it('is a placeholder without a variable', () => {
    const [refusal] = refusals("s: {A|expand: '%x%'}\ncondition: s", '- {type: value_placeholders}')
    expect(refusal!.code).toBe('SIGMA_PIPELINE_REFUSED')
  })
  it('is a rule that grows without end', () => {
    const steps = Array.from({ length: 30 }, () => '- {type: field_name_mapping, mapping: {A: [A, A, A]}}').join('\n')
    expect(refusals(detection, steps)[0]!.message).toBe('the pipelines make the rule too large')
  })
})

describe('a pipeline file', () => {
  const said = (text: string): string[] =>
    readPipeline(text, 'p.yml').diagnostics.map(({ level, line, column, message, remedy }) =>
      [`${level} ${line}:${column} ${message}`, remedy].filter(Boolean).join('; '),
    )
  it.each([
    [
      'transformations:\n  - type: field_name_maping\n    mapping: {}',
      'error 2:5 there is no transformation "field_name_maping"; did you mean "field_name_mapping"?',
    ],
    ['transformations:\n  - type: field_name_suffix\n', 'error 2:5 "suffix" is missing'],
    [
      'transformations:\n  - {type: set_state, key: a, val: [1]}',
      'error 2:31 "val" must be a text, a number, true, false or null',
    ],
    [
      'transformations:\n  - {type: field_name_prefix, prefix: a, prefx: b}',
      'warning 2:42 the transformation "field_name_prefix" knows no "prefx"; did you mean "prefix"?',
    ],
    [
      'transformations:\n  - type: set_state\n    key: a\n    rule_conditions: [{type: logsorce}]',
      'error 4:24 there is no rule condition "logsorce"; did you mean "logsource"?',
    ],
    ['transformations: {}', 'error 1:1 "transformations" must be a list'],
    [
      'transformations:\n  - type: replace_string\n    regex: "(a"\n    replacement: b',
      'error 3:5 the regular expression "(a" cannot be used: missing closing ): `(a`',
    ],
    [
      'transformations:\n  - {type: replace_string, regex: a, replacement: "\\\\1"}',
      'error 2:38 the regular expression has no group "1"',
    ],
    [
      'transformations:\n  - type: query_expression_placeholders\n    expression: x',
      'warning 2:5 "query_expression_placeholders" puts a lookup of a query language in a value, and rules are not turned into queries here',
    ],
    ['postprocessing: []', 'warning 1:1 "postprocessing" works on queries, and rules are not turned into queries here'],
    ['priority: high', 'error 1:1 "priority" must be a number'],
    ['- a', 'error 1:1 a pipeline is a map with "transformations"'],
    ['', 'error 1:1 the file holds no pipeline'],
  ])('%j: %s', (text, expected) => {
    expect(said(text)).toContain(expected)
  })
  it('says everything that is wrong at once', () => {
    const text = 'transformations:\n  - type: nope\n  - type: set_state\n  - type: case\n    method: camel\n'
    const { pipeline, diagnostics } = readPipeline(text, 'p.yml')
    expect(pipeline).toBeUndefined()
    expect(diagnostics.map(({ line }) => line)).toEqual([2, 3, 5])
  })
  it('refuses bombs', () => {
    const deep = `transformations:\n${Array.from({ length: 8 }, (_, i) => `${'    '.repeat(i)}- type: nest\n${'    '.repeat(i)}  items:\n`).join('')}`
    expect(said(deep).join()).toContain('nested deeper than 5 levels')
    expect(said(`transformations:\n${'- {type: drop_detection_item}\n'.repeat(1_500)}`).join()).toContain(
      'more than 1000 transformations',
    )
    expect(said('['.repeat(10_000)).join()).toContain('nested too deeply')
    expect(said(`a: ${'x'.repeat(2_000_000)}`).join()).toContain('more than 1000000')
  })
})
