import type { FieldValue, LogSource } from '../../event/index.ts'
import { type CompiledRule, compileRules } from '../compile/compile.ts'
import { fits, type MatchableEvent, matchCompiled } from '../compile/evaluate.ts'
import { matchNaive } from '../oracle/naive.ts'
import { parseRules } from '../read/parse-rules.ts'
import type { SigmaFilter } from '../rule.ts'
import { eventOf } from '../testing.ts'
import { buildPlan, type Plan } from './plan.ts'

const RULES_A_ROUND = 40
/** Conditions are made into code after some evaluations: enough events that many are. */
const EVENTS_A_ROUND = 120
const FILTERS_A_ROUND = 6

/** mulberry32: small, seeded, the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Few fields and few letters, so that rules and events meet often. */
class RuleGenerator {
  readonly #random: () => number

  constructor(seed: number) {
    this.#random = randomOf(seed)
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }
  pick<T>(among: readonly T[]): T {
    return among[this.below(among.length)]!
  }
  chance(of: number): boolean {
    return this.#random() < of
  }
  many<T>(min: number, max: number, make: () => T): T[] {
    return Array.from({ length: min + this.below(max - min + 1) }, make)
  }

  text(): string {
    if (this.chance(0.06))
      return this.pick(['192.0.2.7', '10.1.2.3', '2001:db8::7', '::ffff:10.0.0.9', '2026-11-21T10:07:00', '2026-01-01'])
    if (this.chance(0.05)) return this.pick(['', 'null', 'true', '1', '42', '4.5', 'Zm9v', 'xYWJjx', 'a\0b\0'])
    return this.many(0, 6, () =>
      this.pick([
        'a',
        'b',
        'A',
        'B',
        'ab',
        'abcd',
        '\\',
        '\\ab',
        ' -a',
        '/b',
        'ä',
        'Ä',
        'ς',
        'Σ',
        'ſ',
        'K',
        '😀',
        '.',
        '\n',
      ]),
    ).join('')
  }
  scalar(): FieldValue {
    return this.chance(0.75)
      ? this.text()
      : this.pick<FieldValue>([0, 1, 42, 4.5, -7, true, false, null, 1_795_255_620])
  }
  value(): FieldValue {
    return this.chance(0.8)
      ? this.scalar()
      : this.many(0, 3, () => (this.chance(0.1) ? [this.scalar()] : this.scalar()))
  }
  event() {
    const fields: Record<string, FieldValue> = {}
    for (const name of ['A', 'B', 'C', 'D']) if (this.chance(0.7)) fields[name] = this.value()
    const sources: LogSource[] = this.many(0, 2, () => this.pick(sourceTuples))
    return eventOf(fields, { raw: this.chance(0.5) ? this.text() : JSON.stringify(fields), logSources: sources })
  }

  pattern(): string {
    return this.chance(0.25)
      ? `${this.text()}${this.pick(['*', '?', '\\*', '\\\\*', '**', '?*'])}${this.text()}`
      : this.text()
  }
  plain(): string {
    return this.pick(['a', 'ab', 'abc', 'foo', 'ä', 'b\\'])
  }
  /** A key with modifiers, and values that fit them. */
  item(field: string): [string, unknown] {
    const values = (one: () => unknown): unknown => (this.chance(0.5) ? one() : this.many(1, 4, one))
    const place = this.pick(['', '|contains', '|startswith', '|endswith'])
    const list = this.pick(['', '', '', '|all', '|neq'])
    const any: [string, unknown][] = [
      [`${place}${list}`, values(() => (this.chance(0.15) ? this.pick([1, 42, true, 4.5]) : this.pattern()))],
      [`${place}|contains${list}`.replace(/\|\w+(\|contains)/, '$1'), values(() => this.pattern())],
      [`${place}|cased${list}`, values(() => this.pattern())],
      [`${place || '|contains'}|windash${list}`, values(() => this.pick([' -a', '/b', ' -a /b', 'a-b', '-ab*']))],
      [`|${this.pick(['base64', 'base64offset'])}${place || '|contains'}${list}`, values(() => this.plain())],
      [
        `|${this.pick(['wide', 'utf16le', 'utf16be', 'utf16'])}|base64offset${place || '|contains'}`,
        values(() => this.plain()),
      ],
      [`|wide${place}`, values(() => this.plain())],
      [
        `|re${this.pick(['', '|i', '|s', '|i|m'])}${list}`,
        values(() =>
          this.pick([
            'a+b',
            '^ab',
            'ab$',
            'a|b',
            '(ab)+',
            'a.b',
            '[ab]{2}',
            'x?ab',
            'ab*c?d',
            '^$',
            'S',
            'k|ς',
            '\\.a',
          ]),
        ),
      ],
    ]
    if (field === '')
      return this.pick([
        any[0]!,
        any[1]!,
        any[7]!,
        ['', values(() => this.pattern())],
        ['|all', [this.text(), this.text()]],
      ])
    const typed: [string, unknown][] = [
      [this.pick(['', '|neq']), null],
      ['|exists', this.chance(0.5)],
      [`|cidr${list}`, values(() => this.pick(['10.0.0.0/8', '192.0.2.0/29', '2001:db8::/32', '0.0.0.0/0', '::/0']))],
      [`|${this.pick(['lt', 'lte', 'gt', 'gte'])}${list}`, values(() => this.pick([0, 1, 42, 4.5, -7]))],
      [
        `|${this.pick(['minute', 'hour', 'day', 'week', 'month', 'year'])}${this.pick(['', '|gt', '|lte'])}${list}`,
        values(() => this.pick([1, 7, 10, 11, 21, 2026, 47])),
      ],
      [`|fieldref${place}${this.pick(['', '|cased', '|neq'])}`, this.pick(['A', 'B', 'C'])],
    ]
    return this.chance(0.7) ? this.pick(any) : this.pick(typed)
  }
  map(): Record<string, unknown> {
    const map: Record<string, unknown> = {}
    for (const field of this.many(1, 3, () => this.pick(['A', 'B', 'C', 'D']))) {
      const [modifiers, values] = this.item(field)
      map[field + modifiers] = values
    }
    return map
  }
  selection(): unknown {
    if (this.chance(0.6)) return this.map()
    if (this.chance(0.5)) return this.many(1, 3, () => this.map())
    const [modifiers, values] = this.item('')
    return modifiers === '' && Array.isArray(values) ? values : { [modifiers]: values }
  }
  condition(depth = 0): string {
    const roll = this.below(depth > 2 ? 3 : 8)
    if (roll < 2) return this.pick(['sel_a', 'sel_b', 'other', '_hidden'])
    if (roll === 2) return `${this.pick(['1', 'all', '2'])} of ${this.pick(['sel_*', 'them', '*'])}`
    if (roll < 5) return `${this.condition(depth + 1)} and ${this.condition(depth + 1)}`
    if (roll === 5) return `${this.condition(depth + 1)} or ${this.condition(depth + 1)}`
    return roll === 6 ? `not ${this.condition(depth + 1)}` : `(${this.condition(depth + 1)})`
  }
  detection(): Record<string, unknown> {
    const names = ['sel_a', 'sel_b', 'other', '_hidden']
    return { ...Object.fromEntries(names.map((name) => [name, this.selection()])), condition: this.condition() }
  }
  rule(name: string): string {
    const [source, detection] = [JSON.stringify(this.pick(ruleSources)), JSON.stringify(this.detection())]
    return `title: fuzz\nname: ${name}\nlogsource: ${source}\ndetection: ${detection}\n`
  }
  filter(): string {
    const rules = this.chance(0.1) ? 'any' : this.many(1, 3, () => `rule_${this.below(RULES_A_ROUND)}`)
    const body = { rules, ...this.detection() }
    return `title: fuzz\nlogsource: ${JSON.stringify(this.pick(ruleSources))}\nfilter: ${JSON.stringify(body)}\n`
  }
}

const sourceTuples: LogSource[] = [
  { product: 'windows', category: 'process_creation' },
  { product: 'windows', service: 'sysmon' },
  { product: 'linux' },
]
const ruleSources: LogSource[] = [...sourceTuples, { product: 'windows' }, { category: 'process_creation' }]

export interface Counts {
  pairs: number
  hits: number
  /** Rules that were asked for, and those of them that compile. */
  generated: number
  read: number
  narrowed: number
}

/** The ways to an answer that must agree. */
export class Answers {
  readonly compiled: readonly CompiledRule[]
  readonly #filters: readonly SigmaFilter[]
  readonly #plan: Plan
  readonly #interpreted: Plan

  constructor(compiled: readonly CompiledRule[], filters: readonly SigmaFilter[]) {
    this.compiled = compiled
    this.#filters = filters
    this.#plan = buildPlan(compiled, { compilesAfter: 20 })
    this.#interpreted = buildPlan(compiled, { compilesAfter: Infinity })
  }

  /** Asks plan (compiled and interpreted conditions), rules one by one, and oracle about one event.
   *  @throws Error naming the rule and the event on which they differ */
  ask(event: MatchableEvent, counts: Counts, where: string): void {
    const planned = new Set(this.#plan.match(event).map(({ index }) => index))
    const interpreted = new Set(this.#interpreted.match(event).map(({ index }) => index))
    for (const [index, rule] of this.compiled.entries()) {
      const naive = matchNaive(rule.rule, event, new Map(), this.#filters)
      const ofSource = event.logSources.some((source) => fits(rule.rule.logSource, source))
      const answers = {
        plan: planned.has(index),
        interpreted: interpreted.has(index),
        alone: ofSource && matchCompiled(rule, event),
        oracle: naive,
      }
      if (Object.values(answers).some((one) => one !== naive))
        throw new Error(`${where}: ${JSON.stringify(answers)}\n${rule.rule.text}\n${JSON.stringify(event)}`)
      if (naive) counts.hits++
    }
    counts.pairs += this.compiled.length
  }
}

/** Compares the ways to an answer on generated rules, filters and events until so many pairs of a rule and an event were asked. */
export function askGenerated(pairsWanted: number, firstSeed: number): Counts {
  const counts: Counts = { pairs: 0, hits: 0, generated: 0, read: 0, narrowed: 0 }
  for (let seed = firstSeed; counts.pairs < pairsWanted; seed++) {
    const generator = new RuleGenerator(seed)
    const files = Array.from({ length: RULES_A_ROUND }, (_, i) =>
      parseRules(generator.rule(`rule_${i}`), `seed ${seed}`),
    )
    const narrowing = Array.from({ length: FILTERS_A_ROUND }, () => parseRules(generator.filter(), `seed ${seed}`))
    const filters = narrowing.flatMap(({ others }) => others.filter((one) => one.kind === 'filter'))
    const { compiled } = compileRules(
      files.flatMap(({ rules }) => rules),
      { filters },
    )
    counts.narrowed += compiled.filter((one) => one.filters.length > 0).length
    counts.generated += files.length
    counts.read += compiled.length
    const answers = new Answers(compiled, filters)
    for (let i = 0; i < EVENTS_A_ROUND; i++) answers.ask(generator.event(), counts, `seed ${seed}`)
  }
  return counts
}
