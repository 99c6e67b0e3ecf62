import { describe, expect, it } from 'vitest'
import { compileRules } from '../compile/compile.ts'
import { parseCondition } from '../condition/parse.ts'
import { DiagnosticSink } from '../diagnostics.ts'
import { isModifier, type Modifier, modifierNames } from '../modifiers.ts'
import { applyPipelines } from '../pipeline/apply.ts'
import { readPipeline } from '../pipeline/read-pipeline.ts'
import { buildPlan } from '../plan/plan.ts'
import { compileOne, eventOf, matches, ruleYaml } from '../testing.ts'
import { parseRules } from './parse-rules.ts'

declare const process: { env: Record<string, string | undefined> }

/** Texts of each kind; WATCHFLOOR_SIGMA_FUZZ_TEXTS asks for more, WATCHFLOOR_SIGMA_FUZZ_SEED for others. */
const textsWanted = Number(process.env.WATCHFLOOR_SIGMA_FUZZ_TEXTS ?? 400)
const firstSeed = Number(process.env.WATCHFLOOR_SIGMA_FUZZ_SEED ?? 1)

/** mulberry32: small, seeded, the same everywhere. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below)
  }
}

const whole = `title: Whole rule
id: 0b5a9f0e-3c1d-4e52-9a6b-7d2f11c0a001
status: test
level: high
date: 2026-01-01
tags: [attack.t1059]
logsource: {product: windows, category: process_creation}
detection:
  sel_a:
    Image|endswith: ['\\cmd.exe', '\\po*er?shell.exe']
    CommandLine|contains|all: [a, 'b\\*']
    Port|gte: 5
    Ip|cidr: 192.0.2.0/24
    Name|re|i: 'a(b|c)+$'
    User|expand: '%admins%'
  sel_b: [keyword, 'two words', 7]
  _c:
    - {A: null}
    - {B|exists: true}
  condition: (1 of sel_* or not _c) and all of them
`
const others = `---
title: Correlation
correlation:
  {type: value_count, rules: [a], group-by: [A], timespan: 5m, aliases: {x: {a: B}}, condition: {gte: 2, field: C}}
---
title: Filter
logsource: {product: windows}
filter: {rules: any, selection: {A|startswith: x}, condition: not selection}
`
const pipeline = `name: p
priority: 10
vars: {admins: [a, b]}
transformations:
  - {id: m, type: field_name_mapping, mapping: {Image: [A, B]}, rule_conditions: [{type: logsource, product: windows}]}
  - {type: value_placeholders}
  - type: nest
    items:
      - {type: replace_string, regex: '(a)', replacement: '\\1b'}
      - {type: add_condition, conditions: {C: d}, negated: true}
  - {type: set_state, key: k, val: 1, rule_conditions: {a: {type: is_sigma_rule}}, rule_cond_expr: not a}
`
const pieces = [
  ':', '- ', '\n', '  ', '"', "'", '[', ']', '{', '}', '&a ', '*a', '|', '>', '---\n', '#', '%', '\\', '*', '?', '!', '~', 'null',
  'condition: ', 'detection:', '|re', '|all', '|contains', '|exists', '|cidr', ' of ', ' and ', ' not ', '(', ')', '1', '\u0000', '\ud800',
  '😀', '\t', '<<: ', '!!binary ', '? ', 'transformations:', 'type: ', '0x1F', '.inf', '2026-01-01', '__proto__', 'constructor',
] // biome-ignore format: one glance

/** A sound text with some of it torn out, doubled, or replaced. */
function mutated(text: string, random: (below: number) => number): string {
  let result = text
  for (let i = random(6) + 1; i > 0; i--) {
    const at = random(result.length + 1)
    const to = Math.min(result.length, at + random(random(4) === 0 ? 200 : 6))
    const roll = random(4)
    const put = roll === 0 ? '' : roll === 1 ? result.slice(at, to).repeat(2) : (pieces[random(pieces.length)] ?? '')
    result = result.slice(0, at) + put + result.slice(to)
  }
  return result
}

const event = eventOf({ Image: 'C:\\cmd.exe', CommandLine: 'a b*', A: 'x', B: '1', Port: 7 }, { raw: 'keyword' })

/** The slowest of the calls, ms; a fuzz test that hangs would say nothing of which text it was. */
const slowestOf = (texts: Iterable<string>, call: (text: string) => void): { ms: number; text: string } => {
  let slowest = { ms: 0, text: '' }
  for (const text of texts) {
    const before = performance.now()
    call(text)
    const ms = performance.now() - before
    if (ms > slowest.ms) slowest = { ms, text }
  }
  return slowest
}

declare const performance: { now(): number }

function* mutations(text: string): Generator<string> {
  for (let i = 0; i < textsWanted; i++) yield mutated(text, randomOf(firstSeed * 1_000_003 + i))
}

describe('whatever stands in a file', { timeout: 300_000 }, () => {
  it(`${textsWanted} broken rule files: each is read, and what was read compiles, runs, and is the same again`, () => {
    let rules = 0
    const slowest = slowestOf(mutations(whole + others), (text) => {
      const parsed = parseRules(text, 'f.yml')
      expect(parsed.diagnostics.every(({ line, column }) => line >= 1 && column >= 1)).toBe(true)
      if (parsed.refused.length > 0) expect(parsed.diagnostics.some(({ level }) => level === 'error')).toBe(true)
      rules += parsed.rules.length
      const filters = parsed.others.filter((one) => one.kind === 'filter')
      const placeholders = new Map([['admins', ['x']]])
      buildPlan(compileRules(parsed.rules, { filters, placeholders }).compiled).match(event)
      for (const rule of parsed.rules) {
        const again = parseRules(rule.text, 'f.yml').rules[0]
        expect(again?.detection.conditions).toEqual(rule.detection.conditions)
      }
    })
    expect(rules).toBeGreaterThan(textsWanted / 20)
    expect(slowest.ms, slowest.text).toBeLessThan(5_000)
  })

  it(`${textsWanted} broken pipelines: each is read, and what was read changes a rule or refuses it`, () => {
    const { rules } = parseRules(whole, 'r.yml')
    let sound = 0
    const slowest = slowestOf(mutations(pipeline), (text) => {
      const { pipeline: read, diagnostics } = readPipeline(text, 'p.yml')
      if (read === undefined) {
        expect(diagnostics.some(({ level }) => level === 'error')).toBe(true)
        return
      }
      sound++
      const output = applyPipelines({ rules }, [read])
      expect(output.rules.length + output.diagnostics.length).toBeGreaterThan(0)
      buildPlan(compileRules(output.rules).compiled).match(event)
    })
    expect(sound).toBeGreaterThan(textsWanted / 20)
    expect(slowest.ms, slowest.text).toBeLessThan(5_000)
  })

  it('20,000 conditions: each is parsed or refused with a place in it', () => {
    const words = [
      'a',
      'b',
      'sel_*',
      '*',
      'them',
      'and',
      'or',
      'not',
      '1',
      'all',
      'any',
      'of',
      '(',
      ')',
      '|',
      '2',
      '&',
      ' ',
      '\n',
      'count()',
      '_x',
      '99999',
    ]
    const random = randomOf(firstSeed)
    let parsed = 0
    for (let i = 0; i < 20_000; i++) {
      const text = Array.from({ length: random(12) }, () => words[random(words.length)]).join(
        random(5) === 0 ? '' : ' ',
      )
      const sink = new DiagnosticSink('c.yml')
      const condition = parseCondition(text, ['a', 'b', 'sel_1', 'sel_2', '_x'], sink, (offset) => {
        expect(offset).toBeLessThanOrEqual(text.length)
        return { line: 1, column: offset + 1 }
      })
      expect(condition === undefined, text).toBe(sink.errors > 0)
      if (condition !== undefined) parsed++
    }
    expect(parsed).toBeGreaterThan(200)
  })
})

describe('every chain of two modifiers', () => {
  const values: Readonly<Partial<Record<Modifier, string>>> = {
    exists: 'true', cidr: '192.0.2.0/24', lt: '5', lte: '5', gt: '5', gte: '5', minute: '5', hour: '5', day: '5', week: '5', month: '5',
    year: '5', fieldref: 'G', re: 'a+', i: 'a+', m: 'a+', s: 'a+',
  } // biome-ignore format: one glance
  const pairs = modifierNames.flatMap((a) => modifierNames.map((b) => [a, b] as const))
  it('is refused with a remedy, or means the same to plan and oracle', () => {
    let accepted = 0
    for (const [a, b] of pairs) {
      const value = values[a] ?? values[b] ?? 'ab'
      const list = [a, b].includes('all') && value !== 'true' ? `[${value}, ${value}]` : value
      const yaml = ruleYaml(`s: {F|${a}|${b}: ${list}}\ncondition: s`)
      const { rules, diagnostics } = parseRules(yaml, 'm.yml')
      const errors = diagnostics.filter(({ level }) => level === 'error')
      if (rules.length === 0) {
        expect(errors[0]?.code, `${a}|${b}`).toMatch(/SIGMA_MODIFIER/)
        expect(errors[0]?.remedy ?? errors[0]?.message, `${a}|${b}`).toBeTruthy()
        continue
      }
      accepted++
      const rule = compileOne(yaml)
      for (const F of ['ab', 'AB', 'xabx', '7', 7, '192.0.2.7', 'YWI=', '2026-05-05T05:05:05Z', null, ['ab', 'x']])
        matches(rule, eventOf({ F, G: 'ab' }))
      matches(rule, eventOf({}))
    }
    expect(accepted).toBeGreaterThan(pairs.length / 5)
    expect(accepted).toBeLessThan(pairs.length / 1.5)
    expect(modifierNames.every(isModifier)).toBe(true)
  })
})

describe('values made to take long', { timeout: 60_000 }, () => {
  const long = 'a'.repeat(1_000_000)
  const cases: readonly [string, string, string, string | undefined][] = [
    ['50,000 wildcards', `'${'*a'.repeat(50_000)}'`, '', 'SIGMA_TOO_MANY_WILDCARDS'],
    ['50,000 question marks', `'*${'?'.repeat(50_000)}b*'`, '', 'SIGMA_TOO_MANY_WILDCARDS'],
    ['as many wildcards as may be', `'${'*a'.repeat(990)}*b'`, '', undefined],
    ['as many question marks as may be', `'*${'a?'.repeat(20)}b*'`, '', undefined],
    ['a text that begins again everywhere', `'${'a'.repeat(50_000)}b'`, '|contains', undefined],
    ['a regex that backtracks', "'(a+)+$b'", '|re', undefined],
    ['a regex that is in many states at once', "'b(a|aa){1000}c'", '|re', undefined],
    ['a regex of many characters', "'b.{5000}c$'", '|re', undefined],
    ['a regex with repetitions of repetitions', "'((a{100}){100}){100}'", '|re', 'SIGMA_BAD_REGEX'],
    [
      '19,000 regexes',
      `[${Array.from({ length: 19_000 }, (_, i) => `'x${i}a{999}'`).join(',')}]`,
      '|re',
      'SIGMA_BAD_REGEX',
    ],
    ['dashes that have many spellings', `'${' -a'.repeat(9)}'`, '|windash', 'SIGMA_TOO_MANY_VARIANTS'],
    [
      '19,000 values whose dashes have many spellings',
      `[${Array.from({ length: 19_000 }, (_, i) => `'-z${i} -a -b -c -d'`).join(',')}]`,
      '|windash|contains',
      'SIGMA_TOO_MANY_VARIANTS',
    ],
    ['a value encoded again and again', "'zz'", '|base64|base64|base64|base64|contains', undefined],
    ['a value encoded too often', "'zz'", '|base64|base64|base64|base64|base64|contains', 'SIGMA_MODIFIER_COMBINATION'],
    [
      'a long value that each encoding makes longer',
      `'${'z'.repeat(900_000)}'`,
      '|wide|wide|wide|base64offset|contains',
      'SIGMA_TOO_MANY_VARIANTS',
    ],
  ]
  it.each(cases)('%s: bounded', (_, value, modifier, code) => {
    const before = performance.now()
    const { rules, diagnostics } = parseRules(ruleYaml(`s: {F${modifier}: ${value}}\ncondition: s`), 'v.yml')
    expect(diagnostics.map((one) => one.code)).toEqual(code === undefined ? [] : [code])
    const plan = buildPlan(compileRules(rules).compiled)
    expect(plan.match(eventOf({ F: `b${long}` }))).toEqual([])
    expect(performance.now() - before).toBeLessThan(15_000)
  })
})
