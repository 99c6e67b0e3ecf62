import type { LogSource } from '../../event/index.ts'
import type { CompiledRule } from '../compile/compile.ts'
import { fits, type MatchableEvent } from '../compile/evaluate.ts'
import type { SigmaRule } from '../rule.ts'
import { EventState } from './event-state.ts'
import { PredicateTable } from './predicates.ts'
import { type GroupRule, RuleGroup } from './rule-group.ts'
import { TextBytes } from './text-bytes.ts'

export interface RuleMatch {
  /** Position in the rules that the plan was built from; matches come in this order. */
  readonly index: number
  readonly rule: SigmaRule
}

/** Answers are stamped with 32-bit epochs, two per event. */
const LAST_EPOCH = 0x7fff_fff0
/** Combinations of log sources remembered; some dozens occur in practice. */
const MAX_ROUTES = 1_000
const none: readonly RuleMatch[] = []

/** The groups that an event's log sources lead to; `searching` are those with keywords. */
interface Route {
  readonly groups: readonly RuleGroup[]
  readonly searching: readonly RuleGroup[]
}

interface PlannedGroup {
  readonly source: LogSource
  readonly rules: GroupRule[]
  /** Built when the first event of its log source comes. */
  built: RuleGroup | undefined
}

/**
 * All rules at once. Rules are grouped by log source; per group, indexes over the event's values bring up the few rules that could
 * match, and only those are evaluated, each predicate once. Not to be shared between threads.
 */
export class Plan {
  readonly rules: readonly CompiledRule[]
  readonly #groups: readonly PlannedGroup[]
  readonly #state = new EventState()
  readonly #table = new PredicateTable(this.#state)
  readonly #text = new TextBytes()
  readonly #routes = new Map<string, Route>()
  #epoch = 2

  constructor(rules: readonly CompiledRule[]) {
    this.rules = rules
    const byKey = new Map<string, PlannedGroup>()
    for (const [index, rule] of rules.entries()) {
      const source = rule.rule.logSource
      const key = keyOf(source)
      const group = byKey.get(key) ?? { source, rules: [], built: undefined }
      byKey.set(key, group)
      group.rules.push({ index, rule })
    }
    this.#groups = [...byKey.values()]
  }

  /** Builds the indexes of every log source now, instead of with the first event of each. */
  prepare(): this {
    for (const group of this.#groups) this.#ready(group)
    return this
  }

  /** Predicates in the groups built so far, after those that several rules ask were made one. */
  get predicates(): number {
    return this.#table.size
  }

  /** Rules that match, in the order of `rules`. */
  match(event: MatchableEvent): readonly RuleMatch[] {
    const route = this.#routeOf(event.logSources)
    if (route.groups.length === 0) return none
    this.#state.begin(event, this.#nextEpoch())
    const found: number[] = []
    for (const group of route.groups) group.begin()
    if (route.searching.length > 0) this.#searchKeywords(route.searching)
    for (const group of route.groups) group.match(found)
    this.#state.end()
    if (found.length === 0) return none
    found.sort((a, b) => a - b)
    return found.map((index) => ({ index, rule: this.rules[index]!.rule }))
  }

  /** All texts are made ready once for the keywords of all groups. */
  #searchKeywords(groups: readonly RuleGroup[]): void {
    this.#text.set(this.#state.joinedKeywords())
    for (const group of groups) group.scanKeywords()
  }

  #ready(group: PlannedGroup): RuleGroup {
    group.built ??= new RuleGroup(group.rules, this.#state, this.#table, this.#text)
    return group.built
  }

  #nextEpoch(): number {
    this.#epoch += 2
    if (this.#epoch > LAST_EPOCH) {
      this.#epoch = 2
      this.#state.forget()
      this.#table.forget()
      for (const { built } of this.#groups) built?.forget()
    }
    return this.#epoch
  }

  /** Groups whose log source is one of the event's. */
  #routeOf(sources: readonly LogSource[]): Route {
    let key = ''
    for (const source of sources) key += `${keyOf(source)}\n`
    const known = this.#routes.get(key)
    if (known !== undefined) return known
    const fitting = this.#groups.filter(({ source }) => sources.some((one) => fits(source, one)))
    const groups = fitting.map((group) => this.#ready(group))
    const route = { groups, searching: groups.filter(({ keywords }) => keywords !== undefined) }
    if (this.#routes.size >= MAX_ROUTES) this.#routes.clear()
    this.#routes.set(key, route)
    return route
  }
}

const keyOf = ({ product, service, category }: LogSource): string =>
  `${product ?? ''}\0${service ?? ''}\0${category ?? ''}`.toLowerCase()

/** Builds the plan of a set of rules; cheap, as each log source is prepared when its first event comes. */
export const buildPlan = (rules: readonly CompiledRule[]): Plan => new Plan(rules)
