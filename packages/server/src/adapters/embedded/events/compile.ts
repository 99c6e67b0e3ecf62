import { assertNever } from '@watchfloor/contracts/kernel'
import { type PatternUnit, patternUnits, type QueryNode, type ValueTest } from '@watchfloor/engines/query'
import type { AccessScope, EventQuery } from '../../../platform/events/event-store.ts'
import { isPromoted } from './columns.ts'
import { inNetwork } from './ip-network.ts'
import { instantMs, memberPath, name, number, text } from './literal.ts'

/** Lists within lists are searched to this depth. */
const LIST_DEPTH = 4
const SCALAR_TYPES = "('VARCHAR', 'BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE', 'BOOLEAN')"

/** The rows a query asks for, as one SQL condition that is never NULL. */
export function condition(query: EventQuery): string {
  const parts = [
    scopeCondition(query.scope),
    `time_ms >= ${instantMs(query.fromMs)}`,
    `time_ms < ${instantMs(query.toMs)}`,
    ...(query.where && query.where.kind !== 'all' ? [nodeCondition(query.where)] : []),
  ]
  return parts.filter((part) => part !== 'true').join(' AND ')
}

export function scopeCondition(scope: AccessScope): string {
  if (scope === 'all') return 'true'
  return scope.sourceIds.length === 0 ? 'false' : `source_id IN (${scope.sourceIds.map(text).join(', ')})`
}

/** One node; agrees with `evaluate` of the query engine. */
export function nodeCondition(node: QueryNode): string {
  switch (node.kind) {
    case 'all':
      return 'true'
    case 'and':
      return node.nodes.length === 0 ? 'true' : `(${node.nodes.map(nodeCondition).join(' AND ')})`
    case 'or':
      return node.nodes.length === 0 ? 'false' : `(${node.nodes.map(nodeCondition).join(' OR ')})`
    case 'not':
      return `(NOT ${nodeCondition(node.node)})`
    case 'field':
      return fieldCondition(node.field, node.test)
    case 'text':
      return textCondition(node.text)
    default:
      return assertNever(node)
  }
}

/** What the store itself knows of an event, as fields that a search can name. */
const ownFields: Readonly<Record<string, string>> = {
  'watchfloor.source.id': 'source_id',
  'watchfloor.parser': 'parser',
}

function fieldCondition(field: string, test: ValueTest): string {
  const own = ownFields[field]
  if (own !== undefined) return `coalesce(${valueCondition(own, test)}, false)`
  const inJson = `(${mayHold(field, test)} AND ${jsonCondition(field, test)})`
  if (!isPromoted(field)) return inJson
  const column = name(field)
  // What begins with "[" is a list, or a text that looks like one: the JSON knows.
  return `coalesce(CASE WHEN starts_with(${column}, '[') THEN ${inJson} ELSE ${valueCondition(column, test)} END, false)`
}

/**
 * SQL: false for most rows in which the field cannot pass, without reading their JSON; never false for one in which it can.
 * Relies on JSON.stringify's way of writing.
 */
function mayHold(field: string, test: ValueTest): string {
  const key = JSON.stringify(field.toWellFormed())
  const holds = (literal: string) => `contains(ecs, ${text(literal)})`
  // A number stands as it is printed, within a text, or in a list.
  if (test.kind === 'equals' && typeof test.value === 'number') {
    return `(${[`${test.value}`, '"', '['].map((start) => holds(`${key}:${start}`)).join(' OR ')})`
  }
  const literal = literalOf(test)
  return literal === '' ? holds(key) : `${holds(key)} AND contains(lower(ecs), ${text(literal)})`
}

/** Text that every passing value holds and that JSON writes as it is; empty when there is none. */
function literalOf(test: ValueTest): string {
  if (test.kind === 'equals') return longestPlain([typeof test.value === 'string' ? test.value : ''])
  if (test.kind !== 'wildcard') return ''
  const separated = patternUnits(test.pattern).map((unit) => (unit.isWildcard ? '\0' : unit.char))
  return longestPlain(separated.join('').split('\0'))
}

function longestPlain(runs: readonly string[]): string {
  const plain = runs.filter((run) => /^[\x20-\x7e]*$/.test(run) && !/["\\]/.test(run))
  return plain.reduce((a, b) => (b.length > a.length ? b : a), '').toLowerCase()
}

/** The JSON is read once a row, whatever the test says how often about the value: its reader takes much memory. */
function jsonCondition(field: string, test: ValueTest): string {
  return `coalesce(list_transform([json_extract(ecs, ${text(memberPath(field))})], lambda j:
    CASE WHEN starts_with(j, '[') THEN len(list_filter(${elementsOf('j')}, lambda v: ${valueCondition('v', test)})) > 0
    ELSE len(list_filter([${scalarOf('j')}], lambda v: ${valueCondition('v', test)})) > 0 END)[1], false)`
}

/** SQL: a JSON scalar as text; null and nothing become NULL. */
export const scalarOf = (json: string): string => `json_extract_string(${json}, '$')`

/** SQL: the scalars of a JSON list, lists within it opened, as VARCHAR[]. */
export function elementsOf(json: string): string {
  const levels = Array.from(
    { length: LIST_DEPTH },
    (_, depth) => `json_extract(${json}, '$${'[*]'.repeat(depth + 1)}')`,
  )
  const all = levels.reduce((lists, level) => `list_concat(${lists}, ${level})`)
  return `list_transform(list_filter(${all}, lambda e: json_type(e) IN ${SCALAR_TYPES}), lambda e: ${scalarOf('e')})`
}

/** SQL: whether one value, given as text, passes a test; NULL or false when it does not. */
function valueCondition(value: string, test: ValueTest): string {
  switch (test.kind) {
    case 'exists':
      return `${value} IS NOT NULL`
    case 'equals':
      return typeof test.value === 'number'
        ? comparison(numberOf(value), '=', test.value)
        : `lower(${value}) = ${text(String(test.value).toLowerCase())}`
    case 'wildcard':
      return patternCondition(value, patternUnits(test.pattern.toLowerCase()))
    case 'regex':
      return `regexp_matches(${value}, ${text(test.pattern)}, 'is')`
    case 'cidr':
      return inNetwork(value, test.network)
    case 'range':
      return rangeCondition(value, test)
    default:
      return assertNever(test)
  }
}

/** SQL: a text as the number it spells, else NULL. */
const numberOf = (value: string): string =>
  `CASE WHEN regexp_full_match(${value}, '\\s*-?[0-9]+(\\.[0-9]*)?([eE][+-]?[0-9]+)?\\s*') THEN TRY_CAST(trim(${value}) AS DOUBLE) END`

const comparison = (value: string, operator: string, bound: number): string =>
  Number.isFinite(bound) ? `${value} ${operator} ${number(bound)}` : 'false'

function rangeCondition(value: string, range: Extract<ValueTest, { kind: 'range' }>): string {
  const bounds: readonly (readonly [string, number | string | undefined])[] = [
    ['>', range.gt],
    ['>=', range.gte],
    ['<', range.lt],
    ['<=', range.lte],
  ]
  const parts = bounds.flatMap(([operator, bound]) => {
    if (bound === undefined) return []
    if (typeof bound === 'number') return [comparison(numberOf(value), operator, bound)]
    return [`lower(${value}) ${operator} ${text(bound.toLowerCase())}`]
  })
  return parts.length === 0 ? `${value} IS NOT NULL` : `(${parts.join(' AND ')})`
}

function textCondition(pattern: string): string {
  const star: PatternUnit = { char: '*', isWildcard: true }
  return patternCondition('raw', [star, ...patternUnits(pattern.toLowerCase()), star])
}

const isStar = (unit: PatternUnit | undefined): boolean => unit?.isWildcard === true && unit.char === '*'

/** `*` at the ends becomes a plain text search; anything else a regular expression (RE2, so the time stays linear). */
function patternCondition(value: string, units: readonly PatternUnit[]): string {
  let start = 0
  let end = units.length
  while (start < end && isStar(units[start])) start++
  while (end > start && isStar(units[end - 1])) end--
  const core = units.slice(start, end)
  const open = { start: start > 0, end: end < units.length }
  if (core.some((unit) => unit.isWildcard)) return `regexp_matches(${value}, ${text(patternRegex(core, open))}, 'is')`
  const literal = text(core.map((unit) => unit.char).join(''))
  if (open.start && open.end) return `contains(lower(${value}), ${literal})`
  if (open.start) return `ends_with(lower(${value}), ${literal})`
  if (open.end) return `starts_with(lower(${value}), ${literal})`
  return `lower(${value}) = ${literal}`
}

function patternRegex(core: readonly PatternUnit[], open: { start: boolean; end: boolean }): string {
  const body = core
    .map((unit) => {
      if (unit.isWildcard) return unit.char === '*' ? '.*' : '.'
      return unit.char.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')
    })
    .join('')
  return `${open.start ? '' : '\\A'}${body}${open.end ? '' : '\\z'}`
}
