import type { LogSource } from '../../event/index.ts'
import type { MatchableEvent } from '../compile/evaluate.ts'
import type { Condition, Detection, DetectionItem, RuleValue, SelectionBody, SigmaFilter, SigmaRule } from '../rule.ts'
import { asksNumber, asksTime, naiveTexts, withinNetwork } from './naive-values.ts'

type Scalar = string | number | boolean

/**
 * Whether a rule matches, worked out from the rule as it was read: item by item, value by value, with regular expressions of the
 * runtime, and nothing in common with the compiler and the plan but the types. It is the oracle that both are tested against;
 * its patterns may backtrack, so it is not for untrusted rules.
 */
export function matchNaive(
  rule: SigmaRule,
  event: MatchableEvent,
  placeholders: ReadonlyMap<string, readonly string[]> = new Map(),
  filters: readonly SigmaFilter[] = [],
): boolean {
  if (!event.logSources.some((source) => belongs(rule.logSource, source))) return false
  const narrowing = filters.filter((filter) => concerns(filter, rule))
  return [rule, ...narrowing].every(({ detection }) => detectionHolds(detection, event, placeholders))
}

function concerns({ rules, logSource }: SigmaFilter, rule: SigmaRule): boolean {
  if (!belongs(logSource, rule.logSource)) return false
  const sameId = (one: string): boolean => rule.id !== null && one.toLowerCase() === rule.id.toLowerCase()
  return rules.some((one) => /^(any|all)$/i.test(one) || one === rule.name || sameId(one))
}

function detectionHolds(detection: Detection, event: MatchableEvent, placeholders: Placeholders): boolean {
  const selections = new Map(detection.selections.map(({ name, body }) => [name, body]))
  const selected = (name: string): boolean => bodyHolds(selections.get(name)!, event, placeholders)
  return detection.conditions.some((condition) => conditionHolds(condition, selected))
}

function belongs(wanted: LogSource, source: LogSource): boolean {
  const pairs = [
    [wanted.product, source.product],
    [wanted.service, source.service],
    [wanted.category, source.category],
  ]
  return pairs.every(([want, have]) => want === undefined || want.toLowerCase() === (have ?? '').toLowerCase())
}

function conditionHolds(condition: Condition, selected: (name: string) => boolean): boolean {
  if (condition.op === 'selection') return selected(condition.name)
  if (condition.op === 'not') return !conditionHolds(condition.of, selected)
  if (condition.op === 'count') {
    const wanted = condition.atLeast === 'all' ? condition.names.length : condition.atLeast
    return condition.names.filter(selected).length >= wanted
  }
  const answers = condition.of.map((one) => conditionHolds(one, selected))
  return condition.op === 'and' ? !answers.includes(false) : answers.includes(true)
}

type Placeholders = ReadonlyMap<string, readonly string[]>

function bodyHolds(body: SelectionBody, event: MatchableEvent, placeholders: Placeholders): boolean {
  if (body.type === 'item') return itemHolds(body.item, event, placeholders)
  const answers = body.of.map((one) => bodyHolds(one, event, placeholders))
  return body.type === 'all' ? !answers.includes(false) : answers.includes(true)
}

function itemHolds(item: DetectionItem, event: MatchableEvent, placeholders: Placeholders): boolean {
  const answers = item.values.map((value) => valueHolds(item, value, event, placeholders))
  const linked = item.modifiers.includes('all') ? !answers.includes(false) : answers.includes(true)
  return item.modifiers.includes('neq') ? !linked : linked
}

function valueHolds(item: DetectionItem, value: RuleValue, event: MatchableEvent, placeholders: Placeholders): boolean {
  const has = (modifier: DetectionItem['modifiers'][number]): boolean => item.modifiers.includes(modifier)
  const present = item.field !== null && event.taxonomy[item.field] !== undefined
  const values = valuesOf(item, event)
  if (value.type === 'null') return values.length === 0
  if (has('exists')) return value.type === 'boolean' && value.value === present
  const time = asksTime(item.modifiers)
  if (time !== undefined || asksNumber(item.modifiers) !== undefined)
    return value.type === 'number' && values.some((one) => numberHolds(item, one, value.value))
  const written = value.type === 'boolean' ? String(value.value) : value.text
  const spelled = has('expand') && value.type === 'string' ? filledIn(written, placeholders) : [written]
  if (has('cidr'))
    return spelled.some((network) => values.some((one) => typeof one === 'string' && withinNetwork(one, network)))
  if (has('fieldref')) return values.some((one) => refers(item, String(one), written, event))
  if (has('re')) return spelled.some((source) => values.some((one) => regexOf(item, source).test(String(one))))
  const patterns = spelled.flatMap((text) => naiveTexts(item, text, value.type === 'string'))
  return patterns.some((pattern) => values.some((one) => pattern.test(sameCase(String(one), has('cased')))))
}

/** What a keyword is looked for in, or the values of the field. */
function valuesOf(item: DetectionItem, { raw, taxonomy }: MatchableEvent): Scalar[] {
  if (item.field !== null) return flat(taxonomy[item.field])
  const texts = Object.values(taxonomy)
    .flatMap(flat)
    .filter((one) => typeof one === 'string')
  return [raw, ...texts]
}

const flat = (value: unknown): Scalar[] =>
  Array.isArray(value)
    ? value.flatMap(flat)
    : typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [value]
      : []

function numberHolds({ modifiers }: DetectionItem, have: Scalar, wanted: number): boolean {
  const time = asksTime(modifiers)
  const number = time === undefined ? asNumber(have) : typeof have === 'boolean' ? undefined : time(have)
  return number !== undefined && (asksNumber(modifiers) ?? ((a, b) => a === b))(number, wanted)
}

function asNumber(value: Scalar): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean' || !/^\s*[-+]?[\d.]+([eE][-+]?\d{1,3})?\s*$/.test(value)) return undefined
  const number = Number(value)
  return Number.isNaN(number) ? undefined : number
}

const sameCase = (text: string, cased: boolean): string =>
  cased ? text : text.toLowerCase().replace(/ς/g, 'σ').replace(/ſ/g, 's')

function refers({ modifiers }: DetectionItem, have: string, other: string, { taxonomy }: MatchableEvent): boolean {
  const cased = modifiers.includes('cased')
  return flat(taxonomy[other]).some((one) => {
    const [text, wanted] = [sameCase(have, cased), sameCase(String(one), cased)]
    const anywhere = modifiers.includes('startswith') && modifiers.includes('endswith')
    if (anywhere || modifiers.includes('contains')) return text.split(wanted).length > 1 || wanted === ''
    if (modifiers.includes('startswith')) return text.slice(0, wanted.length) === wanted
    if (modifiers.includes('endswith')) return wanted === '' || text.slice(-wanted.length) === wanted
    return text === wanted
  })
}

function regexOf({ modifiers }: DetectionItem, source: string): RegExp {
  // The runtime takes flags of a whole expression beside it only.
  const [inline, own] = /^\(\?([ims]+)\)/.exec(source) ?? ['', '']
  const names = { i: 'ignorecase', m: 'multiline', s: 'dotall' } as const
  const asked = (['i', 'm', 's'] as const)
    .filter((flag) => modifiers.includes(flag) || modifiers.includes(names[flag]) || own!.includes(flag))
    .join('')
  const ends = (['startswith', 'endswith'] as const).filter((one) => modifiers.includes(one))
  const tied = modifiers.includes('contains') || ends.length > 1 ? undefined : ends[0]
  const start = tied === 'startswith' ? '^' : ''
  const end = tied === 'endswith' ? '$' : ''
  const pattern = withPcreEnd(`${start}(?:${source.slice(inline.length)})${end}`, asked)
  try {
    return new RegExp(pattern, `${asked}u`)
  } catch {
    // Escapes that mean nothing are allowed without the flag only.
    return new RegExp(pattern, asked)
  }
}

/** `$` of PCRE is also before a line break that ends the text. */
const withPcreEnd = (source: string, flags: string): string =>
  flags.includes('m')
    ? source
    : source.replace(/(\\.|\[\^?\]?(?:\\.|[^\]\\])*\])|\$/gs, (_, kept?: string) => kept ?? '(?=\\n?$)')

/** All texts that the placeholders of one give. */
function filledIn(text: string, placeholders: Placeholders): string[] {
  const first = /(?<!\\)%([^%\s\\]+)%/.exec(text)
  if (first === null) return [text.replaceAll('\\%', '%')]
  const [before, after] = [text.slice(0, first.index), text.slice(first.index + first[0].length)]
  const values = placeholders.get(first[1]!) ?? []
  return values.flatMap((value) =>
    filledIn(after, placeholders).map((rest) => before.replaceAll('\\%', '%') + value + rest),
  )
}
