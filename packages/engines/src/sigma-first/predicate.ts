import { RE2JS } from 're2js'
import type { FieldValue } from '../event/index.ts'
import { matchesPattern, type PatternUnit } from '../query/index.ts'
import { addressInNetwork, type Network } from './network.ts'

export type TextMode = 'is' | 'has' | 'starts' | 'ends'
export type Comparison = 'lt' | 'lte' | 'gt' | 'gte' | 'eq'
export type TimePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'

/** One thing asked of one field. Texts are in lower case unless `cased`. */
export type Predicate =
  | { readonly kind: 'text'; readonly mode: TextMode; readonly text: string; readonly cased: boolean }
  | {
      readonly kind: 'pattern'
      readonly units: readonly PatternUnit[]
      readonly shown: string
      readonly cased: boolean
      readonly literal: string
    }
  | { readonly kind: 'regex'; readonly source: string; readonly flags: string }
  | { readonly kind: 'compare'; readonly comparison: Comparison; readonly number: number }
  | { readonly kind: 'time'; readonly part: TimePart; readonly comparison: Comparison; readonly number: number }
  | { readonly kind: 'cidr'; readonly network: Network; readonly shown: string }
  | { readonly kind: 'field'; readonly mode: TextMode; readonly other: string; readonly cased: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'exists'; readonly wanted: boolean }

/** A predicate on a field; without a field it looks at the whole event. */
export interface FieldTest {
  readonly field: string | null
  readonly predicate: Predicate
}

/** What selections come to: a tree over tests. */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly Expression[] }
  | { readonly kind: 'not'; readonly node: Expression }
  | { readonly kind: 'test'; readonly test: FieldTest }

/** One value of a field as text, with its lower case made at most once. */
export interface Text {
  readonly text: string
  readonly lower: string
}

/** Answers about one value; `matchesField` asks it of each. */
export function matchesText(predicate: Predicate, value: Text): boolean {
  switch (predicate.kind) {
    case 'text': {
      const text = predicate.cased ? value.text : value.lower
      switch (predicate.mode) {
        case 'is':
          return text === predicate.text
        case 'has':
          return text.includes(predicate.text)
        case 'starts':
          return text.startsWith(predicate.text)
        case 'ends':
          return text.endsWith(predicate.text)
      }
      break
    }
    case 'pattern':
      return matchesPattern(predicate.units, predicate.cased ? value.text : value.lower)
    case 'regex':
      return regexOf(predicate.source, predicate.flags).test(value.text)
    case 'compare':
      return compare(Number(value.text.trim() === '' ? Number.NaN : value.text), predicate.comparison, predicate.number)
    case 'time': {
      const atMs = Date.parse(value.text)
      return !Number.isNaN(atMs) && compare(timePart(atMs, predicate.part), predicate.comparison, predicate.number)
    }
    case 'cidr':
      return addressInNetwork(value.text, predicate.network)
    default:
      return false
  }
  return false
}

function compare(value: number, comparison: Comparison, wanted: number): boolean {
  switch (comparison) {
    case 'lt':
      return value < wanted
    case 'lte':
      return value <= wanted
    case 'gt':
      return value > wanted
    case 'gte':
      return value >= wanted
    case 'eq':
      return value === wanted
  }
}

/** Part of an instant in UTC; `week` is the ISO week of the year. */
function timePart(atMs: number, part: TimePart): number {
  const date = new Date(atMs)
  switch (part) {
    case 'minute':
      return date.getUTCMinutes()
    case 'hour':
      return date.getUTCHours()
    case 'day':
      return date.getUTCDate()
    case 'month':
      return date.getUTCMonth() + 1
    case 'year':
      return date.getUTCFullYear()
    case 'week': {
      const thursday = atMs + (4 - (date.getUTCDay() || 7)) * 86_400_000
      const yearStart = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1)
      return Math.floor((thursday - yearStart) / 604_800_000) + 1
    }
  }
}

const compiledRegexes = new Map<string, RE2JS>()
const mostRegexes = 5000

/** Compiled in linear-time syntax, once per text. @throws when the expression is not RE2 */
export function regexOf(source: string, flags: string): RE2JS {
  const key = `${flags}/${source}`
  const known = compiledRegexes.get(key)
  if (known) return known
  let bits = 0
  if (flags.includes('i')) bits |= RE2JS.CASE_INSENSITIVE
  if (flags.includes('m')) bits |= RE2JS.MULTILINE
  if (flags.includes('s')) bits |= RE2JS.DOTALL
  const made = RE2JS.compile(source, bits)
  if (compiledRegexes.size >= mostRegexes) compiledRegexes.clear()
  compiledRegexes.set(key, made)
  return made
}

/** The scalars of a field as texts. Null and absent give none. */
export function* textsOf(value: FieldValue | undefined): Iterable<string> {
  if (value === null || value === undefined) return
  if (Array.isArray(value)) for (const one of value) yield* textsOf(one)
  else yield String(value)
}

/** The predicate in words, e.g. `CommandLine contains ' -enc '`. */
export function describe({ field, predicate }: FieldTest): string {
  const name = field ?? 'event'
  switch (predicate.kind) {
    case 'text':
      return `${name} ${textWords[predicate.mode]} '${predicate.text}'${predicate.cased ? ' (cased)' : ''}`
    case 'pattern':
      return `${name} is like '${predicate.shown}'${predicate.cased ? ' (cased)' : ''}`
    case 'regex':
      return `${name} matches /${predicate.source}/${predicate.flags}`
    case 'compare':
      return `${name} ${signs[predicate.comparison]} ${predicate.number}`
    case 'time':
      return `${predicate.part} of ${name} ${signs[predicate.comparison]} ${predicate.number}`
    case 'cidr':
      return `${name} is in ${predicate.shown}`
    case 'field':
      return `${name} ${textWords[predicate.mode]} the value of ${predicate.other}`
    case 'null':
      return `${name} is empty`
    case 'exists':
      return predicate.wanted ? `${name} exists` : `${name} does not exist`
  }
}

const textWords: Record<TextMode, string> = { is: 'is', has: 'contains', starts: 'starts with', ends: 'ends with' }
const signs: Record<Comparison, string> = { lt: '<', lte: '<=', gt: '>', gte: '>=', eq: '=' }
