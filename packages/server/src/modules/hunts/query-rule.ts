import type { HuntToRuleResult } from '@watchfloor/contracts/hunts'
import {
  literalPattern,
  type PatternUnit,
  parseQuery,
  patternUnits,
  printQuery,
  type QueryNode,
  type ValueTest,
} from '@watchfloor/engines/query'
import { stringify } from 'yaml'

type Leaf = QueryNode & { kind: 'field' | 'text' }
type Problem = HuntToRuleResult['problems'][number]

interface LogSource {
  readonly category?: string
  readonly product?: string
}

/** How a rule names what a query asks: Sigma's taxonomy has names of its own, mostly those of Windows. */
interface SigmaField {
  readonly name: string
  /** The rule's field holds a whole path, of which the query's is the last part. */
  readonly isLastOfPath?: boolean
}

const sigmaFields: Readonly<Record<string, SigmaField>> = {
  'process.executable': { name: 'Image' },
  'process.name': { name: 'Image', isLastOfPath: true },
  'process.command_line': { name: 'CommandLine' },
  'process.parent.executable': { name: 'ParentImage' },
  'process.parent.name': { name: 'ParentImage', isLastOfPath: true },
  'process.parent.command_line': { name: 'ParentCommandLine' },
  'process.working_directory': { name: 'CurrentDirectory' },
  'user.name': { name: 'User', isLastOfPath: true },
  'host.name': { name: 'Computer' },
  'event.code': { name: 'EventID' },
  'file.path': { name: 'TargetFilename' },
  'registry.path': { name: 'TargetObject' },
  'dns.question.name': { name: 'QueryName' },
  'source.ip': { name: 'SourceIp' },
  'destination.ip': { name: 'DestinationIp' },
  'destination.port': { name: 'DestinationPort' },
  'destination.domain': { name: 'DestinationHostname' },
  'url.path': { name: 'cs-uri-stem' },
  'url.query': { name: 'cs-uri-query' },
  'http.request.method': { name: 'cs-method' },
  'user_agent.original': { name: 'c-useragent' },
}

/** The log source that a field speaks of; the first field of a query that has one decides. */
const logSources: readonly (readonly [RegExp, LogSource])[] = [
  [/^process\./, { category: 'process_creation', product: 'windows' }],
  [/^registry\./, { category: 'registry_event', product: 'windows' }],
  [/^file\./, { category: 'file_event', product: 'windows' }],
  [/^dns\./, { category: 'dns_query', product: 'windows' }],
  [/^(?:url|http|user_agent)\./, { category: 'webserver' }],
  [/^(?:source|destination)\./, { category: 'network_connection', product: 'windows' }],
  [/^(?:event\.code|user\.name|host\.name)$/, { product: 'windows' }],
]

/**
 * A skeleton of a Sigma rule that says what a query says, for its author to complete: title, level, what is known to be harmless.
 * @returns no rule when the query cannot be read or says something that a rule cannot; `problems` has every such part
 */
export function ruleOfQuery(query: string, title: string): HuntToRuleResult {
  const { node, diagnostics } = parseQuery(query)
  const problems: Problem[] = diagnostics.map((one) => ({
    part: query.slice(one.offset, one.offset + Math.max(1, one.length)),
    message: one.message,
  }))
  if (problems.length > 0) return { yaml: null, problems }
  const leaves = [...leavesOf(node)]
  if (leaves.length === 0)
    problems.push({ part: query, message: 'it asks for every event; say what makes one worth a look' })
  const logSource = logSourceOf(leaves)
  if (!logSource && leaves.length > 0)
    problems.push({
      part: query,
      message:
        'nothing in it says which log source the rule is for: ask for a field of a process, file, registry, DNS, network or web event too',
    })
  const selections: Record<string, unknown> = {}
  const condition = conditionOf(node, selections, problems)
  if (problems.length > 0) return { yaml: null, problems }
  return {
    yaml: stringify(
      {
        title,
        status: 'experimental',
        description: `From the search: ${printQuery(node)}`,
        logsource: logSource,
        detection: { ...selections, condition },
        falsepositives: ['Unknown'],
        level: 'medium',
      },
      { lineWidth: 0 },
    ),
    problems,
  }
}

function* leavesOf(node: QueryNode): Iterable<Leaf> {
  if (node.kind === 'and' || node.kind === 'or') for (const one of node.nodes) yield* leavesOf(one)
  else if (node.kind === 'not') yield* leavesOf(node.node)
  else if (node.kind !== 'all') yield node
}

function logSourceOf(leaves: readonly Leaf[]): LogSource | undefined {
  for (const [fields, source] of logSources)
    if (leaves.some((leaf) => leaf.kind === 'field' && fields.test(leaf.field))) return source
  return undefined
}

/** Puts what a node asks into selections, and says how they come together. */
function conditionOf(node: QueryNode, selections: Record<string, unknown>, problems: Problem[]): string {
  switch (node.kind) {
    case 'all':
      return ''
    case 'and': {
      const together = oneSelection(node.nodes, problems)
      if (together) return select(together, selections)
      return node.nodes.map((one) => inParens(one, conditionOf(one, selections, problems))).join(' and ')
    }
    case 'or':
      return node.nodes.map((one) => inParens(one, conditionOf(one, selections, problems))).join(' or ')
    case 'not':
      return `not ${inParens(node.node, conditionOf(node.node, selections, problems))}`
    case 'text':
      return select([keywordOf(node.text)], selections)
    case 'field': {
      const item = itemOf(node.field, node.test, problems)
      return item ? select({ [item[0]]: item[1] }, selections) : ''
    }
  }
}

const inParens = (node: QueryNode, condition: string): string =>
  (node.kind === 'and' || node.kind === 'or') && condition.includes(' ') ? `(${condition})` : condition

function select(detection: unknown, selections: Record<string, unknown>): string {
  const name = `selection${Object.keys(selections).length === 0 ? '' : Object.keys(selections).length + 1}`
  selections[name] = detection
  return name
}

/** Fields that must all hold are one selection, as people write them, when no two have the same name. */
function oneSelection(nodes: readonly QueryNode[], problems: Problem[]): Record<string, unknown> | undefined {
  const fields = nodes.filter((one): one is QueryNode & { kind: 'field' } => one.kind === 'field')
  if (fields.length !== nodes.length) return undefined
  const found: Problem[] = []
  const items = fields.flatMap((one) => {
    const item = itemOf(one.field, one.test, found)
    return item ? [item] : []
  })
  if (found.length > 0 || new Set(items.map(([key]) => key)).size !== items.length) return undefined
  return problems.length > 0 ? undefined : Object.fromEntries(items)
}

function itemOf(field: string, test: ValueTest, problems: Problem[]): [key: string, value: unknown] | undefined {
  const known = sigmaFields[field]
  if (!known) {
    problems.push({
      part: printQuery({ kind: 'field', field, test }),
      message: `Sigma has no name for ${field}; rules may ask for ${Object.keys(sigmaFields).join(', ')}`,
    })
    return undefined
  }
  const { name, isLastOfPath } = known
  switch (test.kind) {
    case 'exists':
      return [`${name}|exists`, true]
    case 'cidr':
      return [`${name}|cidr`, test.network]
    case 'regex':
      return [`${name}|re|i|s`, test.pattern]
    case 'range':
      return rangeItem(name, field, test, problems)
    case 'equals':
      if (typeof test.value !== 'string') return [name, test.value]
      return textItem(name, patternUnits(literalPattern(test.value)), isLastOfPath === true)
    case 'wildcard':
      return textItem(name, patternUnits(test.pattern), isLastOfPath === true)
  }
}

function rangeItem(
  name: string,
  field: string,
  test: ValueTest & { kind: 'range' },
  problems: Problem[],
): [string, unknown] | undefined {
  const bounds = (['gt', 'gte', 'lt', 'lte'] as const).filter((one) => test[one] !== undefined)
  const [bound] = bounds
  if (bound && bounds.length === 1 && typeof test[bound] === 'number') return [`${name}|${bound}`, test[bound]]
  problems.push({
    part: printQuery({ kind: 'field', field, test }),
    message:
      bounds.length > 1
        ? 'write the two bounds as two conditions joined by `and`'
        : 'a rule compares numbers only; texts have no order there',
  })
  return undefined
}

/** `*x*` reads better as `contains`; of a path, its last part is asked for. */
function textItem(name: string, units: readonly PatternUnit[], isLastOfPath: boolean): [string, string] {
  const isStar = (unit: PatternUnit | undefined) => unit?.isWildcard === true && unit.char === '*'
  const open = { start: isStar(units[0]), end: units.length > 1 && isStar(units.at(-1)) }
  const core = written(units.slice(open.start ? 1 : 0, open.end ? -1 : undefined))
  if (isLastOfPath && !open.start && !open.end) return [`${name}|endswith`, `\\${core}`]
  if (isLastOfPath && !open.start) return [`${name}|contains`, `\\${core}`]
  if (open.start && open.end) return [`${name}|contains`, core]
  if (open.start) return [`${name}|endswith`, core]
  if (open.end) return [`${name}|startswith`, core]
  return [name, core]
}

const keywordOf = (text: string): string => {
  const units = patternUnits(text)
  return written(units)
}

/** As Sigma writes it: a backslash for itself only where it could be taken for an escape. */
const written = (units: readonly PatternUnit[]): string =>
  units
    .map(({ char, isWildcard }, at) => {
      if (isWildcard) return char
      if (char === '*' || char === '?') return `\\${char}`
      const next = units[at + 1]
      return char === '\\' && (next === undefined || next.isWildcard || '*?\\'.includes(next.char)) ? '\\\\' : char
    })
    .join('')
