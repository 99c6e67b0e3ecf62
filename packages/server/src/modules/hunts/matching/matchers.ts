import { createHash } from 'node:crypto'
import { assertNever, type EventId } from '@watchfloor/contracts/kernel'
import { IndicatorIndex, IndicatorIndexBuilder, matchIndicators } from '@watchfloor/engines/indicator-index'
import { normalise } from '@watchfloor/engines/logs'
import { parseQuery } from '@watchfloor/engines/query'
import { buildPlan, compileRules, explain, parseRules } from '@watchfloor/engines/sigma'
import { compileStixPattern, observeEvent, patternEvidenceOf } from '@watchfloor/engines/stix-pattern'
import { HuntCorrelations } from './correlations.ts'
import type { FoundCorrelation, FoundHit, HuntedEvent, HuntedRule, Wanted } from './messages.ts'
import { patternsMatcher } from './patterns.ts'
import { queryMatches } from './query-matches.ts'

/** Says what one event meets; `row` goes into the hits. */
export interface Matcher {
  (event: HuntedEvent, row: number): FoundHit[]
  /** What came together since it was last asked; with `endMs` also what is told only when no more events come before it. */
  readonly correlated?: (endMs?: number) => FoundCorrelation[]
}

/** Predicates shown of one match. */
const maxPredicates = 20

/** Makes a matcher of what is wanted. What cannot be compiled is left out: it was checked when the run began. */
export function makeMatcher(wanted: Wanted): Matcher {
  switch (wanted.kind) {
    case 'sigma':
      return sigmaMatcher(wanted)
    case 'query':
      return queryMatcher(wanted)
    case 'indicators':
      return indicatorMatcher(wanted)
    case 'pattern':
      return patternMatcher(wanted)
    case 'patterns':
      return patternsMatcher(wanted.patterns)
    default:
      return assertNever(wanted)
  }
}

/** Stored records are read again as they were when they came in, and all rules are matched at once. */
function sigmaMatcher(wanted: Wanted & { kind: 'sigma' }): Matcher {
  const filters = wanted.filters.flatMap((yaml) =>
    parseRules(yaml, 'filter.yml').others.filter((one) => one.kind === 'filter'),
  )
  const hunted: { rule: HuntedRule; isQuiet: boolean }[] = []
  const parsed = wanted.rules.flatMap(({ yaml, isQuiet = false, name: _, ownId, ...rule }) => {
    const [first] = parseRules(yaml, 'rule.yml').rules
    if (!first) return []
    hunted.push({ rule, isQuiet })
    // A rule that carries no id of its own is known by ours, so that filters can name it.
    return [{ ...first, id: first.id ?? ownId }]
  })
  const ruleBySigma = new Map(parsed.map((one, at) => [one, hunted[at]!]))
  const { compiled } = compileRules(parsed, { filters })
  const plan = buildPlan(compiled)
  const correlations =
    wanted.correlations.length > 0 ? new HuntCorrelations(wanted.correlations, wanted.rules) : undefined
  const look: Matcher = (hunted, row) => {
    const event = normalise(hunted.raw, hunted.hint)
    return plan.match(event).flatMap(({ index, rule: found }) => {
      const { rule, isQuiet } = ruleBySigma.get(found)!
      correlations?.observe(rule.id, hunted, event)
      if (isQuiet) return []
      const matched = explain(compiled[index]!, event)
        .slice(0, maxPredicates)
        .map(({ field, value, predicate, selection }) => ({ field, value: value.slice(0, 300), predicate, selection }))
      return [{ row, rule, matched }]
    })
  }
  return correlations ? Object.assign(look, { correlated: (endMs?: number) => correlations.take(endMs) }) : look
}

/** The store has answered the query; here is only said what in the event it was. */
function queryMatcher({ query, rule }: Wanted & { kind: 'query' }): Matcher {
  const { node } = parseQuery(query)
  return ({ raw, ecs }, row) => [{ row, rule, matched: queryMatches(node, { ecs: ecs ?? {}, raw }) }]
}

/** Every listed value in an event is a hit of its own, named by a digest of the value so that a changed list keeps the others' names. */
function indicatorMatcher({ values, rule }: Wanted & { kind: 'indicators' }): Matcher {
  const builder = new IndicatorIndexBuilder({ confirmation: 'inside', seed: 1, shared: false })
  for (const [row, { type, value }] of values.entries()) builder.add({ type, value, row, expiryMinute: 0 })
  const index = new IndicatorIndex(builder.finish())
  const ruleOf = (row: number): HuntedRule => {
    const { type, value } = values[row]!
    const digest = createHash('sha256').update(`${type} ${value}`).digest('hex').slice(0, 16)
    return { ...rule, id: `${rule.id}:${digest}`, title: `${rule.title}: ${value}`.slice(0, 300) }
  }
  return ({ ecs = {} }, row) =>
    matchIndicators([index], ecs, 0).map((hit) => ({
      row,
      rule: ruleOf(hit.row),
      listed: { type: hit.type, indicator: values[hit.row]!.value, key: hit.key },
      matched: [
        {
          field: hit.field,
          value: hit.value.slice(0, 300),
          predicate: `${hit.type} ${values[hit.row]!.value} is on the list`,
          selection: 'indicators',
        },
      ],
    }))
}

/** A pattern over several events keeps what it waits for from page to page; the event that completes it is the hit. */
function patternMatcher({ pattern: text, rule }: Wanted & { kind: 'pattern' }): Matcher {
  const compiled = compileStixPattern(text)
  if (!compiled.ok) return () => []
  const { pattern } = compiled
  const stream = pattern.scope === 'sequence' ? pattern.stream() : undefined
  return ({ id, timeMs, ecs = {} }, row) => {
    const observation = observeEvent({ timeMs, ecs }, id, pattern.objectTypes)
    const met = stream ? undefined : pattern.matchObserved(observation)
    const hit = stream ? stream.push(observation) : met && { met, eventIds: [id] }
    if (!hit) return []
    return [
      {
        row,
        rule,
        matched: hit.met.slice(0, maxPredicates).map(({ path, value }) => ({
          field: path,
          value: value.slice(0, 300),
          predicate: `${path} is met`,
          selection: 'pattern',
        })),
        evidence: patternEvidenceOf(
          { id: rule.id, text: text.slice(0, 2000) },
          { met: hit.met.slice(0, maxPredicates), eventIds: hit.eventIds.map((one) => one as EventId) },
        ),
      },
    ]
  }
}
