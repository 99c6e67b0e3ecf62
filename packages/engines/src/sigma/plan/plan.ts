import type { LogSource } from '../../event/index.ts'
import type { CompiledRule } from '../compile/compile.ts'
import { fits, type MatchableEvent } from '../compile/evaluate.ts'
import type { SigmaRule } from '../rule.ts'
import { EventState } from './event-state.ts'
import { PredicateTable } from './predicates.ts'
import { Route } from './route.ts'
import { type GroupRule, RuleGroup, type RuleProbe } from './rule-group.ts'
import { TextBytes } from './text-bytes.ts'

export interface RuleMatch {
  /** Position in the rules that the plan was built from; matches come in this order. */
  readonly index: number
  readonly rule: SigmaRule
}

export interface PlanOptions {
  /** Evaluations after which a rule's condition is made into code; `Infinity`: never. It changes how fast answers come, and nothing else. */
  readonly compilesAfter?: number
}

/** Answers are stamped with 32-bit epochs, two per event. */
const LAST_EPOCH = 0x7fff_fff0
/** Combinations of log sources remembered; some dozens occur in practice. */
const MAX_ROUTES = 1_000
/**
 * Code of its own pays for the few conditions that are evaluated for nearly every event. The engine of the language runs a new function
 * slowly until it has proved hot, while the interpreter of conditions always has.
 */
const COMPILES_AFTER = 20_000
const none: readonly RuleMatch[] = []

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
  /** By the very list: events of one kind mostly share it. */
  readonly #routeByList = new Map<readonly LogSource[], Route>()
  readonly #compilesAfter: number
  #epoch = 2

  constructor(rules: readonly CompiledRule[], options: PlanOptions = {}) {
    this.rules = rules
    this.#compilesAfter = options.compilesAfter ?? COMPILES_AFTER
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

  /** How often a rule was given up, and said not to match, because the questions about one event had cost too much. */
  get gaveUp(): number {
    return this.#groups.reduce((sum, { built }) => sum + (built?.gaveUp ?? 0), 0)
  }

  /**
   * Rules that match, in the order of `rules`.
   * @param probe asks of each rule that the search brought up, e.g. to measure some events; it is slower, and matches the same
   */
  match(event: MatchableEvent, probe?: RuleProbe): readonly RuleMatch[] {
    const route = this.#routeOf(event.logSources)
    if (route.groups.length === 0) return none
    const found: number[] = []
    this.#state.begin(event, this.#nextEpoch())
    this.#table.begin()
    route.match(found, probe)
    this.#state.end()
    if (found.length === 0) return none
    found.sort((a, b) => a - b)
    return found.map((index) => ({ index, rule: this.rules[index]!.rule }))
  }

  #ready(group: PlannedGroup): RuleGroup {
    const context = { state: this.#state, table: this.#table, text: this.#text }
    group.built ??= new RuleGroup(group.rules, context, { compilesAfter: this.#compilesAfter })
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

  #routeOf(sources: readonly LogSource[]): Route {
    const known = this.#routeByList.get(sources)
    if (known !== undefined) return known
    const route = this.#routeTo(sources)
    if (this.#routeByList.size >= MAX_ROUTES) this.#routeByList.clear()
    this.#routeByList.set(sources, route)
    return route
  }

  /** Leads to the groups whose log source is one of the event's. */
  #routeTo(sources: readonly LogSource[]): Route {
    let key = ''
    for (const source of sources) key += `${keyOf(source)}\n`
    const known = this.#routes.get(key)
    if (known !== undefined) return known
    const fitting = this.#groups.filter(({ source }) => sources.some((one) => fits(source, one)))
    const route = new Route(
      fitting.map((group) => this.#ready(group)),
      { state: this.#state, table: this.#table, text: this.#text },
    )
    if (this.#routes.size >= MAX_ROUTES) this.#routes.clear()
    this.#routes.set(key, route)
    return route
  }
}

const keyOf = ({ product, service, category }: LogSource): string =>
  `${product ?? ''}\0${service ?? ''}\0${category ?? ''}`.toLowerCase()

/** Builds the plan of a set of rules; cheap, as each log source is prepared when its first event comes. */
export const buildPlan = (rules: readonly CompiledRule[], options?: PlanOptions): Plan => new Plan(rules, options)
