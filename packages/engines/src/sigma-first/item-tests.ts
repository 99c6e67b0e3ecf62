import { literalPattern, type PatternUnit, patternText, patternUnits } from '../query/index.ts'
import { didYouMean } from './diagnostics.ts'
import { asText, base64, base64Offsets, type Encoded, utf16 } from './encode.ts'
import { parseNetwork } from './network.ts'
import { type Comparison, type Expression, type Predicate, regexOf, type TextMode, type TimePart } from './predicate.ts'
import type { FieldItem, SigmaValue } from './rule.ts'

export interface ItemProblem {
  readonly code: string
  readonly message: string
  readonly remedy?: string
}

/** Values for `%placeholder%` in items with the modifier `expand`. */
export type Placeholders = ReadonlyMap<string, readonly string[]>

const matchModes: Readonly<Record<string, TextMode>> = { contains: 'has', startswith: 'starts', endswith: 'ends' }
const comparisons = new Set(['lt', 'lte', 'gt', 'gte'])
const timeParts = new Set(['minute', 'hour', 'day', 'week', 'month', 'year'])
const regexFlags = new Set(['i', 'm', 's'])
const encodings = new Set(['base64', 'base64offset', 'utf16le', 'wide', 'utf16be', 'utf16'])
const others = new Set(['all', 're', 'cidr', 'cased', 'neq', 'exists', 'expand', 'fieldref', 'windash'])
const known = new Set([
  ...Object.keys(matchModes),
  ...comparisons,
  ...timeParts,
  ...regexFlags,
  ...encodings,
  ...others,
])

/** Ways of writing a value come to at most this many. */
const maxVariants = 200
const maxWildcards = 200
const maxRegexCharacters = 5000

interface Plan {
  readonly mode: TextMode
  readonly cased: boolean
  readonly comparison: Comparison | undefined
  readonly timePart: TimePart | undefined
  readonly has: ReadonlySet<string>
  readonly chain: readonly string[]
}

/**
 * What one item of a selection asks, as a tree of tests. Says everything that is wrong with its modifiers and values.
 * @source Sigma specification 2.1, modifiers
 */
export function itemTests(
  item: FieldItem,
  placeholders?: Placeholders,
): { expression: Expression; problems: ItemProblem[] } {
  const problems: ItemProblem[] = []
  const plan = planOf(item, problems)
  const nodes: Expression[] = item.values.map((value) => valueTests(item, value, plan, placeholders, problems))
  const joined: Expression =
    nodes.length === 1 ? (nodes[0] as Expression) : { kind: plan.has.has('all') ? 'and' : 'or', nodes }
  return { expression: plan.has.has('neq') ? { kind: 'not', node: joined } : joined, problems }
}

function planOf(item: FieldItem, problems: ItemProblem[]): Plan {
  const has = new Set(item.modifiers)
  for (const modifier of item.modifiers)
    if (!known.has(modifier))
      problems.push({
        code: 'SIGMA_UNKNOWN_MODIFIER',
        message: `"${modifier}" is no modifier`,
        ...remedyOf(didYouMean(modifier, known)),
      })
  const isRegex = has.has('re')
  for (const flag of regexFlags)
    if (has.has(flag) && !isRegex)
      problems.push({ code: 'SIGMA_MODIFIER_CONFLICT', message: `"${flag}" is for "re" alone` })
  const exclusive = item.modifiers.filter(
    (one) => matchModes[one] || comparisons.has(one) || ['re', 'cidr', 'exists'].includes(one),
  )
  if (exclusive.length > 1)
    problems.push({
      code: 'SIGMA_MODIFIER_CONFLICT',
      message: `${exclusive.map((one) => `"${one}"`).join(' and ')} exclude each other`,
    })
  if (item.field === null && ['exists', 'fieldref', 'cidr', 'lt', 'lte', 'gt', 'gte'].some((one) => has.has(one)))
    problems.push({
      code: 'SIGMA_MODIFIER_CONFLICT',
      message: 'keywords have no field that this modifier could ask',
      remedy: 'Name the field.',
    })
  if (has.has('all') && item.values.length < 2 && !has.has('expand') && item.field !== null)
    // Allowed, and common while a rule is being written: one value, all of them.
    has.delete('all')
  const mode = item.modifiers.map((one) => matchModes[one]).find((one) => one !== undefined)
  const comparison = item.modifiers.find((one): one is Comparison => comparisons.has(one))
  const timePart = item.modifiers.find((one): one is TimePart => timeParts.has(one))
  return { mode: mode ?? 'is', cased: has.has('cased'), comparison, timePart, has, chain: item.modifiers }
}

function valueTests(
  item: FieldItem,
  value: SigmaValue,
  plan: Plan,
  placeholders: Placeholders | undefined,
  problems: ItemProblem[],
): Expression {
  const test = (predicate: Predicate): Expression => ({ kind: 'test', test: { field: item.field, predicate } })
  const bad = (message: string, remedy?: string): Expression => {
    problems.push({ code: 'SIGMA_BAD_VALUE', message, ...remedyOf(remedy) })
    return test({ kind: 'exists', wanted: false })
  }
  const { has } = plan

  if (has.has('exists'))
    return typeof value === 'boolean' ? test({ kind: 'exists', wanted: value }) : bad('"exists" wants true or false')
  if (plan.comparison || plan.timePart) {
    const number =
      typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
    if (Number.isNaN(number))
      return bad(`"${plan.comparison ?? plan.timePart}" wants a number, not ${JSON.stringify(value)}`)
    const comparison = plan.comparison ?? 'eq'
    return test(
      plan.timePart
        ? { kind: 'time', part: plan.timePart, comparison, number }
        : { kind: 'compare', comparison, number },
    )
  }
  if (value === null) {
    if (item.modifiers.length > 0 && !has.has('neq') && !has.has('all')) return bad('null stands without modifiers')
    return item.field === null ? bad('a keyword cannot be null') : test({ kind: 'null' })
  }
  if (has.has('cidr')) {
    const network = parseNetwork(String(value))
    return network
      ? test({ kind: 'cidr', network, shown: String(value) })
      : bad(`${JSON.stringify(value)} is no network such as 192.0.2.0/24`)
  }
  if (has.has('re')) return regexTest(item, String(value), plan, problems)
  if (has.has('fieldref')) return test({ kind: 'field', mode: plan.mode, other: String(value), cased: plan.cased })

  const expanded = has.has('expand') ? expand(String(value), placeholders, problems) : [String(value)]
  const patterns = expanded.flatMap((text) => encode(text, plan, problems))
  if (patterns.length > maxVariants)
    return bad(`the value comes to ${patterns.length} ways of writing it, more than ${maxVariants}`)
  const nodes = patterns.map((pattern) => test(textPredicate(pattern, plan, item.field === null, problems)))
  return nodes.length === 1 ? (nodes[0] as Expression) : { kind: 'or', nodes }
}

function regexTest(item: FieldItem, source: string, plan: Plan, problems: ItemProblem[]): Expression {
  const flags = [...regexFlags].filter((flag) => plan.has.has(flag)).join('')
  const problem = (message: string, remedy: string) => problems.push({ code: 'SIGMA_BAD_REGEX', message, remedy })
  if (source.length > maxRegexCharacters)
    problem(`the expression has more than ${maxRegexCharacters} characters`, 'Use a list of values.')
  else
    try {
      regexOf(source, flags)
    } catch (error) {
      problem(
        `the expression cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        'Expressions are RE2, which runs in linear time: no look-around, no back-references.',
      )
      return { kind: 'test', test: { field: item.field, predicate: { kind: 'exists', wanted: false } } }
    }
  return { kind: 'test', test: { field: item.field, predicate: { kind: 'regex', source, flags } } }
}

/** The value's patterns after encodings and dash variants, in the order the modifiers stand. */
function encode(text: string, plan: Plan, problems: ItemProblem[]): string[] {
  let values: { value: Encoded; isPattern: boolean }[] = [{ value: text, isPattern: true }]
  for (const modifier of plan.chain) {
    if (modifier === 'windash')
      values = values.flatMap(({ value, isPattern }) => dashes(asText(value)).map((one) => ({ value: one, isPattern })))
    if (!encodings.has(modifier)) continue
    if (values.some(({ value, isPattern }) => isPattern && patternUnits(asText(value)).some((unit) => unit.isWildcard)))
      problems.push({
        code: 'SIGMA_MODIFIER_CONFLICT',
        message: `a value with wildcards cannot be encoded by "${modifier}"`,
        remedy: 'Escape the wildcard with a backslash, or drop the modifier.',
      })
    values = values.flatMap(({ value, isPattern }) => {
      const plain = isPattern ? plainText(asText(value)) : value
      return encodeOne(modifier, plain).map((one) => ({ value: one, isPattern: false }))
    })
  }
  return values.map(({ value, isPattern }) => (isPattern ? asText(value) : literalPattern(asText(value))))
}

function encodeOne(modifier: string, value: Encoded): Encoded[] {
  switch (modifier) {
    case 'base64':
      return [base64(value)]
    case 'base64offset':
      return base64Offsets(value)
    case 'utf16be':
      return [utf16(value, 'be')]
    case 'utf16':
      return [utf16(value, 'le', true)]
    default:
      return [utf16(value, 'le')]
  }
}

const plainText = (pattern: string): string =>
  patternUnits(pattern)
    .map((unit) => unit.char)
    .join('')

/** A parameter's dash is written in five ways on Windows. */
const dashKinds = ['-', '/', '–', '—', '―']
function dashes(text: string): string[] {
  const dash = /(?<=^|\s)[-/–—―](?=\w)/g
  if (!dash.test(text)) return [text]
  return dashKinds.map((kind) => text.replace(dash, kind))
}

function expand(text: string, placeholders: Placeholders | undefined, problems: ItemProblem[]): string[] {
  let texts = [text]
  for (const [whole, name = ''] of text.matchAll(/%([\w.-]+)%/g)) {
    const values = placeholders?.get(name)
    if (!values) {
      problems.push({
        code: 'SIGMA_PLACEHOLDER',
        message: `the placeholder ${whole} has no values here`,
        remedy: 'Give it values, or replace it in a copy of the rule; a rule is not run with an unknown part.',
      })
      return [text]
    }
    texts = texts.flatMap((one) => values.map((value) => one.replace(whole, value)))
  }
  return texts
}

/** The cheapest predicate that asks what the pattern asks. */
function textPredicate(pattern: string, plan: Plan, isKeyword: boolean, problems: ItemProblem[]): Predicate {
  const fold = (text: string): string => (plan.cased ? text : text.toLowerCase())
  let units = patternUnits(pattern)
  const wildcards = units.filter((unit) => unit.isWildcard).length
  if (wildcards > maxWildcards)
    problems.push({
      code: 'SIGMA_TOO_MANY_WILDCARDS',
      message: `a value has ${wildcards} wildcards, more than ${maxWildcards}`,
    })
  const any: PatternUnit = { char: '*', isWildcard: true }
  const open = isKeyword ? 'has' : plan.mode
  if (open === 'has' || open === 'ends') units = [any, ...units]
  if (open === 'has' || open === 'starts') units = [...units, any]
  const isAny = (unit: PatternUnit | undefined) => unit?.isWildcard === true && unit.char === '*'
  let from = 0
  let to = units.length
  while (from < to && isAny(units[from])) from++
  while (to > from && isAny(units[to - 1])) to--
  const middle = units.slice(from, to)
  const openStart = from > 0
  const openEnd = to < units.length
  if (middle.every((unit) => !unit.isWildcard)) {
    const text = fold(middle.map((unit) => unit.char).join(''))
    if (text === '' && (openStart || openEnd)) return { kind: 'exists', wanted: true }
    const mode: TextMode = openStart && openEnd ? 'has' : openStart ? 'ends' : openEnd ? 'starts' : 'is'
    return { kind: 'text', mode, text, cased: plan.cased }
  }
  const folded = units.map((unit) => (unit.isWildcard ? unit : { char: fold(unit.char), isWildcard: false }))
  return {
    kind: 'pattern',
    units: folded,
    shown: patternText(units),
    cased: plan.cased,
    literal: longestLiteral(folded),
  }
}

function longestLiteral(units: readonly PatternUnit[]): string {
  let best = ''
  let run = ''
  for (const unit of units) {
    run = unit.isWildcard ? '' : run + unit.char
    if (run.length > best.length) best = run
  }
  return best
}

const remedyOf = (remedy: string | undefined): { remedy?: string } => (remedy ? { remedy } : {})
