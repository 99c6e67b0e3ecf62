import { type CorrelationHit, createCorrelator } from '@watchfloor/engines/sigma'
import { type Hit, instantOf, type Match, type MatchedField } from './hit.ts'
import type { RuleSet } from './rule-set.ts'

/** Matches kept for correlations; files come in any order of time, so all must be there before the first is looked at. */
const maxMatches = 1_000_000
/** Records that a hit names. */
const maxRecords = 100

/** Gathers what rules matched, over all files, and runs correlations over it in the order of time. */
export class MatchCorrelation {
  readonly #set: RuleSet
  readonly #matches: Match[] = []
  /** Matches that there was no room for. */
  dropped = 0

  constructor(set: RuleSet) {
    this.#set = set
  }

  add(matches: readonly Match[]): void {
    for (const match of matches)
      if (this.#matches.length < maxMatches) this.#matches.push(match)
      else this.dropped++
  }

  /** All hits, by the time of the record that completed them. */
  hits(): Hit[] {
    const { correlations } = this.#set
    if (correlations.length === 0) return []
    const matches = this.#matches
    // Equal times keep the order of files and records.
    const order = [...matches.keys()].sort((a, b) => matches[a]!.timeMs - matches[b]!.timeMs || a - b)
    const correlator = createCorrelator(correlations, { maxEventIds: maxRecords })
    const found: CorrelationHit[] = []
    for (const index of order) {
      const { key, timeMs, values } = matches[index]!
      const observation = { source: key, eventId: String(index), timeMs, arrivedMs: timeMs, values }
      for (const hit of correlator.advance(timeMs)) found.push(hit)
      for (const hit of correlator.observe(observation)) found.push(hit)
    }
    for (const hit of correlator.advance(Number.POSITIVE_INFINITY)) found.push(hit)
    return found.flatMap((hit) => this.#hitOf(hit) ?? []).sort((a, b) => (a.timeMs ?? 0) - (b.timeMs ?? 0))
  }

  #hitOf({ correlation, group, value, fromMs, toMs, eventIds, bySource }: CorrelationHit): Hit | undefined {
    const rule = this.#set.reporting.get(correlation)
    const newest = this.#matches[Number(eventIds[0])]
    if (rule === undefined || newest === undefined) return undefined
    const records = eventIds.flatMap((id) => this.#matches[Number(id)]?.source ?? [])
    const matched = Object.entries(group).map(
      ([field, text]): MatchedField => ({ field, value: text, predicate: `${field} is the same in all records` }),
    )
    const titles = new Map(this.#set.rules.map((one) => [one.key, one.compiled.rule.title]))
    for (const { source, count } of bySource) {
      const title = titles.get(source) ?? this.#set.reporting.get(source)?.title ?? source
      matched.push({ field: null, value: String(count), predicate: `matches of ${JSON.stringify(title)}` })
    }
    if (value !== null)
      matched.push({ field: null, value: String(value), predicate: `${rule.correlation.type} in the timespan` })
    const event = { group, value, from: instantOf(fromMs), to: instantOf(toMs), records }
    return {
      ruleId: rule.id ?? rule.name ?? rule.title,
      title: rule.title,
      level: rule.level ?? 'informational',
      timeMs: toMs,
      host: newest.host,
      source: newest.source,
      matched,
      eventJson: JSON.stringify(event),
    }
  }
}
