import type { Fields, FieldValue, LogSource, NormalisedEvent } from '../../event/index.ts'
import type { CompareOp } from '../rule.ts'
import type { CompiledRule } from './compile.ts'
import { scalarsOf, textOf } from './field-values.ts'
import { longestLiteral, matchesGlob } from './glob.ts'
import { isWithin, parseNetwork } from './network.ts'
import { fold } from './pattern.ts'
import type { Expr, Placement, Predicate } from './predicate.ts'
import { compileRegex, requiredLiterals } from './regex.ts'
import { shortestMatch } from './regex-length.ts'
import { timePart } from './time-part.ts'

export type MatchableEvent = Pick<NormalisedEvent, 'taxonomy' | 'raw' | 'logSources'>
export type ReadableEvent = Pick<NormalisedEvent, 'taxonomy' | 'raw'>

/** A predicate made ready: `value` answers for one value, folded text beside it. */
export type ValueTest = (value: string | number | boolean, folded: string) => boolean

const made = new WeakMap<Predicate, ValueTest>()

/** How a predicate judges single values; nothing for those that look at the field as a whole (null, present, fieldRef). */
export function valueTest(p: Predicate): ValueTest | undefined {
  const known = made.get(p)
  if (known !== undefined) return known
  const test = makeTest(p)
  if (test !== undefined) made.set(p, test)
  return test
}

function makeTest(p: Predicate): ValueTest | undefined {
  switch (p.kind) {
    case 'exact':
    case 'contains':
    case 'startsWith':
    case 'endsWith': {
      const { kind, text } = p
      return p.cased ? (value) => placed(kind, textOf(value), text) : (_, folded) => placed(kind, folded, text)
    }
    case 'glob': {
      const { glob } = p
      // Looking for the longest literal costs a fraction of trying the places where the pattern could begin.
      const longest = longestLiteral(glob)
      const meets = (text: string): boolean => text.includes(longest) && matchesGlob(text, glob)
      return p.cased ? (value) => meets(textOf(value)) : (_, folded) => meets(folded)
    }
    case 'regex': {
      const regex = compileRegex(p.source, p.flags)
      if ('problem' in regex) return () => false
      // Looking at the length, or for a literal that must be there, costs a fraction of the regex.
      const literals = requiredLiterals(p.source)
      const fewest = shortestMatch(p.source)
      return (value, folded) => {
        const text = textOf(value)
        if (text.length < fewest) return false
        return (literals === undefined || literals.some((one) => folded.includes(one))) && regex.test(text)
      }
    }
    case 'network': {
      const network = parseNetwork(p.cidr)!.network
      return (value) => typeof value === 'string' && isWithin(value, network)
    }
    case 'compare':
      return (value) => {
        const number =
          p.part === null ? numberOf(value) : typeof value === 'boolean' ? undefined : timePart(value, p.part)
        return number !== undefined && compares(p.op, number, p.value)
      }
    default:
      return undefined
  }
}

export function placed(kind: Placement, text: string, literal: string): boolean {
  switch (kind) {
    case 'exact':
      return text === literal
    case 'contains':
      return text.includes(literal)
    case 'startsWith':
      return text.startsWith(literal)
    case 'endsWith':
      return text.endsWith(literal)
  }
}

const DECIMAL = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?\s*$/

function numberOf(value: string | number | boolean): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : undefined
}

function compares(op: CompareOp | 'eq', a: number, b: number): boolean {
  switch (op) {
    case 'eq':
      return a === b
    case 'lt':
      return a < b
    case 'lte':
      return a <= b
    case 'gt':
      return a > b
    case 'gte':
      return a >= b
  }
}

/** Absent, null, or a list of nothing else. */
export const isNull = (value: FieldValue | undefined): boolean => {
  for (const _ of scalarsOf(value)) return false
  return true
}

/** Whether some value of the field stands to some value of the other as asked. */
export function refers(p: Predicate & { kind: 'fieldRef' }, fields: Fields): boolean {
  const form = p.cased ? textOf : (value: string | number | boolean) => fold(textOf(value))
  const others = [...scalarsOf(fields[p.other])].map(form)
  for (const value of scalarsOf(fields[p.field]))
    if (others.some((other) => placed(p.placement, form(value), other))) return true
  return false
}

/** Where keywords look: the original text, then every text of the event. */
export function* keywordTexts(event: ReadableEvent): Iterable<string> {
  yield event.raw
  for (const name in event.taxonomy)
    for (const value of scalarsOf(event.taxonomy[name])) if (typeof value === 'string') yield value
}

/** Whether a predicate holds of an event. */
export function holds(p: Predicate, event: ReadableEvent): boolean {
  if (p.kind === 'null') return isNull(event.taxonomy[p.field])
  if (p.kind === 'present') return event.taxonomy[p.field] !== undefined
  if (p.kind === 'fieldRef') return refers(p, event.taxonomy)
  return firstMet(p, event) !== undefined
}

/** The first value that a predicate about single values holds of. */
export function firstMet(p: Predicate, event: ReadableEvent): string | undefined {
  const test = valueTest(p)
  if (test === undefined) return undefined
  const values = p.field === null ? keywordTexts(event) : scalarsOf(event.taxonomy[p.field])
  for (const value of values) {
    const text = textOf(value)
    if (test(value, fold(text))) return text
  }
  return undefined
}

/** Evaluates an expression; `test` answers its leaves. */
export function evaluate(expr: Expr, test: (leaf: Expr & { op: 'test' }) => boolean): boolean {
  switch (expr.op) {
    case 'test':
      return test(expr)
    case 'not':
      return !evaluate(expr.of, test)
    case 'and':
      return expr.of.every((one) => evaluate(one, test))
    case 'or':
      return expr.of.some((one) => evaluate(one, test))
    case 'atLeast': {
      let count = 0
      for (const one of expr.of) if (evaluate(one, test) && ++count >= expr.count) return true
      return count >= expr.count
    }
  }
}

/** Whether one compiled rule matches, whatever the event's log source. For many rules or events use a plan. */
export const matchCompiled = (rule: CompiledRule, event: ReadableEvent): boolean =>
  evaluate(rule.expr, ({ predicate }) => holds(predicate, event))

const attributes = ['product', 'service', 'category'] as const

/** Every attribute that the rule names must be the source's own. */
export const fits = (wanted: LogSource, source: LogSource): boolean =>
  attributes.every((one) => wanted[one] === undefined || wanted[one].toLowerCase() === source[one]?.toLowerCase())
