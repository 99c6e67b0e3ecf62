import { parseCondition } from '../condition/parse.ts'
import { type Diagnostic, DiagnosticSink, type Position, quoted } from '../diagnostics.ts'
import type { Condition, SigmaCorrelation } from '../rule.ts'
import { didYouMean } from '../suggest.ts'
import type { Comparison, CompiledCorrelation, CorrelationInput } from './compiled.ts'

/** A rule that correlations may refer to, by any of these. */
export interface RuleName {
  /** What the caller calls it; matches come in under this key. */
  readonly key: string
  readonly id: string | null
  readonly name: string | null
}

export interface CorrelationSource {
  readonly key: string
  readonly rule: SigmaCorrelation
}

export interface CorrelationCompilation {
  /** In an order in which each comes after the correlations that it refers to. */
  readonly compiled: CompiledCorrelation[]
  readonly diagnostics: Diagnostic[]
  /** Keys of those with errors. */
  readonly refused: string[]
}

type Body = SigmaCorrelation['correlation']
type Target = { readonly kind: 'rule' | 'correlation'; readonly key: string }
type State = 'open' | 'sound' | 'refused'

const MAX_INPUTS = 200
/** Subsets of the rules are tried in order, so there must not be many. */
const MAX_ORDERED_EXPRESSION = 10

/**
 * Finds the rules and correlations that correlations refer to, by id or name, and checks what can be checked only then. Those with
 * errors are left out, and so is whatever builds on them.
 */
export function compileCorrelations(
  correlations: readonly CorrelationSource[],
  rules: readonly RuleName[],
): CorrelationCompilation {
  return new Resolver(correlations, rules).all()
}

/** What is wrong with a correlation by itself, whatever rules there are beside it. */
export function checkCorrelation(rule: SigmaCorrelation): Diagnostic[] {
  const own = [rule.id?.toLowerCase(), rule.name]
  const others = [...new Set(rule.correlation.rules)].filter(
    (named) => !own.includes(named) && !own.includes(named.toLowerCase()),
  )
  const key = 'itself'
  return compileCorrelations(
    [{ key, rule }],
    others.map((named, number) => ({ key: `rule ${number}`, id: null, name: named })),
  ).diagnostics
}

class Resolver {
  readonly #correlations: readonly CorrelationSource[]
  readonly #byKey: ReadonlyMap<string, CorrelationSource>
  readonly #targets = new Map<string, Target[]>()
  readonly #states = new Map<string, State>()
  readonly #sinks = new Map<string, DiagnosticSink>()
  readonly #compiled: CompiledCorrelation[] = []

  constructor(correlations: readonly CorrelationSource[], rules: readonly RuleName[]) {
    this.#correlations = correlations
    this.#byKey = new Map(correlations.map((one) => [one.key, one]))
    for (const { key, id, name } of rules) this.#declare({ kind: 'rule', key }, id, name)
    for (const { key, rule } of correlations) this.#declare({ kind: 'correlation', key }, rule.id, rule.name)
  }

  #declare(target: Target, id: string | null, name: string | null): void {
    for (const called of new Set([target.key, id?.toLowerCase(), name])) {
      if (called === null || called === undefined) continue
      const known = this.#targets.get(called)
      if (known === undefined) this.#targets.set(called, [target])
      else if (!known.some((one) => one.key === target.key)) known.push(target)
    }
  }

  all(): CorrelationCompilation {
    for (const { key } of this.#correlations) this.#visit(key, [])
    const refused = this.#correlations.map(({ key }) => key).filter((key) => this.#states.get(key) === 'refused')
    return { compiled: this.#compiled, diagnostics: [...this.#sinks.values()].flatMap((sink) => sink.list), refused }
  }

  /** @param path keys of the correlations that led here, for telling a cycle */
  #visit(key: string, path: readonly string[]): State {
    const known = this.#states.get(key)
    if (known !== undefined) return known
    const { rule } = this.#byKey.get(key) as CorrelationSource
    const sink = new DiagnosticSink(rule.file)
    this.#sinks.set(key, sink)
    this.#states.set(key, 'open')
    const compiled = this.#compile(key, rule, sink, [...path, key])
    // A cycle that was met further down has refused this one meanwhile.
    const state = compiled === undefined || sink.errors > 0 ? 'refused' : 'sound'
    this.#states.set(key, state)
    if (state === 'sound' && compiled !== undefined) this.#compiled.push(compiled)
    return state
  }

  #compile(
    key: string,
    { correlation: body }: SigmaCorrelation,
    sink: DiagnosticSink,
    path: readonly string[],
  ): CompiledCorrelation | undefined {
    const { type, timespanMs } = body
    if (type === null || timespanMs === null) return undefined
    if (body.rules.length > MAX_INPUTS)
      sink.error('SIGMA_CORRELATION_INVALID', body.places.body, `more than ${MAX_INPUTS} rules in one correlation`)
    const inputs = this.#inputs(body, sink, path)
    checkAliases(body, sink)
    const expression = expressionOf(body, sink)
    const compare = body.condition?.compare ?? []
    checkCondition(body, compare, sink)
    return {
      key,
      type,
      timespanMs,
      inputs,
      groupBy: body.groupBy,
      compare,
      percentile: type === 'value_median' ? 50 : (body.condition?.percentile ?? null),
      expression,
      generate: body.generate,
      judged: growsOnly(type, compare, expression) ? 'at-once' : 'when-settled',
    }
  }

  #inputs(body: Body, sink: DiagnosticSink, path: readonly string[]): CorrelationInput[] {
    const inputs: CorrelationInput[] = []
    for (const [position, name] of body.rules.slice(0, MAX_INPUTS).entries()) {
      const at = body.places.rules[position] ?? body.places.body
      const target = this.#find(name, at, sink)
      if (target === undefined) continue
      if (inputs.some((one) => one.source === target.key)) {
        sink.warning('SIGMA_DUPLICATE_ITEM', at, `the rule ${quoted(name)} is named twice`)
        continue
      }
      if (target.kind === 'correlation' && !this.#mayUse(target, name, at, sink, path)) continue
      const fields = (names: readonly string[], places: readonly Position[]) =>
        names.map((field, index) => this.#fieldOf(body, field, name, target, places[index] ?? at, sink))
      inputs.push({
        source: target.key,
        kind: target.kind,
        name,
        groupFields: fields(body.groupBy, body.places.groupBy),
        valueFields: fields(body.condition?.fields ?? [], []),
      })
    }
    return inputs
  }

  #find(name: string, at: Position, sink: DiagnosticSink): Target | undefined {
    const found = this.#targets.get(name) ?? this.#targets.get(name.toLowerCase()) ?? []
    if (found.length === 1) return found[0]
    if (found.length > 1) {
      const remedy = 'refer to it by its id'
      sink.error('SIGMA_CORRELATION_AMBIGUOUS_RULE', at, `${found.length} rules are called ${quoted(name)}`, remedy)
      return undefined
    }
    const remedy = didYouMean(name, this.#targets.keys()) ?? 'load the rule too, or give it this id or name'
    sink.error('SIGMA_CORRELATION_UNKNOWN_RULE', at, `there is no rule ${quoted(name)}`, remedy)
    return undefined
  }

  /** Whether another correlation is sound and does not lead back here. */
  #mayUse(target: Target, name: string, at: Position, sink: DiagnosticSink, path: readonly string[]): boolean {
    const from = path.indexOf(target.key)
    if (from >= 0) {
      const titles = [...path.slice(from), target.key].map((key) => quoted(this.#byKey.get(key)?.rule.title ?? key))
      const message = `the correlation refers to itself: ${titles.join(' → ')}`
      sink.error('SIGMA_CORRELATION_CYCLE', at, message, 'leave one of them out')
      return false
    }
    if (this.#visit(target.key, path) === 'sound') return true
    sink.error(
      'SIGMA_CORRELATION_UNKNOWN_RULE',
      at,
      `the correlation ${quoted(name)} has errors`,
      'mend that one first',
    )
    return false
  }

  /** The field of a rule's events that stands behind a name; a correlation has only what it groups by. */
  #fieldOf(body: Body, field: string, rule: string, target: Target, at: Position, sink: DiagnosticSink): string {
    const alias = body.aliases[field]
    const own = alias === undefined ? field : fieldForRule(alias, rule, target, this.#targets)
    if (own === undefined) {
      const message = `the alias ${quoted(field)} gives no field for the rule ${quoted(rule)}`
      sink.error('SIGMA_CORRELATION_ALIAS', at, message, `add "${rule}: FIELD" under the alias`)
      return field
    }
    const grouped = target.kind === 'correlation' ? this.#byKey.get(target.key)?.rule.correlation.groupBy : undefined
    if (grouped !== undefined && !grouped.includes(own))
      sink.error(
        'SIGMA_CORRELATION_FIELD',
        at,
        `the correlation ${quoted(rule)} does not group by ${quoted(own)}, so its hits have no such field`,
        grouped.length === 0 ? undefined : `it groups by ${grouped.join(', ')}`,
      )
    return own
  }
}

/** An alias may call the rule by another of its names than the list of rules does. */
function fieldForRule(
  alias: Readonly<Record<string, string>>,
  rule: string,
  target: Target,
  targets: ReadonlyMap<string, readonly Target[]>,
): string | undefined {
  if (alias[rule]) return alias[rule]
  for (const [called, field] of Object.entries(alias)) {
    const meant = targets.get(called) ?? targets.get(called.toLowerCase())
    if (field && meant?.length === 1 && meant[0]?.key === target.key) return field
  }
  return undefined
}

function checkAliases({ aliases, groupBy, condition, places }: Body, sink: DiagnosticSink): void {
  for (const alias of Object.keys(aliases))
    if (!groupBy.includes(alias) && !condition?.fields.includes(alias))
      sink.warning(
        'SIGMA_CORRELATION_ALIAS',
        places.aliases,
        `the alias ${quoted(alias)} is not used`,
        'name it under "group-by:"',
      )
}

function expressionOf({ type, rules, condition, places }: Body, sink: DiagnosticSink): Condition | null {
  if (condition === null || condition.text === null) return null
  const at = (offset: number) => ({ line: places.condition.line, column: places.condition.column + offset })
  const names = [...new Set(rules)]
  if (type === 'temporal_ordered' && names.length > MAX_ORDERED_EXPRESSION)
    sink.error(
      'SIGMA_CORRELATION_INVALID',
      places.condition,
      `a condition over the order of more than ${MAX_ORDERED_EXPRESSION} rules`,
      'split the correlation',
    )
  return parseCondition(condition.text, names, sink, at) ?? null
}

function checkCondition(body: Body, compare: readonly Comparison[], sink: DiagnosticSink): void {
  const { type, condition, places } = body
  const wrong = (message: string, remedy?: string) =>
    sink.error('SIGMA_CORRELATION_INVALID', places.condition, message, remedy)
  if (condition === null) return
  const many = condition.fields.length > 1
  if (many && type !== 'value_count') wrong(`a correlation of type ${type} computes with one field`)
  const { percentile } = condition
  if (percentile !== null && (percentile < 0 || percentile > 100)) wrong('a percentile lies between 0 and 100')
  if (percentile !== null && type !== 'value_percentile') wrong(`a correlation of type ${type} has no percentile`)
  if (compare.length > 0 && !canHold(compare)) wrong('the comparisons contradict each other: they can never all hold')
}

/** Whether some number meets all comparisons. */
function canHold(compare: readonly Comparison[]): boolean {
  const equal = compare.find((one) => one.op === 'eq')
  if (equal) return compare.every((one) => meets(one, equal.value))
  const lower = compare.filter(({ op }) => op === 'gt' || op === 'gte')
  const upper = compare.filter(({ op }) => op === 'lt' || op === 'lte')
  return lower.every((low) =>
    upper.every((up) => low.value < up.value || (low.value === up.value && low.op === 'gte' && up.op === 'lte')),
  )
}

export function meets({ op, value: wanted }: Comparison, value: number): boolean {
  switch (op) {
    case 'gt':
      return value > wanted
    case 'gte':
      return value >= wanted
    case 'lt':
      return value < wanted
    case 'lte':
      return value <= wanted
    case 'eq':
      return value === wanted
    case 'neq':
      return value !== wanted
  }
}

/** Whether further events can only make the condition true. */
function growsOnly(
  type: CompiledCorrelation['type'],
  compare: readonly Comparison[],
  expression: Condition | null,
): boolean {
  if (type === 'value_avg' || type === 'value_median' || type === 'value_percentile') return false
  return compare.every(({ op }) => op === 'gt' || op === 'gte') && (expression === null || !negates(expression))
}

function negates(condition: Condition): boolean {
  if (condition.op === 'not') return true
  return (condition.op === 'and' || condition.op === 'or') && condition.of.some(negates)
}
