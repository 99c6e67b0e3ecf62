import { isMap, isSeq, type YAMLMap } from 'yaml'
import { fits } from '../compile/evaluate.ts'
import { readPattern } from '../compile/pattern.ts'
import { parseCondition } from '../condition/parse.ts'
import { selectionsUsed } from '../condition/walk.ts'
import { quoted } from '../diagnostics.ts'
import { type Condition, type DetectionItem, type RuleValue, sigmaLevels, sigmaStatuses } from '../rule.ts'
import { didYouMean } from '../suggest.ts'
import { type Draft, itemsOf, type StateValue } from './draft.ts'
import { Parameters } from './parameters.ts'
import { matchesFromStart, regexParameter, textOf } from './value-text.ts'

/** What a condition is asked about: the rule, one of its items, or a field name within it. */
export interface Subject {
  readonly draft: Draft
  readonly item?: DetectionItem
  readonly field?: string | null
}

export type Test = (subject: Subject) => boolean
type MakeTest = (parameters: Parameters) => Test

const operators = ['eq', 'ne', 'gte', 'gt', 'lte', 'lt', 'in', 'not_in'] as const
type Operator = (typeof operators)[number]

function compares(op: Operator, a: StateValue, b: StateValue): boolean {
  if (op === 'eq') return a === b
  if (op === 'ne') return a !== b
  if (a === null || b === null || typeof a !== typeof b) return false
  if (op === 'gte') return a >= b
  if (op === 'gt') return a > b
  return op === 'lte' ? a <= b : op === 'lt' ? a < b : false
}

const stateTest: MakeTest = (parameters) => {
  const key = parameters.required('key')
  const wanted = parameters.scalar('val')
  const op = parameters.oneOf('op', operators, 'eq')
  return ({ draft }) => draft.state.has(key) && compares(op, draft.state.get(key) ?? null, wanted)
}

const itemId = (parameters: Parameters): string => parameters.required('processing_item_id')

const ruleTests: Readonly<Record<string, MakeTest>> = {
  logsource(parameters) {
    const wanted = Object.fromEntries(
      (['category', 'product', 'service'] as const).flatMap((name) => {
        const text = parameters.text(name)
        return text === undefined ? [] : [[name, text]]
      }),
    )
    return ({ draft }) => draft.document.kind === 'rule' && fits(wanted, draft.logSource)
  },
  contains_field(parameters) {
    const field = parameters.required('field')
    return ({ draft }) => [...itemsOf(draft)].some((item) => item.field === field)
  },
  contains_detection_item(parameters) {
    const field = parameters.required('field')
    const wanted = parameters.scalar('value')
    return ({ draft }) =>
      [...itemsOf(draft)].some(
        (item) => item.field === field && item.values.some((value) => isSame(item, value, wanted)),
      )
  },
  processing_item_applied(parameters) {
    const id = itemId(parameters)
    return ({ draft }) => draft.applied.has(id)
  },
  processing_state: stateTest,
  is_sigma_rule:
    () =>
    ({ draft }) =>
      draft.document.kind === 'rule',
  is_sigma_correlation_rule:
    () =>
    ({ draft }) =>
      draft.document.kind === 'correlation',
  rule_attribute: attributeTest,
  tag(parameters) {
    const tag = parameters.required('tag').toLowerCase()
    return ({ draft }) => draft.document.tags.some((one) => one.toLowerCase() === tag)
  },
}

/** Texts of a rule are case-insensitive; a number may be written as one. */
function isSame(item: DetectionItem, value: RuleValue, wanted: StateValue): boolean {
  if (value.type === 'null') return wanted === null
  if (value.type === 'string')
    return typeof wanted === 'string' && textOf(item, value)?.toLowerCase() === wanted.toLowerCase()
  return value.value === wanted
}

function attributeTest(parameters: Parameters): Test {
  const attribute = parameters.required('attribute')
  const wanted = parameters.scalar('value')
  const op = parameters.oneOf('op', operators, 'eq')
  const orders: Readonly<Record<string, readonly string[]>> = {
    level: sigmaLevels,
    // From the least sure to the surest.
    status: sigmaStatuses.toReversed(),
  }
  return ({ draft: { document, custom } }) => {
    const own = document as unknown as Readonly<Record<string, unknown>>
    const value = Object.hasOwn(own, attribute) ? own[attribute] : custom[attribute]
    if (Array.isArray(value)) {
      const isIn = value.includes(wanted)
      return op === 'in' ? isIn : op === 'not_in' ? !isIn : op === 'ne'
    }
    const order = orders[attribute]
    if (order !== undefined && typeof wanted === 'string' && typeof value === 'string')
      return compares(op, order.indexOf(value), order.indexOf(wanted.toLowerCase()))
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return compares(op, value, typeof value === 'string' && wanted !== null ? String(wanted) : wanted)
    return false
  }
}

/** Conditions about values hold when one, or when each of them does. */
const valueTest =
  (make: (parameters: Parameters) => (item: DetectionItem, value: RuleValue) => boolean): MakeTest =>
  (parameters) => {
    const test = make(parameters)
    const all = parameters.oneOf('cond', ['any', 'all'], 'any') === 'all'
    return ({ item }) =>
      item !== undefined &&
      (all ? item.values.every((one) => test(item, one)) : item.values.some((one) => test(item, one)))
  }

const itemTests: Readonly<Record<string, MakeTest>> = {
  match_string: valueTest((parameters) => {
    const regex = regexParameter(parameters, 'pattern', parameters.required('pattern'))
    const negate = parameters.flag('negate')
    return (item, value) => {
      const text = textOf(item, value)
      return (text !== undefined && regex !== undefined && matchesFromStart(regex, text)) !== negate
    }
  }),
  match_value: valueTest((parameters) => {
    const wanted = parameters.scalar('value')
    return (item, value) => isSame(item, value, wanted)
  }),
  contains_wildcard: valueTest(() => (item, value) => {
    const text = textOf(item, value)
    return text !== undefined && readPattern(text).some((token) => typeof token !== 'string')
  }),
  is_null: valueTest(() => (_, value) => value.type === 'null'),
  processing_item_applied(parameters) {
    const id = itemId(parameters)
    return ({ draft, item }) => item !== undefined && (draft.appliedToItem.get(item)?.has(id) ?? false)
  },
  processing_state: stateTest,
}

const fieldsTest: MakeTest = (parameters) => {
  const fields = parameters.texts('fields')
  if (fields === undefined) parameters.invalid(undefined, '"fields" is missing')
  if (parameters.oneOf('mode', ['plain', 're'], 'plain') === 'plain') {
    const names = new Set(fields)
    return ({ field }) => typeof field === 'string' && names.has(field)
  }
  const regexes = (fields ?? []).flatMap((one) => regexParameter(parameters, 'fields', one) ?? [])
  return ({ field }) => typeof field === 'string' && regexes.some((regex) => matchesFromStart(regex, field))
}

const fieldTests: Readonly<Record<string, MakeTest>> = {
  include_fields: fieldsTest,
  exclude_fields(parameters) {
    const test = fieldsTest(parameters)
    return (subject) => !test(subject)
  },
  processing_item_applied(parameters) {
    const id = itemId(parameters)
    return ({ draft, field }) => typeof field === 'string' && (draft.appliedToField.get(field)?.has(id) ?? false)
  },
  processing_state: stateTest,
}

const kinds = {
  rule: { tests: ruleTests, what: 'rule condition' },
  detection_item: { tests: itemTests, what: 'detection item condition' },
  field_name: { tests: fieldTests, what: 'field name condition' },
} as const
export type ConditionKind = keyof typeof kinds

const always: Test = () => true

/** Reads `KIND_conditions` with how they are linked: `KIND_cond_op`, `KIND_cond_expr`, `KIND_cond_not`. Without any it always holds. */
export function readConditions(parameters: Parameters, kind: ConditionKind): Test {
  const { invalid } = { invalid: parameters.invalid.bind(parameters) }
  const listName = `${kind}_conditions`
  const node = parameters.node(listName)
  const expression = parameters.text(`${kind}_cond_expr`)
  const negated = parameters.flag(`${kind}_cond_not`)
  const hasOperator = parameters.has(`${kind}_cond_op`)
  const isOr = parameters.oneOf(`${kind}_cond_op`, ['and', 'or'], 'and') === 'or'
  if (expression !== undefined && hasOperator)
    invalid(`${kind}_cond_expr`, 'an expression and an operator exclude each other', 'keep one')
  if (node === undefined) {
    if (expression !== undefined) invalid(`${kind}_cond_expr`, `an expression needs "${listName}" to refer to`)
    return always
  }
  const named = new Map<string, Test>()
  if (isMap(node))
    for (const { key, value } of parameters.doc.entries(node)) named.set(key, oneTest(parameters, value, kind))
  else if (isSeq(node))
    for (const [i, one] of node.items.entries())
      named.set(String(i + 1), oneTest(parameters, parameters.doc.resolve(one), kind))
  else invalid(listName, `"${listName}" must be a list of conditions, or a map of named ones`)
  if (named.size === 0) return always
  const tests = [...named.values()]
  const linked =
    expression !== undefined
      ? expressionTest(parameters, expression, named, `${kind}_cond_expr`)
      : (subject: Subject) => (isOr ? tests.some((test) => test(subject)) : tests.every((test) => test(subject)))
  return negated ? (subject) => !linked(subject) : linked
}

function oneTest(parent: Parameters, node: unknown, kind: ConditionKind): Test {
  const { tests, what } = kinds[kind]
  if (!isMap(node)) {
    parent.sink.error('SIGMA_PIPELINE_INVALID', parent.doc.at(node), `a ${what} must be a map with a "type"`)
    return always
  }
  const parameters = new Parameters(parent.doc, node as YAMLMap, parent.sink)
  const type = parameters.required('type')
  const make = Object.hasOwn(tests, type) ? tests[type] : undefined
  if (make === undefined) {
    if (type !== '') {
      const remedy = didYouMean(type, Object.keys(tests)) ?? `known are ${Object.keys(tests).join(', ')}`
      parameters.invalid('type', `there is no ${what} ${quoted(type)}`, remedy)
    }
    return always
  }
  const test = make(parameters)
  parameters.finish(`the ${what} ${quoted(type)}`)
  return test
}

/** `a and (b or not c)` over named conditions. */
function expressionTest(parameters: Parameters, text: string, named: ReadonlyMap<string, Test>, name: string): Test {
  const at = parameters.at(name)
  const condition = parseCondition(text, [...named.keys()], parameters.sink, () => at)
  if (condition === undefined) return always
  const used = selectionsUsed(condition)
  for (const one of named.keys())
    if (!used.has(one)) parameters.invalid(name, `the expression never uses the condition ${quoted(one)}`)
  const holds = (one: Condition, subject: Subject): boolean => {
    switch (one.op) {
      case 'selection':
        return named.get(one.name)!(subject)
      case 'not':
        return !holds(one.of, subject)
      case 'count': {
        const met = one.names.filter((other) => named.get(other)!(subject)).length
        return met >= (one.atLeast === 'all' ? one.names.length : one.atLeast)
      }
      case 'and':
        return one.of.every((other) => holds(other, subject))
      default:
        return one.of.some((other) => holds(other, subject))
    }
  }
  return (subject) => holds(condition, subject)
}
