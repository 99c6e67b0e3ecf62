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

function fieldCondition(field: string, test: ValueTest): string {
  const inJson = `(contains(ecs, ${text(JSON.stringify(field.toWellFormed()))}) AND ${jsonCondition(field, test)})`
  if (!isPromoted(field)) return inJson
  const column = name(field)
  // What begins with "[" is a list, or a text that looks like one: the JSON knows.
  return `coalesce(CASE WHEN starts_with(${column}, '[') THEN ${inJson} ELSE ${valueCondition(column, test)} END, false)`
}

function jsonCondition(field: string, test: ValueTest): string {
  const scalar = `json_extract_string(ecs, ${text(memberPath(field))})`
  return `coalesce(CASE json_type(ecs, ${text(memberPath(field))}) WHEN 'ARRAY' THEN len(list_filter(${elementsOf(field)}, lambda v: ${valueCondition('v', test)})) > 0
    ELSE ${valueCondition(scalar, test)} END, false)`
}

/** SQL: the scalars of a list, lists within it opened, as VARCHAR[]. */
export function elementsOf(field: string): string {
  const levels = Array.from(
    { length: LIST_DEPTH },
    (_, depth) => `json_extract(ecs, ${text(memberPath(field) + '[*]'.repeat(depth + 1))})`,
  )
  const all = levels.reduce((lists, level) => `list_concat(${lists}, ${level})`)
  return `list_transform(list_filter(${all}, lambda e: json_type(e) IN ${SCALAR_TYPES}), lambda e: json_extract_string(e, '$'))`
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
