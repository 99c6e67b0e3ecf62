import type { FieldValue, NormalisedEvent } from '../event/index.ts'
import { compileRules } from './compile.ts'
import type { Condition } from './condition.ts'
import { EventView, evaluate, holds } from './evaluate.ts'
import { fits } from './plan.ts'
import type { FieldItem, SigmaRule, SigmaValue } from './rule.ts'

const plainModifiers = new Set(['contains', 'startswith', 'endswith', 'all', 'cased', 'neq', 'exists'])

/**
 * Straightforward evaluation of one rule, as the specification words it: no index, no shared answers, patterns as regular expressions.
 * The oracle that the plan is held against. Items with encodings, networks or comparisons are asked of the same predicates as
 * in the plan, which have tables of their own.
 */
export function matchNaive(rule: SigmaRule, event: Pick<NormalisedEvent, 'taxonomy' | 'raw' | 'logSources'>): boolean {
  if (!event.logSources.some((source) => fits(rule.logSource, source))) return false
  return rule.conditions.some((condition) => conditionHolds(condition, rule, event))
}

type Event = Pick<NormalisedEvent, 'taxonomy' | 'raw'>

function conditionHolds(condition: Condition, rule: SigmaRule, event: Event): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.nodes.every((node) => conditionHolds(node, rule, event))
    case 'or':
      return condition.nodes.some((node) => conditionHolds(node, rule, event))
    case 'not':
      return !conditionHolds(condition.node, rule, event)
    case 'selection':
      return selectionHolds(condition.name, rule, event)
    case 'of': {
      const holding = condition.names.filter((name) => selectionHolds(name, rule, event)).length
      return holding >= (condition.count === 'all' ? condition.names.length : condition.count)
    }
  }
}

const selectionHolds = (name: string, rule: SigmaRule, event: Event): boolean =>
  rule.selections.get(name)?.groups.some((items) => items.every((item) => itemHolds(item, rule, event))) ?? false

function itemHolds(item: FieldItem, rule: SigmaRule, event: Event): boolean {
  if (!item.modifiers.every((modifier) => plainModifiers.has(modifier))) return compiledItemHolds(item, rule, event)
  const holdsOne = (value: SigmaValue) => valueHolds(item, value, event)
  const all = item.modifiers.includes('all')
  const result = all ? item.values.every(holdsOne) : item.values.some(holdsOne)
  return item.modifiers.includes('neq') ? !result : result
}

function compiledItemHolds(item: FieldItem, rule: SigmaRule, event: Event): boolean {
  const selections = new Map([['only', { name: 'only', groups: [[item]] }]])
  const single = { ...rule, selections, conditions: [{ kind: 'selection', name: 'only' } as const] }
  const { compiled } = compileRules([single])
  const view = new EventView(event)
  return compiled.some((one) => evaluate(one.expression, (test) => holds(test, view)))
}

function valueHolds(item: FieldItem, value: SigmaValue, event: Event): boolean {
  const found = item.field === null ? [event.raw, ...Object.values(event.taxonomy)] : [event.taxonomy[item.field]]
  if (item.modifiers.includes('exists')) return (found[0] !== undefined) === value
  if (value === null) return found[0] === undefined || found[0] === null
  const open =
    item.field === null ? 'contains' : item.modifiers.find((one) => /^(contains|startswith|endswith)$/.test(one))
  const pattern = regExpOf(String(value), open, item.modifiers.includes('cased'))
  return found.some((one) => scalars(one).some((text) => pattern.test(text)))
}

const scalars = (value: FieldValue | undefined): string[] =>
  value === null || value === undefined ? [] : Array.isArray(value) ? value.flatMap(scalars) : [String(value)]

function regExpOf(value: string, open: string | undefined, cased: boolean): RegExp {
  const fold = (text: string) => (cased ? text : text.toLowerCase())
  const body = value.replace(/\\([*?\\])|([*?])|([\s\S])/gu, (_all, escaped, wildcard, plain) =>
    wildcard === '*' ? '[\\s\\S]*' : wildcard === '?' ? '[\\s\\S]' : literal(fold((escaped ?? plain) as string)),
  )
  const before = open === 'contains' || open === 'endswith' ? '[\\s\\S]*' : ''
  const after = open === 'contains' || open === 'startswith' ? '[\\s\\S]*' : ''
  const expression = new RegExp(`^${before}${body}${after}$`)
  return { test: (text: string) => expression.test(fold(text)) } as RegExp
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
