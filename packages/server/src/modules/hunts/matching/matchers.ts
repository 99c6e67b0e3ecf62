import { assertNever } from '@watchfloor/contracts/kernel'
import { normalise } from '@watchfloor/engines/logs'
import { parseQuery } from '@watchfloor/engines/query'
import { buildPlan, compileRules, explain, parseRules } from '@watchfloor/engines/sigma'
import type { FoundHit, HuntedEvent, HuntedRule, Wanted } from './messages.ts'
import { queryMatches } from './query-matches.ts'

/** Says what one event meets; `row` goes into the hits. */
export type Matcher = (event: HuntedEvent, row: number) => FoundHit[]

/** Predicates shown of one match. */
const maxPredicates = 20

/** Makes a matcher of what is wanted. What cannot be compiled is left out: it was checked when the run began. */
export function makeMatcher(wanted: Wanted): Matcher {
  switch (wanted.kind) {
    case 'sigma':
      return sigmaMatcher(wanted)
    case 'query':
      return queryMatcher(wanted)
    default:
      return assertNever(wanted)
  }
}

/** Stored records are read again as they were when they came in, and all rules are matched at once. */
function sigmaMatcher(wanted: Wanted & { kind: 'sigma' }): Matcher {
  const filters = wanted.filters.flatMap((yaml) =>
    parseRules(yaml, 'filter.yml').others.filter((one) => one.kind === 'filter'),
  )
  const hunted: HuntedRule[] = []
  const parsed = wanted.rules.flatMap(({ yaml, ...rule }) => {
    const [first] = parseRules(yaml, 'rule.yml').rules
    if (first) hunted.push(rule)
    return first ? [first] : []
  })
  const ruleBySigma = new Map(parsed.map((one, at) => [one, hunted[at]!]))
  const { compiled } = compileRules(parsed, { filters })
  const plan = buildPlan(compiled)
  return ({ raw, hint }, row) => {
    const event = normalise(raw, hint)
    return plan.match(event).map(({ index, rule }) => ({
      row,
      rule: ruleBySigma.get(rule)!,
      matched: explain(compiled[index]!, event)
        .slice(0, maxPredicates)
        .map(({ field, value, predicate, selection }) => ({ field, value: value.slice(0, 300), predicate, selection })),
    }))
  }
}

/** The store has answered the query; here is only said what in the event it was. */
function queryMatcher({ query, rule }: Wanted & { kind: 'query' }): Matcher {
  const { node } = parseQuery(query)
  return ({ raw, ecs }, row) => [{ row, rule, matched: queryMatches(node, { ecs: ecs ?? {}, raw }) }]
}
