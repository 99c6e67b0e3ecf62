import type { LogSource, NormalisedEvent } from '../event/index.ts'
import { LiteralAutomaton } from './automaton.ts'
import type { CompiledRule } from './compile.ts'
import { EventView, holds } from './evaluate.ts'
import type { Expression, FieldTest } from './predicate.ts'
import { describe } from './predicate.ts'
import type { SigmaRule } from './rule.ts'
import { witnessesOf } from './witness.ts'

export interface RuleMatch {
  /** Position in the rules that the plan was built from; matches come in this order. */
  readonly index: number
  readonly rule: SigmaRule
}

/** A leaf with a number, so that rules share answers; inner nodes as in `Expression`. */
type Node =
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly Node[] }
  | { readonly kind: 'not'; readonly node: Node }
  | { readonly kind: 'test'; readonly number: number }

/** Where rules are found from a field's value. */
interface FieldIndex {
  readonly exact: Map<string, number[]>
  readonly literals: Map<string, number[]>
  readonly present: number[]
  automaton: LiteralAutomaton | undefined
  rulesOfLiteral: readonly number[][]
}

/** What one combination of log sources needs looking at. */
interface Route {
  readonly runs: Uint8Array
  readonly fields: readonly string[]
  readonly keywords: boolean
  readonly always: readonly number[]
}

/** Combinations of log sources remembered; there are some dozens in practice. */
const mostRoutes = 1000
const attributes = ['product', 'service', 'category'] as const

/**
 * All rules at once. For an event it finds, through indexes on its values, the few rules of its log source that could match, and
 * evaluates only those; each test is answered once per event, however many rules ask it.
 * Not to be shared between threads.
 */
export class Plan {
  readonly rules: readonly CompiledRule[]
  readonly #nodes: readonly Node[]
  readonly #tests: FieldTest[] = []
  readonly #answeredIn: Int32Array
  readonly #answers: Uint8Array
  readonly #candidateIn: Int32Array
  readonly #indexes = new Map<string | null, FieldIndex>()
  readonly #always: number[] = []
  /** Fields by which each rule is found. */
  readonly #fieldsOfRule: readonly (readonly (string | null)[])[]
  readonly #known: Readonly<Record<(typeof attributes)[number], ReadonlySet<string>>>
  readonly #routes = new Map<string, Route>()
  #epoch = 0

  constructor(rules: readonly CompiledRule[]) {
    this.rules = rules
    const numbers = new Map<string, number>()
    this.#nodes = rules.map((rule) => this.#numbered(rule.expression, numbers))
    this.#answeredIn = new Int32Array(this.#tests.length)
    this.#answers = new Uint8Array(this.#tests.length)
    this.#candidateIn = new Int32Array(rules.length)
    this.#fieldsOfRule = rules.map((rule, index) => this.#enter(rule, index))
    for (const index of this.#indexes.values()) finish(index)
    const valuesOf = (attribute: (typeof attributes)[number]) =>
      new Set(rules.flatMap(({ rule }) => rule.logSource[attribute] ?? []))
    this.#known = { product: valuesOf('product'), service: valuesOf('service'), category: valuesOf('category') }
  }

  /** Tests after those that several rules ask were made one. */
  get tests(): number {
    return this.#tests.length
  }

  /** Rules that match, in their order. */
  match(event: Pick<NormalisedEvent, 'taxonomy' | 'raw' | 'logSources'>): RuleMatch[] {
    const route = this.#routeOf(event.logSources)
    if (route.always.length === 0 && route.fields.length === 0 && !route.keywords) return []
    const epoch = ++this.#epoch
    const view = new EventView(event)
    const candidates = this.#candidates(route, view, epoch)
    const matches: RuleMatch[] = []
    for (const index of candidates)
      if (this.#holds(this.#nodes[index]!, view, epoch)) matches.push({ index, rule: this.rules[index]!.rule })
    return matches.length > 1 ? matches.sort((a, b) => a.index - b.index) : matches
  }

  #candidates(route: Route, view: EventView, epoch: number): number[] {
    const found: number[] = [...route.always]
    const candidateIn = this.#candidateIn
    const { runs } = route
    const take = (rules: readonly number[]) => {
      for (const rule of rules)
        if (runs[rule] === 1 && candidateIn[rule] !== epoch) {
          candidateIn[rule] = epoch
          found.push(rule)
        }
    }
    for (const field of route.fields) {
      const value = view.value(field)
      if (value === undefined) continue
      const index = this.#indexes.get(field)!
      if (index.present.length > 0) take(index.present)
      for (const { lower } of view.texts(field)) {
        const exact = index.exact.get(lower)
        if (exact) take(exact)
        index.automaton?.scan(lower, (literal) => take(index.rulesOfLiteral[literal]!))
      }
    }
    if (route.keywords) {
      const index = this.#indexes.get(null)!
      index.automaton?.scan(view.whole.lower, (literal) => take(index.rulesOfLiteral[literal]!))
    }
    return found
  }

  #holds(node: Node, view: EventView, epoch: number): boolean {
    switch (node.kind) {
      case 'test': {
        const { number } = node
        if (this.#answeredIn[number] !== epoch) {
          this.#answeredIn[number] = epoch
          this.#answers[number] = holds(this.#tests[number]!, view) ? 1 : 0
        }
        return this.#answers[number] === 1
      }
      case 'not':
        return !this.#holds(node.node, view, epoch)
      case 'and':
        for (const inner of node.nodes) if (!this.#holds(inner, view, epoch)) return false
        return true
      case 'or':
        for (const inner of node.nodes) if (this.#holds(inner, view, epoch)) return true
        return false
    }
  }

  #numbered(expression: Expression, numbers: Map<string, number>): Node {
    switch (expression.kind) {
      case 'test': {
        const key = `${expression.test.field ?? '\0'}\0${describe(expression.test)}`
        let number = numbers.get(key)
        if (number === undefined) {
          number = this.#tests.push(expression.test) - 1
          numbers.set(key, number)
        }
        return { kind: 'test', number }
      }
      case 'not':
        return { kind: 'not', node: this.#numbered(expression.node, numbers) }
      default:
        return { kind: expression.kind, nodes: expression.nodes.map((node) => this.#numbered(node, numbers)) }
    }
  }

  /** Puts a rule into the indexes of its witnesses; returns the fields. */
  #enter(rule: CompiledRule, index: number): (string | null)[] {
    const witnesses = witnessesOf(rule.expression)
    if (!witnesses) {
      this.#always.push(index)
      return []
    }
    for (const witness of witnesses) {
      const entry = this.#indexes.get(witness.field) ?? emptyIndex()
      this.#indexes.set(witness.field, entry)
      if (witness.kind === 'present') entry.present.push(index)
      else addTo(witness.kind === 'exact' ? entry.exact : entry.literals, witness.text, index)
    }
    return [...new Set(witnesses.map((witness) => witness.field))]
  }

  #routeOf(sources: readonly LogSource[]): Route {
    const known = sources.map((source) => this.#reduced(source))
    const key = known
      .map((source) => `${source.product ?? ''}/${source.service ?? ''}/${source.category ?? ''}`)
      .join(' ')
    const ready = this.#routes.get(key)
    if (ready) return ready
    const runs = new Uint8Array(this.rules.length)
    const fields = new Set<string | null>()
    this.rules.forEach(({ rule }, index) => {
      if (!known.some((source) => fits(rule.logSource, source))) return
      runs[index] = 1
      for (const field of this.#fieldsOfRule[index]!) fields.add(field)
    })
    const route: Route = {
      runs,
      fields: [...fields].filter((field) => field !== null),
      keywords: fields.has(null),
      always: this.#always.filter((index) => runs[index] === 1),
    }
    if (this.#routes.size >= mostRoutes) this.#routes.clear()
    this.#routes.set(key, route)
    return route
  }

  /** Without values that no rule names, so that odd sources do not make routes of their own. */
  #reduced(source: LogSource): LogSource {
    const kept: { product?: string; service?: string; category?: string } = {}
    for (const attribute of attributes) {
      const value = source[attribute]?.toLowerCase()
      if (value !== undefined && this.#known[attribute].has(value)) kept[attribute] = value
    }
    return kept
  }
}

/** Builds the plan of a set of rules. */
export const buildPlan = (rules: readonly CompiledRule[]): Plan => new Plan(rules)

/** Every attribute that the rule names must be the source's own. */
export const fits = (wanted: LogSource, source: LogSource): boolean =>
  attributes.every(
    (attribute) => wanted[attribute] === undefined || wanted[attribute] === source[attribute]?.toLowerCase(),
  )

const emptyIndex = (): FieldIndex => ({
  exact: new Map(),
  literals: new Map(),
  present: [],
  automaton: undefined,
  rulesOfLiteral: [],
})

function addTo(map: Map<string, number[]>, key: string, rule: number): void {
  const rules = map.get(key)
  if (!rules) map.set(key, [rule])
  else if (rules.at(-1) !== rule) rules.push(rule)
}

function finish(index: FieldIndex): void {
  if (index.literals.size === 0) return
  index.automaton = new LiteralAutomaton([...index.literals.keys()])
  index.rulesOfLiteral = [...index.literals.values()]
}
