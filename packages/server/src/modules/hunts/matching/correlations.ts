import type { HuntHit } from '@watchfloor/contracts/hunts'
import type { NormalisedEvent } from '@watchfloor/engines/event'
import {
  type CorrelationCompilation,
  type CorrelationHit,
  type CorrelationSource,
  compileCorrelations,
  createCorrelator,
  parseRules,
  wantedFieldsOf,
} from '@watchfloor/engines/sigma'
import type { FoundCorrelation, HuntedEvent, HuntedSigma } from './messages.ts'

/** How long after its time an event may come and still count, as live. */
const latenessMs = 15 * 60_000
/** A thread of hunts has less memory than the one that correlates live. */
const bounds = { latenessMs, maxGroups: 200_000, maxEntries: 1_000_000 }

/** A correlation's text, read. The text was checked when the run began. */
export function readCorrelation({ id, yaml }: Pick<HuntedSigma, 'id' | 'yaml'>): CorrelationSource | undefined {
  const rule = parseRules(yaml, `${id}.yml`).others.find((one) => one.kind === 'correlation')
  return rule && { key: id, rule: { ...rule, file: id } }
}

export const compileHunted = (
  sources: readonly CorrelationSource[],
  rules: readonly HuntedSigma[],
): CorrelationCompilation =>
  compileCorrelations(
    sources,
    rules.map(({ id, ownId, name }) => ({ key: id, id: ownId, name })),
  )

/** Correlations over the matches of a run, which come in the order of time. */
export class HuntCorrelations {
  readonly #rules: ReadonlyMap<string, HuntedSigma>
  readonly #titles: ReadonlyMap<string, string>
  readonly #types: ReadonlyMap<string, string>
  readonly #correlator: ReturnType<typeof createCorrelator>
  #reachedMs = 0
  #found: FoundCorrelation[] = []

  constructor(correlations: readonly HuntedSigma[], rules: readonly HuntedSigma[]) {
    this.#rules = new Map(correlations.map((one) => [one.id, one]))
    this.#titles = new Map([...rules, ...correlations].map(({ id, title }) => [id, title]))
    const { compiled } = compileHunted(
      correlations.flatMap((one) => readCorrelation(one) ?? []),
      rules,
    )
    this.#types = new Map(compiled.map(({ key, type }) => [key, type]))
    this.#correlator = createCorrelator(compiled, bounds)
  }

  observe(ruleId: string, { id, timeMs, hint }: HuntedEvent, event: NormalisedEvent): void {
    const fields = this.#correlator.fieldsWanted(ruleId)
    if (fields === undefined) return
    // A clock that ran ahead is held to when the event came, as live.
    const happenedMs = Math.min(timeMs, hint.receivedMs)
    this.#reachedMs = Math.max(this.#reachedMs, happenedMs)
    this.#keep(this.#correlator.advance(this.#reachedMs))
    const values = wantedFieldsOf(event, fields)
    const arrivedMs = this.#reachedMs
    this.#keep(this.#correlator.observe({ source: ruleId, eventId: id, timeMs: happenedMs, arrivedMs, values }))
  }

  /** @param endMs given when no more events come before it: windows that have passed by then are judged */
  take(endMs?: number): FoundCorrelation[] {
    if (endMs !== undefined) this.#keep(this.#correlator.advance(endMs + latenessMs))
    const found = this.#found
    this.#found = []
    return found
  }

  #keep(hits: readonly CorrelationHit[]): void {
    for (const hit of hits) {
      const rule = this.#rules.get(hit.correlation)
      if (!rule || rule.isQuiet) continue
      const { yaml: _, isQuiet: __, name: ___, ownId: ____, ...named } = rule
      this.#found.push({ rule: named, hit, matched: this.#matched(hit) })
    }
  }

  #matched({ correlation, group, value, bySource }: CorrelationHit): HuntHit['matched'] {
    const say = (selection: 'group' | 'matches' | 'value', field: string | null, text: string, predicate: string) => ({
      field,
      value: text.slice(0, 300),
      predicate,
      selection,
    })
    return [
      ...Object.entries(group).map(([field, text]) => say('group', field, text, `${field} is the same in all events`)),
      ...bySource.map(({ source, count }) =>
        say('matches', null, String(count), `matches of "${this.#titles.get(source) ?? source}"`),
      ),
      ...(value === null ? [] : [say('value', null, String(value), `${this.#types.get(correlation)} in the timespan`)]),
    ]
  }
}
