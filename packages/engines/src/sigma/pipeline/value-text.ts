import { RE2JS } from 're2js'
import type { Glob } from '../compile/glob.ts'
import { readPattern } from '../compile/pattern.ts'
import { modifierFamilies } from '../modifiers.ts'
import type { DetectionItem, RuleValue } from '../rule.ts'
import type { Parameters } from './parameters.ts'

/** Modifiers under which a value is still the text that is looked for, save for wildcards around it. */
const plainFamilies: ReadonlySet<string> = new Set(['place', 'list', 'case', 'variant'])

/** Whether the values of an item are texts that a pipeline may look into: encoded ones, regexes, networks, … are not. */
export const holdsTexts = (item: DetectionItem): boolean =>
  item.modifiers.every((one) => plainFamilies.has(modifierFamilies[one]))

/** The value with the wildcards that its modifiers stand for, as pipelines see it; nothing when it is no text. */
export function textOf(item: DetectionItem, value: RuleValue): string | undefined {
  if (value.type !== 'string') return undefined
  const { modifiers } = item
  const contains = modifiers.includes('contains')
  const front = contains || modifiers.includes('endswith') ? '*' : ''
  const back = contains || modifiers.includes('startswith') ? '*' : ''
  const before = front !== '' && value.text.startsWith('*') ? '' : front
  const after = back !== '' && endsWithWildcard(value.text) ? '' : back
  return before + shown(readPattern(value.text)) + after
}

/** Wildcards as `*` and `?`; those that were escaped stay so, other backslashes stand for themselves. */
const shown = (glob: Glob): string =>
  glob.map((token) => (token === 1 ? '*' : token === 2 ? '?' : token.replace(/[*?]/g, '\\$&'))).join('')

const endsWithWildcard = (text: string): boolean => readPattern(text).at(-1) === 1

/** The other way round: the text of a value that is shown so. */
export const valueText = (text: string): string => text.replace(/\\(?![*?])/g, '\\\\')

/** The item with its placement written into its values, so that one of them can be changed. */
export function withoutPlacement(item: DetectionItem): DetectionItem {
  const values = item.values.map((value): RuleValue => {
    const text = textOf(item, value)
    if (text !== undefined) return { at: value.at, type: 'string', text: valueText(text) }
    const { modifiers } = item
    const isPlaced = modifiers.some((one) => modifierFamilies[one] === 'place')
    if (!isPlaced || value.type === 'null') return value
    const written = value.type === 'boolean' ? String(value.value) : value.type === 'number' ? value.text : ''
    return { at: value.at, type: 'string', text: valueText(textOf(item, { ...value, type: 'string', text: written })!) }
  })
  return { ...item, values, modifiers: item.modifiers.filter((one) => modifierFamilies[one] !== 'place') }
}

/** A regular expression of a pipeline, in linear time; what is wrong with it goes to the sink. */
export function regexParameter(parameters: Parameters, name: string, source: string): RE2JS | undefined {
  try {
    return RE2JS.compile(source)
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error)
    parameters.invalid(name, `the regular expression ${JSON.stringify(source.slice(0, 80))} cannot be used: ${why}`)
    return undefined
  }
}

/** Whether the regex matches from the text's start on, as Python's `re.match` does. */
export const matchesFromStart = (regex: RE2JS, text: string): boolean => regex.matcher(text).lookingAt()

/** What a replacement makes of a text must stay small; longer texts are left as they are. */
const MAX_REPLACEMENT_CHARS = 1_000
const MAX_REPLACED_CHARS = 10_000

/** Puts a replacement, in which `\\1` and `\\g<name>` are groups as in Python, in the place of all that the regex finds. */
export function replacer(
  parameters: Parameters,
  name: string,
  regex: RE2JS,
  replacement: string,
): (text: string) => string {
  const groups = new Set([
    ...Array.from({ length: regex.groupCount() + 1 }, (_, i) => String(i)),
    ...Object.keys(regex.namedGroups()),
  ])
  const java = replacement.replace(
    /\\g<(\w+)>|\\(\d{1,2})|\\\\|\$|\\/g,
    (found, named: string | undefined, number: string | undefined) => {
      const group = named ?? number
      if (group === undefined) return found === '$' ? '\\$' : '\\\\'
      if (!groups.has(group)) parameters.invalid(name, `the regular expression has no group ${JSON.stringify(group)}`)
      return /^\d+$/.test(group) ? `$${group}` : `\${${group}}`
    },
  )
  if (java.length > MAX_REPLACEMENT_CHARS)
    parameters.invalid(name, `the replacement is longer than ${MAX_REPLACEMENT_CHARS} characters`)
  return (text) => (text.length > MAX_REPLACED_CHARS ? text : regex.matcher(text).replaceAll(java, true))
}
