import type { CompiledRule } from '../compile/compile.ts'
import type { Expr } from '../compile/predicate.ts'
import { Program } from './compiled-program.ts'
import type { EventState } from './event-state.ts'
import { type CandidateList, FieldIndex, type SearchContext } from './field-index.ts'
import type { PredicateTable } from './predicates.ts'
import { programOf } from './program.ts'
import { type Witness, witnessesOf } from './witness.ts'

export interface GroupRule {
  /** Position among all rules of the plan. */
  readonly index: number
  readonly rule: CompiledRule
}

/** Is told the position of a rule in the plan, and answers what `holds` answers. */
export type RuleProbe = (index: number, holds: () => boolean) => boolean

/** The rules of one log source with their indexes. */
export class RuleGroup implements CandidateList {
  readonly #state: EventState
  readonly #table: PredicateTable
  readonly #rules: readonly GroupRule[]
  readonly #programs: readonly Program[]
  /** What its rules are found by. */
  readonly fields: readonly FieldIndex[]
  readonly keywords: FieldIndex | undefined
  /** Numbers of all fields that its rules ask about. */
  readonly slots: ReadonlySet<number>
  /** Rules without a witness. */
  readonly #always: readonly number[]
  readonly #candidateAt: Int32Array
  readonly #candidates: Int32Array
  #count = 0

  constructor(rules: readonly GroupRule[], context: SearchContext, options: { compiles: boolean }) {
    const { state, table } = context
    this.#state = state
    this.#table = table
    this.#rules = rules
    const witnesses = rules.map(({ rule }) => witnessesOf(rule.expr))
    this.#always = witnesses.flatMap((one, position) => (one === undefined ? [position] : []))
    const indexes = indexesOf(witnesses, context, this)
    this.fields = indexes.filter(({ slot }) => slot >= 0)
    this.keywords = indexes.find(({ slot }) => slot < 0)
    this.#programs = rules.map(
      ({ rule }, i) => new Program(programOf(rule.expr, table, decidedBy(witnesses[i] ?? [], table)), options),
    )
    this.slots = new Set(rules.flatMap(({ rule }) => slotsOf(rule.expr, state)))
    this.#candidateAt = new Int32Array(rules.length)
    this.#candidates = new Int32Array(rules.length)
  }

  /** To be called for each event, before its fields are searched. */
  begin(): void {
    this.#count = 0
  }

  /** Appends the positions (in the plan) of those rules that the search brought up and that match. */
  match(into: number[]): void {
    this.add(this.#always)
    for (let i = 0; i < this.#count; i++) {
      const position = this.#candidates[i]!
      if (this.#programs[position]!.holds(this.#table)) into.push(this.#rules[position]!.index)
    }
  }

  /** The same, asking of each rule through the probe, which may measure what it takes. */
  matchProbed(into: number[], probe: RuleProbe): void {
    this.add(this.#always)
    for (let i = 0; i < this.#count; i++) {
      const position = this.#candidates[i]!
      const { index } = this.#rules[position]!
      if (probe(index, () => this.#programs[position]!.holds(this.#table))) into.push(index)
    }
  }

  add(rules: readonly number[]): void {
    const { epoch } = this.#state
    for (let i = 0; i < rules.length; i++) {
      const position = rules[i]!
      if (this.#candidateAt[position] === epoch) continue
      this.#candidateAt[position] = epoch
      this.#candidates[this.#count++] = position
    }
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

function indexesOf(
  witnesses: readonly (readonly Witness[] | undefined)[],
  context: SearchContext,
  into: CandidateList,
): FieldIndex[] {
  const { state, table } = context
  const bySlot = new Map<number, FieldIndex>()
  for (const [position, list] of witnesses.entries())
    for (const witness of list ?? []) {
      const slot = witness.field === null ? -1 : state.slotOf(witness.field)
      const index = bySlot.get(slot) ?? new FieldIndex(slot, context, into)
      bySlot.set(slot, index)
      index.add(position, witness, witness.decides === null ? -1 : table.idOf(witness.decides))
    }
  const indexes = [...bySlot.values()]
  for (const index of indexes) index.finish()
  return indexes
}
