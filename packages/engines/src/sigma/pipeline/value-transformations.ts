import { readPattern } from '../compile/pattern.ts'
import type { DetectionItem, RuleValue, SelectionBody } from '../rule.ts'
import type { Draft } from './draft.ts'
import { asBody, type MakeTransformation, type Transformation } from './transformation.ts'
import { holdsTexts, regexParameter, replacer, textOf, valueText, withoutPlacement } from './value-text.ts'

/** New texts for a text, with wildcards as `*` and `?`; none takes the value out, undefined leaves it. */
type ChangeText = (text: string) => readonly string[] | undefined

/** Changes the texts of an item. Encoded values, regexes, networks, numbers that are compared and field names stay as they are. */
const ofTexts = (change: ChangeText, { numbers = false } = {}): Transformation => ({
  item(item) {
    if (!holdsTexts(item)) return asBody(item)
    const changed = item.values.map((value) => {
      const text = numbers && value.type === 'number' ? value.text : textOf(item, value)
      return text === undefined ? undefined : change(text)
    })
    if (changed.every((one) => one === undefined)) return asBody(item)
    const plain = withoutPlacement(item)
    const values = plain.values.flatMap((value, i): RuleValue[] =>
      changed[i] === undefined
        ? [value]
        : changed[i].map((text) => ({ at: value.at, type: 'string', text: valueText(text) })),
    )
    return values.length === 0 ? undefined : asBody({ ...plain, values })
  },
})

const snakeCase = (text: string): string =>
  text
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1_$2')
    .replace(/[\s-]+/g, '_')
    .toLowerCase()

/** Transformations of the values that rules look for. */
export const valueTransformations: Readonly<Record<string, MakeTransformation>> = {
  replace_string(parameters) {
    const regex = regexParameter(parameters, 'regex', parameters.required('regex'))
    const replacement = parameters.required('replacement')
    const plainOnly = parameters.flag('skip_special')
    parameters.know('interpret_special')
    if (regex === undefined) return {}
    const replaced = replacer(parameters, 'replacement', regex, replacement)
    return ofTexts(
      (text) => {
        const next = plainOnly ? text.replace(/(?:[^*?\\]|\\.?)+/gs, replaced) : replaced(text)
        return next === text ? undefined : [next]
      },
      { numbers: true },
    )
  },
  map_string(parameters) {
    const mapping = parameters.mapping('mapping')
    return ofTexts((text) => mapping.get(text))
  },
  case(parameters) {
    const method = parameters.oneOf('method', ['lower', 'upper', 'snake_case'], 'lower')
    return ofTexts((text) => [
      method === 'lower' ? text.toLowerCase() : method === 'upper' ? text.toUpperCase() : snakeCase(text),
    ])
  },
  set_value(parameters) {
    const wanted = parameters.scalar('value')
    const force = parameters.oneOf('force_type', ['str', 'num', 'none'], 'none')
    if (force === 'num' && (typeof wanted === 'boolean' || Number.isNaN(Number(wanted ?? 'none'))))
      parameters.invalid('value', 'the value is no number')
    return {
      item(item) {
        const at = item.values[0]?.at ?? item.at
        const value: RuleValue =
          wanted === null
            ? { at, type: 'null' }
            : force === 'num' || (force === 'none' && typeof wanted === 'number')
              ? { at, type: 'number', value: Number(wanted), text: String(wanted) }
              : force === 'none' && typeof wanted === 'boolean'
                ? { at, type: 'boolean', value: wanted }
                : { at, type: 'string', text: String(wanted) }
        // What the old value was compared by does not fit the new one.
        return asBody({ ...item, modifiers: item.modifiers.filter((one) => one === 'neq'), values: [value] })
      },
    }
  },
  convert_type(parameters) {
    const target = parameters.oneOf('target_type', ['str', 'num'], 'str')
    const toText = (value: RuleValue): RuleValue =>
      value.type === 'number'
        ? { at: value.at, type: 'string', text: value.text }
        : value.type === 'boolean'
          ? { at: value.at, type: 'string', text: String(value.value) }
          : value
    const toNumber = (value: RuleValue): RuleValue =>
      value.type === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value.text)
        ? { at: value.at, type: 'number', value: Number(value.text), text: value.text.trim() }
        : value
    return {
      item: (item) =>
        asBody(holdsTexts(item) ? { ...item, values: item.values.map(target === 'str' ? toText : toNumber) } : item),
    }
  },
  regex(parameters) {
    const method = parameters.oneOf(
      'method',
      ['plain', 'ignore_case_flag', 'ignore_case_brackets'],
      'ignore_case_brackets',
    )
    return { item: (item) => asBody(asRegex(item, method === 'plain')) }
  },
  hashes_fields(parameters) {
    const algorithms = new Set((parameters.texts('valid_hash_algos') ?? []).map((one) => one.toUpperCase()))
    if (algorithms.size === 0)
      parameters.invalid(undefined, '"valid_hash_algos" is missing', 'e.g. [MD5, SHA1, SHA256]')
    const prefix = parameters.text('field_prefix') ?? ''
    const bare = parameters.flag('drop_algo_prefix')
    return {
      item: (item, draft) => splitHashes(item, draft, { algorithms, fieldOf: (one) => (bare ? prefix : prefix + one) }),
    }
  },
}

/** The same texts as regular expressions over the whole value. */
function asRegex(item: DetectionItem, cased: boolean): DetectionItem {
  const isText = item.values.every(({ type }) => type === 'string')
  if (!isText || !holdsTexts(item) || item.modifiers.includes('expand') || item.modifiers.includes('windash'))
    return item
  const values = withoutPlacement(item).values.map((value): RuleValue => {
    const glob = readPattern(value.type === 'string' ? value.text : '')
    const source = glob
      .map((token) => (token === 1 ? '.*' : token === 2 ? '.' : token.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')))
      .join('')
    return { at: value.at, type: 'string', text: item.field === null ? source : `^(?:${source})$` }
  })
  const list = item.modifiers.filter((one) => one === 'all' || one === 'neq')
  return { ...item, values, modifiers: ['re', ...(cased ? [] : (['i'] as const)), 's', ...list] }
}

const algorithmByLength: Readonly<Record<number, string>> = { 32: 'MD5', 40: 'SHA1', 64: 'SHA256', 128: 'SHA512' }

interface HashFields {
  readonly algorithms: ReadonlySet<string>
  readonly fieldOf: (algorithm: string) => string
}

/** `Hashes: [MD5=…, SHA1=…]` as a field for each algorithm. */
function splitHashes(item: DetectionItem, draft: Draft, { algorithms, fieldOf }: HashFields): SelectionBody {
  if (!item.values.every(({ type }) => type === 'string')) return asBody(item)
  const byField = new Map<string, RuleValue[]>()
  for (const value of item.values) {
    const text = (textOf(item, value) ?? '').replace(/^\*|\*$/g, '')
    const parts = text.split(text.includes('|') ? '|' : '=')
    const [algorithm, hash] =
      parts.length === 2 ? [parts[0]!.toUpperCase(), parts[1]!] : [algorithmByLength[text.length] ?? '', text]
    if (!algorithms.has(algorithm)) continue
    const values = byField.get(fieldOf(algorithm)) ?? []
    byField.set(fieldOf(algorithm), values)
    values.push({ at: value.at, type: 'string', text: hash })
  }
  if (byField.size === 0) {
    const known = [...algorithms].join(', ')
    draft.sink.error('SIGMA_PIPELINE_REFUSED', item.at, `no value is a hash of a known algorithm`, `known are ${known}`)
    return asBody(item)
  }
  const modifiers = item.modifiers.filter((one) => one === 'neq')
  const of = [...byField].map(([field, values]) => asBody({ at: item.at, field, modifiers, values }))
  // "Not one of them" holds when it holds for every field.
  return of.length === 1 ? of[0]! : { type: modifiers.length > 0 ? 'all' : 'any', of }
}
