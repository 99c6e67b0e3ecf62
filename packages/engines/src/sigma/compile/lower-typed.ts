import { writtenOutSize } from '../../regex/index.ts'
import { type DiagnosticSink, quoted } from '../diagnostics.ts'
import { type Modifier, modifierFamilies, type TimePart } from '../modifiers.ts'
import type { CompareOp, DetectionItem, RuleValue } from '../rule.ts'
import { type DetectionBudget, spend } from './detection-budget.ts'
import type { Lowering } from './lowering.ts'
import { parseNetwork } from './network.ts'
import { readPattern } from './pattern.ts'
import { type Expr, nothing, type Placement, type Predicate, type PredicateSource } from './predicate.ts'
import { compileRegex } from './regex.ts'

type Typed = 'exists' | 'number' | 'network' | 'regex' | 'reference'
type Source = Omit<PredicateSource, 'shown'>

/** Which kind of value an item's modifiers make of its values; nothing when they stay texts. */
export function typedFamily(item: DetectionItem): Typed | undefined {
  for (const modifier of item.modifiers) {
    const family = modifierFamilies[modifier]
    if (family === 'exists' || family === 'network' || family === 'regex' || family === 'reference') return family
    if (family === 'compare' || family === 'time') return 'number'
  }
  return undefined
}

export function lowerTyped(
  typed: Typed,
  item: DetectionItem,
  value: RuleValue,
  source: Source,
  { sink, budget }: Pick<Lowering, 'sink' | 'budget'>,
): Expr {
  switch (typed) {
    case 'exists':
      return lowerExists(item, value, source, sink)
    case 'number':
      return lowerNumber(item, value, source, sink)
    case 'network':
      return lowerNetwork(item, value, source, sink)
    case 'regex':
      return lowerRegex(item, value, source, sink, budget)
    case 'reference':
      return lowerReference(item, value, source, sink)
  }
}

const test = (predicate: Predicate, source: Source): Expr => ({
  op: 'test',
  predicate,
  source: { ...source, shown: source.pattern },
})

const pick = <M extends Modifier>(item: DetectionItem, among: readonly M[]): M | undefined =>
  among.find((one) => item.modifiers.includes(one))

function lowerExists(item: DetectionItem, value: RuleValue, source: Source, sink: DiagnosticSink): Expr {
  if (value.type !== 'boolean' || item.values.length > 1) {
    sink.error('SIGMA_MODIFIER_VALUE', value.at, '"exists" needs true or false', `write ${item.field}|exists: true`)
    return nothing
  }
  const present = test({ kind: 'present', field: item.field! }, source)
  return value.value ? present : { op: 'not', of: present }
}

const ops: readonly CompareOp[] = ['lt', 'lte', 'gt', 'gte']
const parts: readonly TimePart[] = ['minute', 'hour', 'day', 'week', 'month', 'year']
const partRange: Readonly<Record<TimePart, readonly [number, number]>> = {
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  week: [1, 53],
  month: [1, 12],
  year: [0, 9999],
}

function lowerNumber(item: DetectionItem, value: RuleValue, source: Source, sink: DiagnosticSink): Expr {
  const [op, part] = [pick(item, ops), pick(item, parts)]
  if (value.type !== 'number' || !Number.isFinite(value.value)) {
    const quotes = value.type === 'string' && /^-?\d+(\.\d+)?$/.test(value.text) ? 'remove the quotes' : undefined
    sink.error('SIGMA_MODIFIER_VALUE', value.at, `"${part ?? op}" needs a number`, quotes)
    return nothing
  }
  const [min, max] = part === undefined ? [-Infinity, Infinity] : partRange[part]
  if (value.value < min || value.value > max)
    sink.warning('SIGMA_MODIFIER_VALUE', value.at, `a ${part} is between ${min} and ${max}, never ${value.text}`)
  const predicate = {
    kind: 'compare',
    field: item.field!,
    op: op ?? 'eq',
    value: value.value,
    part: part ?? null,
  } as const
  return test(predicate, source)
}

function lowerNetwork(item: DetectionItem, value: RuleValue, source: Source, sink: DiagnosticSink): Expr {
  const parsed = value.type === 'string' ? parseNetwork(value.text) : undefined
  if (parsed === undefined) {
    sink.error(
      'SIGMA_BAD_NETWORK',
      value.at,
      `${quoted(source.pattern)} is not a network`,
      'write e.g. 10.0.0.0/8 or 2001:db8::/32',
    )
    return nothing
  }
  if (parsed.hostBits)
    sink.warning(
      'SIGMA_BAD_NETWORK',
      value.at,
      `${quoted(source.pattern)} sets bits beyond its prefix, which are ignored`,
    )
  return test({ kind: 'network', field: item.field!, cidr: source.pattern.trim() }, source)
}

function lowerRegex(
  item: DetectionItem,
  value: RuleValue,
  source: Source,
  sink: DiagnosticSink,
  budget: DetectionBudget,
): Expr {
  if (value.type === 'boolean') {
    sink.error('SIGMA_MODIFIER_VALUE', value.at, '"re" needs a text', 'put it into quotes')
    return nothing
  }
  const flags = {
    ignoreCase: pick(item, ['i', 'ignorecase']) !== undefined,
    multiLine: pick(item, ['m', 'multiline']) !== undefined,
    dotAll: pick(item, ['s', 'dotall']) !== undefined,
  }
  const afforded = spend(budget, 'regexChars', writtenOutSize(source.pattern))
  if (afforded === 'over') {
    const message = 'the regular expressions of the rule come to too many characters, their repetitions written out'
    sink.error('SIGMA_BAD_REGEX', value.at, message, 'split the rule')
  }
  if (afforded !== 'enough') return nothing
  const compiled = compileRegex(source.pattern, flags)
  if ('problem' in compiled) {
    const remedy = 'Sigma knows characters, classes, groups, | and quantifiers; use several selections for the rest'
    sink.error(
      'SIGMA_BAD_REGEX',
      value.at,
      `the regular expression ${quoted(source.pattern)} cannot be used: ${compiled.problem}`,
      remedy,
    )
    return nothing
  }
  // A regex is searched for anywhere, so `contains` adds nothing; the other two tie it to one end.
  const placement = placementOf(item)
  const placed =
    placement === 'startsWith'
      ? `^(?:${source.pattern})`
      : placement === 'endsWith'
        ? `(?:${source.pattern})$`
        : source.pattern
  return test({ kind: 'regex', field: item.field, source: placed, flags }, source)
}

function placementOf({ modifiers }: DetectionItem): Placement {
  const [front, back] = [modifiers.includes('endswith'), modifiers.includes('startswith')]
  if (modifiers.includes('contains') || (front && back)) return 'contains'
  return front ? 'endsWith' : back ? 'startsWith' : 'exact'
}

function lowerReference(item: DetectionItem, value: RuleValue, source: Source, sink: DiagnosticSink): Expr {
  if (
    value.type !== 'string' ||
    value.text === '' ||
    readPattern(value.text).some((token) => typeof token !== 'string')
  ) {
    sink.error('SIGMA_MODIFIER_VALUE', value.at, '"fieldref" needs the name of a field, without wildcards')
    return nothing
  }
  const placement = placementOf(item)
  const cased = item.modifiers.includes('cased')
  return test({ kind: 'fieldRef', field: item.field!, other: value.text, placement, cased }, source)
}
