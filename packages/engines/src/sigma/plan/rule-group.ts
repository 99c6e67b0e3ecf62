import type { CompiledRule } from '../compile/compile.ts'
import type { Expr } from '../compile/predicate.ts'
import { Program } from './compiled-program.ts'
import { type Conjunction, conjunctionsOf, MAX_SETS } from './conjunctions.ts'
import type { EventState } from './event-state.ts'
import { FieldIndex, type SearchContext } from './field-index.ts'
import type { CandidateList } from './finding.ts'
import type { PredicateTable } from './predicates.ts'
import { programOf } from './program.ts'
import type { Witness } from './witness.ts'

export interface GroupRule {
  /** Position among all rules of the plan. */
  readonly index: number
  readonly rule: CompiledRule
}

/** Is told the position of a rule in the plan, and answers what `holds` answers. */
export type RuleProbe = (index: number, holds: () => boolean) => boolean

/** A mark is a conjunction's number and, in its lowest bits, the number of one of its sets. */
const SET_BITS = 2
const SET_MASK = (1 << SET_BITS) - 1
/** Turns are told apart above the bits of the sets met. */
const TURN = 1 << MAX_SETS
const LAST_TURN = 0x7fff_fff0 - TURN

/** The rules of one log source with their indexes. */
export class RuleGroup implements CandidateList {
  readonly #state: EventState
  readonly #table: PredicateTable
  readonly #rules: readonly GroupRule[]
  readonly #programs: readonly Program[]
  /** What its rules are found by. */
  readonly fields: readonly FieldIndex[]
  /** Keywords of its rules, for a search over all groups of a route. */
  readonly keywords: FieldIndex | undefined
  /** Numbers of all fields that its rules ask about. */
  readonly slots: ReadonlySet<number>
  /** How often a rule was not evaluated to its end, because an event was too dear. */
  gaveUp = 0
  /** Rules without a witness. */
  readonly #always: readonly number[]
  /** By conjunction: the rule that it is of, and the marks of all its sets. */
  readonly #ruleOf: Int32Array
  readonly #wanted: Uint8Array
  /** By conjunction: marks of the sets met by the event at hand, above `#turn`. */
  readonly #seen: Int32Array
  #turn = 0
  readonly #candidateAt: Int32Array
  readonly #candidates: Int32Array
  #count = 0

  constructor(rules: readonly GroupRule[], context: SearchContext, options: { compilesAfter: number }) {
    const { state, table } = context
    this.#state = state
    this.#table = table
    this.#rules = rules
    const conjunctions = rules.map(({ rule }) => conjunctionsOf(rule.expr))
    this.#always = conjunctions.flatMap((one, position) => (one === undefined ? [position] : []))
    const all = conjunctions.flatMap((list, position) => (list ?? []).map((sets) => ({ position, sets })))
    this.#ruleOf = Int32Array.from(all, ({ position }) => position)
    this.#wanted = Uint8Array.from(all, ({ sets }) => (1 << sets.length) - 1)
    this.#seen = new Int32Array(all.length)
    const indexes = indexesOf(
      all.map(({ sets }) => sets),
      context,
      this,
    )
    this.fields = indexes.filter(({ slot }) => slot >= 0)
    this.keywords = indexes.find(({ slot }) => slot < 0)
    const decided = decidedBy(
      all.flatMap(({ sets }) => sets.flatMap(({ any }) => any)),
      table,
    )
    this.#programs = rules.map(({ rule }) => new Program(programOf(rule.expr, table, decided), options))
    this.slots = new Set(rules.flatMap(({ rule }) => slotsOf(rule.expr, state)))
    this.#candidateAt = new Int32Array(rules.length)
    this.#candidates = new Int32Array(rules.length)
  }

  /** To be called for each event, before its fields are searched. */
  begin(): void {
    this.#count = 0
    this.#turn += TURN
    if (this.#turn <= LAST_TURN) return
    this.#turn = TURN
    this.#seen.fill(0)
  }

  /** Appends the positions (in the plan) of those rules that the search brought up and that match. */
  match(into: number[]): void {
    for (let i = 0; i < this.#always.length; i++) this.#candidates[this.#count++] = this.#always[i]!
    for (let i = 0; i < this.#count; i++) {
      const position = this.#candidates[i]!
      if (this.#holds(position)) into.push(this.#rules[position]!.index)
    }
  }

  /** The same, asking of each rule through the probe, which may measure what it takes. */
  matchProbed(into: number[], probe: RuleProbe): void {
    for (let i = 0; i < this.#always.length; i++) this.#candidates[this.#count++] = this.#always[i]!
    for (let i = 0; i < this.#count; i++) {
      const position = this.#candidates[i]!
      const { index } = this.#rules[position]!
      if (probe(index, () => this.#holds(position))) into.push(index)
    }
  }

  #holds(position: number): boolean {
    const { leftOpen } = this.#table
    const holds = this.#programs[position]!.holds(this.#table)
    if (this.#table.leftOpen === leftOpen) return holds
    this.gaveUp++
    return false
  }

  add(marks: readonly number[]): void {
    const seen = this.#seen
    const turn = this.#turn
    for (let i = 0; i < marks.length; i++) {
      const mark = marks[i]!
      const conjunction = mark >> SET_BITS
      const before = Math.max(seen[conjunction]!, turn)
      const now = before | (1 << (mark & SET_MASK))
      if (now === before) continue
      seen[conjunction] = now
      if (now - turn === this.#wanted[conjunction]) this.#addCandidate(this.#ruleOf[conjunction]!)
    }
  }

  #addCandidate(position: number): void {
    const { epoch } = this.#state
    if (this.#candidateAt[position] === epoch) return
    this.#candidateAt[position] = epoch
    this.#candidates[this.#count++] = position
  }

  forget(): void {
    this.#candidateAt.fill(0)
  }
}

function slotsOf(expr: Expr, state: EventState): number[] {
  if (expr.op === 'not') return slotsOf(expr.of, state)
  if (expr.op !== 'test') return expr.of.flatMap((one) => slotsOf(one, state))
  const { predicate: p } = expr
  if (p.field === null) return []
  return p.kind === 'fieldRef' ? [state.slotOf(p.field), state.slotOf(p.other)] : [state.slotOf(p.field)]
}

const decidedBy = (witnesses: readonly Witness[], table: PredicateTable): ReadonlySet<number> =>
  new Set(witnesses.flatMap(({ decides }) => (decides === null ? [] : [table.idOf(decides)])))

function indexesOf(conjunctions: readonly Conjunction[], context: SearchContext, into: CandidateList): FieldIndex[] {
  const { state, table } = context
  const bySlot = new Map<number, FieldIndex>()
  for (const [number, sets] of conjunctions.entries())
    for (const [i, { any }] of sets.entries())
      for (const witness of any) {
        const slot = witness.field === null ? -1 : state.slotOf(witness.field)
        const index = bySlot.get(slot) ?? new FieldIndex(slot, context, into)
        bySlot.set(slot, index)
        index.add((number << SET_BITS) | i, witness, witness.decides === null ? -1 : table.idOf(witness.decides))
      }
  const indexes = [...bySlot.values()]
  for (const index of indexes) if (index.slot >= 0) index.finish()
  return indexes
}
