import { setImmediate } from 'node:timers/promises'
import type { HuntDiagnostic, HuntSearch } from '@watchfloor/contracts/hunts'
import { assertNever } from '@watchfloor/contracts/kernel'
import { type CanonicalIndicator, readIndicator } from '@watchfloor/engines/indicator-index'
import { parseQuery, type QueryNode } from '@watchfloor/engines/query'
import { compileStixPattern } from '@watchfloor/engines/stix-pattern'
import type { Rules } from '../rules/index.ts'
import type { HuntedRule, Wanted } from './matching/messages.ts'
import { prepareSigma } from './prepare-sigma.ts'

/** A search made ready: what threads look for, and what the event store can leave out by itself. */
export interface Prepared {
  readonly wanted: Wanted
  /** Only events that answer it can be hits. */
  readonly where?: QueryNode
  readonly diagnostics: readonly HuntDiagnostic[]
  /** Rules, indicators: what it comes to. */
  readonly parts: number
  /** Matches span events: all pages must be seen in their order, from the first on. */
  readonly isInOrder?: boolean
}

/** What of the rules module is asked. */
export type RuleSource = Pick<Rules, 'check' | 'runnable' | 'chosen'>

/** Whom the hits of rules that are not kept are counted to. */
export interface HuntName {
  /** `hunt:…` */
  readonly id: string
  readonly title: string
}

const linesAtOnce = 1000
const maxIndicators = 100_000
const maxDiagnostics = 50
const none = { line: 1, column: 1, length: 1 }

/** Reads what is looked for, with all diagnostics; with errors among them it is not to be run. */
export function prepare(search: HuntSearch, name: HuntName, rules: RuleSource): Promise<Prepared> {
  switch (search.kind) {
    case 'query':
      return Promise.resolve(prepareQuery(search.query, name))
    case 'sigma':
      return prepareSigma(search, name, rules)
    case 'indicators':
      return prepareIndicators(search.values, name)
    case 'pattern':
      return Promise.resolve(preparePattern(search.pattern, name))
    default:
      return assertNever(search)
  }
}

const ruleOf = (name: HuntName): HuntedRule => ({
  kind: 'hunt',
  id: name.id,
  version: 1,
  title: name.title,
  level: 'medium',
  techniques: [],
})

function prepareQuery(query: string, name: HuntName): Prepared {
  const { node, diagnostics } = parseQuery(query)
  return {
    wanted: { kind: 'query', query, rule: ruleOf(name) },
    where: node,
    diagnostics: queryDiagnostics(query, diagnostics),
    parts: 1,
  }
}

async function prepareIndicators(text: string, name: HuntName): Promise<Prepared> {
  const values: CanonicalIndicator[] = []
  const diagnostics: HuntDiagnostic[] = []
  for (const [at, line] of text.split('\n').entries()) {
    // A long list must not hold up everybody else.
    if (at % linesAtOnce === linesAtOnce - 1) await setImmediate()
    const written = line.trim()
    if (written === '' || written.startsWith('#')) continue
    const read = readIndicator(written)
    if (!('problem' in read)) values.push(read)
    else if (diagnostics.length < maxDiagnostics)
      diagnostics.push({
        level: 'warning',
        code: 'HUNT_NO_INDICATOR',
        message: read.problem,
        line: at + 1,
        column: 1,
        length: Math.max(1, line.length),
      })
  }
  if (values.length === 0 || values.length > maxIndicators)
    diagnostics.unshift({
      ...none,
      level: 'error',
      code: values.length === 0 ? 'HUNT_NO_INDICATORS' : 'HUNT_TOO_MANY_INDICATORS',
      message: values.length === 0 ? 'there is no indicator to look for' : `more than ${maxIndicators} indicators`,
      remedy:
        values.length === 0
          ? 'Write one a line: an address, a network, a domain, a URL, a hash, …'
          : 'Split the list into several hunts.',
    })
  const title = name.title.startsWith('Indicators ') ? 'Indicator' : name.title
  return {
    wanted: { kind: 'indicators', values, rule: ruleOf({ ...name, title }) },
    diagnostics,
    parts: values.length,
  }
}

function preparePattern(pattern: string, name: HuntName): Prepared {
  const compiled = compileStixPattern(pattern)
  return {
    wanted: {
      kind: 'pattern',
      pattern,
      rule: { ...ruleOf(name), kind: 'pattern', id: name.id.replace('hunt:', 'pattern:') },
    },
    diagnostics: compiled.diagnostics.map(({ level, code, message, remedy, line, column, length }) => ({
      level: level === 'error' ? 'error' : 'warning',
      code,
      message,
      remedy,
      line,
      column,
      length: Math.max(1, length),
    })),
    parts: 1,
    isInOrder: compiled.ok && compiled.pattern.scope === 'sequence',
  }
}

/** What is wrong with a query; nothing for a good one and for none. */
export const queryFaults = (query: string): HuntDiagnostic[] => queryDiagnostics(query, parseQuery(query).diagnostics)

/** Diagnostics of a query with their places as lines and columns. */
function queryDiagnostics(query: string, diagnostics: ReturnType<typeof parseQuery>['diagnostics']): HuntDiagnostic[] {
  return diagnostics.map(({ code, message, remedy, offset, length }) => {
    const before = query.slice(0, offset).split('\n')
    return {
      level: 'error',
      code,
      message,
      ...(remedy ? { remedy } : {}),
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
      length: Math.max(1, length),
    }
  })
}
