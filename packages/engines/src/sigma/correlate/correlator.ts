import { Arrivals } from './arrivals.ts'
import type { CompiledCorrelation } from './compiled.ts'
import {
  addEntry,
  condense,
  type Fired,
  forgetPassed,
  type Group,
  type GroupRules,
  judgeAtOnce,
  judgeSettled,
} from './group.ts'
import { groupKeyOf, groupOf, measuredOf, type Observation } from './observation.ts'
import { fingerprintOf, readState, type StateLine, stateLines } from './state.ts'
import type { Entry } from './window.ts'

export interface CorrelatorOptions {
  /** Groups kept over all correlations; the one that heard nothing for longest goes first. */
  readonly maxGroups?: number
  /** Matches kept over all groups. */
  readonly maxEntries?: number
  /** Matches kept of one group exactly; older ones are condensed, see `condense`. */
  readonly maxEntriesPerGroup?: number
  /** A match counts when it is older than the newest of its group by no more than this. */
  readonly latenessMs?: number
  /** Event ids that a hit names. */
  readonly maxEventIds?: number
}

/** A window of a group that met the condition. */
export interface CorrelationHit {
  /** Key of the correlation. */
  readonly correlation: string
  /** The same whenever the same window of the same group fires. */
  readonly key: string
  /** What the events have in common, by the names under `group-by`. */
  readonly group: Readonly<Record<string, string>>
  /** What was counted or computed; null for temporal correlations. */
  readonly value: number | null
  /** The first and the last match of the window. */
  readonly fromMs: number
  readonly toMs: number
  /** The newest first, at most `maxEventIds`; of chained correlations, the events behind their hits. */
  readonly eventIds: readonly string[]
  /** Matches by rule or correlation, in the order of the correlation's list; those without matches are left out. */
  readonly bySource: readonly { readonly source: string; readonly count: number }[]
  /** Of the match that completed the window; of one judged after it had passed, the newest match's. */
  readonly context: string | null
}

export interface CorrelatorStats {
  readonly groups: number
  readonly entries: number
  readonly observed: number
  readonly hits: number
  /** Groups that had to go before their time. */
  readonly evicted: number
  /** Matches that came too late. */
  readonly late: number
  readonly duplicates: number
  /** Matches without a field that the correlation groups by or counts. */
  readonly incomplete: number
  /** Matches that had to be put together with others, or dropped, in groups with too many. */
  readonly condensed: number
}

interface Running extends GroupRules {
  readonly groups: Arrivals
  /** A group that hears nothing for so long is forgotten. */
  readonly idleMs: number
  /** How long after its newest event a hit may come. */
  readonly delayMs: number
  readonly parents: Feed[]
}

/** A correlation that a rule's matches go to, and as which of its inputs. */
interface Feed {
  readonly running: Running
  readonly input: number
}

/** Threshold up to which a group always keeps enough to reach it. */
const MAX_KEPT_FOR_THRESHOLD = 50_000

/**
 * Evaluates correlations over matches as they come in. Time is the events' own; matches may come late and in any order, and those
 * that repeat change nothing. What fires follows from the matches alone, and not from the order in which they came:
 *
 * - A correlation that more events can only make true fires at once, when the timespan before some event meets its condition, and
 *   once per group in each period of the length of the timespan (periods are fixed: they begin at multiples of the timespan), so
 *   that an attack that goes on is told again, and one burst is not told for each further event.
 * - Any other (upper bounds, averages, percentiles, `not`) is judged when its window has passed: the first begins with the group's
 *   first event, the next with the first event after it.
 *
 * A chain follows hits at the moment at which they first met their condition.
 */
export class Correlator {
  readonly #options: Required<CorrelatorOptions>
  readonly #running: Running[] = []
  readonly #feeds = new Map<string, Feed[]>()
  readonly #fields = new Map<string, Set<string>>()
  readonly #counts = { observed: 0, hits: 0, evicted: 0, late: 0, duplicates: 0, incomplete: 0, condensed: 0 }
  #groups = 0
  #entries = 0

  constructor(correlations: readonly CompiledCorrelation[], options: CorrelatorOptions = {}) {
    this.#options = {
      maxGroups: options.maxGroups ?? 1_000_000,
      maxEntries: options.maxEntries ?? 4_000_000,
      maxEntriesPerGroup: options.maxEntriesPerGroup ?? 2_000,
      latenessMs: options.latenessMs ?? 15 * 60_000,
      maxEventIds: options.maxEventIds ?? 100,
    }
    for (const one of correlations) this.#add(one)
  }

  #add(correlation: CompiledCorrelation): void {
    const below = correlation.inputs.map(({ source }) => this.#running.find((one) => one.correlation.key === source))
    const latenessMs = Math.max(this.#options.latenessMs, ...below.map((one) => one?.delayMs ?? 0))
    const threshold = Math.max(0, ...correlation.compare.map(({ value }) => value))
    const counts = correlation.type === 'event_count' || correlation.type === 'value_count'
    const settles = correlation.judged === 'when-settled'
    const running: Running = {
      correlation,
      latenessMs,
      maxEntries: Math.max(
        this.#options.maxEntriesPerGroup,
        counts ? Math.min(2 * threshold, MAX_KEPT_FOR_THRESHOLD) : 0,
      ),
      groups: new Arrivals(),
      idleMs: correlation.timespanMs + latenessMs,
      delayMs: latenessMs + (settles ? correlation.timespanMs : 0),
      parents: [],
    }
    this.#running.push(running)
    for (const [input, { source, kind, groupFields, valueFields }] of correlation.inputs.entries()) {
      const feed = { running, input }
      const child = below[input]
      if (child !== undefined) child.parents.push(feed)
      if (kind !== 'rule') continue
      this.#feeds.set(source, [...(this.#feeds.get(source) ?? []), feed])
      const fields = this.#fields.get(source) ?? new Set()
      for (const field of [...groupFields, ...valueFields]) fields.add(field)
      this.#fields.set(source, fields)
    }
  }

  /** Fields of a rule's events that its matches must bring; `undefined` when no correlation looks at the rule. */
  fieldsWanted(source: string): readonly string[] | undefined {
    const fields = this.#fields.get(source)
    return fields && [...fields]
  }

  stats(): CorrelatorStats {
    return { groups: this.#groups, entries: this.#entries, ...this.#counts }
  }

  /** Takes one match. @returns what fires now, which is nothing most of the time */
  observe(observation: Observation): CorrelationHit[] {
    const hits: CorrelationHit[] = []
    const feeds = this.#feeds.get(observation.source)
    if (feeds === undefined) return hits
    this.#counts.observed++
    for (const feed of feeds) this.#take(feed, observation, null, hits)
    this.#makeRoom()
    return hits
  }

  /** Judges and forgets groups that have heard nothing for long. Call it now and then with the time up to which all matches are in. */
  advance(arrivedMs: number): CorrelationHit[] {
    const hits: CorrelationHit[] = []
    for (const running of this.#running)
      for (let group = running.groups.oldest; group !== null; group = running.groups.oldest) {
        if (arrivedMs - group.arrivedMs < running.idleMs) break
        this.#end(running, group, hits)
      }
    return hits
  }

  #take(
    { running, input }: Feed,
    observation: Observation,
    of: readonly string[] | null,
    hits: CorrelationHit[],
  ): void {
    const { correlation, groups } = running
    const source = correlation.inputs[input]!
    const key = groupKeyOf(source, observation.values)
    const value = key === undefined ? undefined : measuredOf(correlation, source, observation.values)
    if (key === undefined || value === undefined) {
      this.#counts.incomplete++
      return
    }
    const group = this.#groupFor(running, key, observation.arrivedMs, hits)
    const { timeMs, eventId, context } = observation
    const isNewest = timeMs >= group.newestMs
    const added = addEntry(group, { timeMs, eventId, input, value, weight: 1, of }, running)
    if ('refused' in added) {
      this.#counts[added.refused === 'late' ? 'late' : 'duplicates']++
      return
    }
    this.#entries++
    group.arrivedMs = observation.arrivedMs
    groups.touch(group)
    if (isNewest) group.context = context ?? null
    if (correlation.judged === 'at-once') {
      for (const fired of judgeAtOnce(group, added.at, running)) this.#fire(running, group, fired, observation, hits)
      this.#entries -= forgetPassed(group, running)
    } else this.#judgeSettled(running, group, observation.arrivedMs, hits)
    const condensed = condense(group, running)
    this.#entries -= condensed
    this.#counts.condensed += condensed
  }

  /** The group as it is now: one that heard nothing for too long begins anew. */
  #groupFor(running: Running, key: string, arrivedMs: number, hits: CorrelationHit[]): Group {
    const known = running.groups.get(key)
    if (known !== undefined) {
      if (arrivedMs - known.arrivedMs < running.idleMs) return known
      this.#end(running, known, hits)
    }
    this.#groups++
    const group = running.groups.open(key)
    group.arrivedMs = arrivedMs
    return group
  }

  #judgeSettled(running: Running, group: Group, arrivedMs: number, hits: CorrelationHit[], all = false): void {
    const before = group.entries.length
    const fired = judgeSettled(group, running, all)
    this.#entries -= before - group.entries.length
    for (const one of fired) this.#fire(running, group, one, { arrivedMs, context: group.context }, hits)
  }

  #end(running: Running, group: Group, hits: CorrelationHit[]): void {
    if (running.correlation.judged === 'when-settled')
      this.#judgeSettled(running, group, group.arrivedMs + running.idleMs, hits, true)
    this.#forget(running, group)
  }

  #forget(running: Running, group: Group): void {
    running.groups.remove(group)
    this.#groups--
    this.#entries -= group.entries.length
  }

  #fire(
    running: Running,
    group: Group,
    fired: Fired,
    by: { arrivedMs: number; context?: string | null },
    hits: CorrelationHit[],
  ): void {
    const { correlation, parents } = running
    const hit = this.#hitOf(correlation, group, fired, by.context ?? null)
    this.#counts.hits++
    hits.push(hit)
    for (const feed of parents)
      this.#take(
        feed,
        {
          source: correlation.key,
          eventId: hit.key,
          timeMs: hit.toMs,
          arrivedMs: by.arrivedMs,
          values: hit.group,
          ...(hit.context === null ? {} : { context: hit.context }),
        },
        hit.eventIds,
        hits,
      )
  }

  #hitOf(correlation: CompiledCorrelation, group: Group, fired: Fired, context: string | null): CorrelationHit {
    const { entries, value, period } = fired
    const counts = new Array<number>(correlation.inputs.length).fill(0)
    for (const { input, weight } of entries) counts[input]! += weight
    return {
      correlation: correlation.key,
      key: JSON.stringify([correlation.key, group.key, period]),
      group: groupOf(correlation, group.key),
      value,
      fromMs: entries[0]!.timeMs,
      toMs: entries.at(-1)!.timeMs,
      eventIds: newestIds(entries, this.#options.maxEventIds),
      bySource: correlation.inputs.flatMap(({ source }, input) =>
        counts[input]! > 0 ? [{ source, count: counts[input]! }] : [],
      ),
      context,
    }
  }

  #makeRoom(): void {
    while (this.#groups > this.#options.maxGroups || (this.#entries > this.#options.maxEntries && this.#groups > 1)) {
      let idlest: Running | undefined
      for (const one of this.#running) {
        const oldest = one.groups.oldest
        if (oldest !== null && oldest.arrivedMs < (idlest?.groups.oldest?.arrivedMs ?? Number.POSITIVE_INFINITY))
          idlest = one
      }
      const group = idlest?.groups.oldest
      if (idlest === undefined || group === null || group === undefined) return
      this.#forget(idlest, group)
      this.#counts.evicted++
    }
  }

  /** All that is remembered, line by line; `restore` takes it back. */
  *snapshot(): Iterable<string> {
    yield JSON.stringify({
      version: 1,
      correlations: this.#running.map(({ correlation }) => fingerprintOf(correlation)),
    })
    for (const [index, { groups }] of this.#running.entries()) yield* stateLines(index, groups)
  }

  /** Takes up what another correlator left; see `restorer`. */
  restore(lines: Iterable<string>): void {
    const take = this.restorer()
    for (const line of lines) take(line)
  }

  /**
   * Takes up what another correlator left, line by line, into one that has seen nothing yet. What belonged to correlations that are
   * no more, or that look at something else now, is left out.
   * @throws when the first line does not begin a snapshot
   */
  restorer(): (line: string) => void {
    const byFingerprint = new Map(this.#running.map((one) => [fingerprintOf(one.correlation), one]))
    let order: readonly (Running | undefined)[] | undefined
    return (line) => {
      if (order === undefined) {
        order = readState(line).map((fingerprint) => byFingerprint.get(fingerprint))
        return
      }
      const [index, key, ...state] = JSON.parse(line) as StateLine
      const running = order[index]
      if (running === undefined) return
      const group = Object.assign(running.groups.open(key), stateOf(state))
      this.#groups++
      this.#entries += group.entries.length
    }
  }
}

const stateOf = ([newestMs, arrivedMs, fired, context, entries]: StateLine extends [number, string, ...infer Rest]
  ? Rest
  : never): Pick<Group, 'newestMs' | 'arrivedMs' | 'fired' | 'context' | 'entries'> => ({
  newestMs,
  arrivedMs,
  fired: [...fired],
  context,
  entries: entries.map(([timeMs, eventId, input, value, weight, of]) => ({
    timeMs,
    eventId,
    input,
    value,
    weight,
    of,
  })),
})

/** Of hits of other correlations, the events behind them; each once. */
function newestIds(entries: readonly Entry[], atMost: number): string[] {
  const ids = new Set<string>()
  for (let at = entries.length - 1; at >= 0 && ids.size < atMost; at--)
    for (const id of entries[at]!.of ?? [entries[at]!.eventId]) if (ids.size < atMost) ids.add(id)
  return [...ids]
}

export const createCorrelator = (
  correlations: readonly CompiledCorrelation[],
  options: CorrelatorOptions = {},
): Correlator => new Correlator(correlations, options)
