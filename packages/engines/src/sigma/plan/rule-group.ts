import type { CompiledRule } from '../compile/compile.ts'
import type { EventState } from './event-state.ts'
import { type CandidateList, FieldIndex, type SearchContext } from './field-index.ts'
import type { PredicateTable } from './predicates.ts'
import { type Node, nodeHolds, programOf } from './program.ts'
import type { TextBytes } from './text-bytes.ts'
import { type Witness, witnessesOf } from './witness.ts'

export interface GroupRule {
  /** Position among all rules of the plan. */
  readonly index: number
  readonly rule: CompiledRule
}

/** The rules of one log source with their indexes. */
export class RuleGroup implements CandidateList {
  readonly #state: EventState
  readonly #table: PredicateTable
  readonly #rules: readonly GroupRule[]
  readonly #programs: readonly Node[]
  readonly #fields: readonly FieldIndex[]
  readonly #keywords: FieldIndex | undefined
  readonly #context: SearchContext
  /** Rules without a witness. */
  readonly #always: readonly number[]
  readonly #candidateAt: Int32Array
  readonly #candidates: Int32Array
  #count = 0

  constructor(rules: readonly GroupRule[], state: EventState, table: PredicateTable, text: TextBytes) {
    this.#context = { state, table, text, into: this }
    this.#state = state
    this.#table = table
    this.#rules = rules
    const witnesses = rules.map(({ rule }) => witnessesOf(rule.expr))
    this.#always = witnesses.flatMap((one, position) => (one === undefined ? [position] : []))
    const indexes = indexesOf(witnesses, state, table)
    this.#fields = indexes.filter(({ slot }) => slot >= 0)
    this.#keywords = indexes.find(({ slot }) => slot < 0)
    this.#programs = rules.map(({ rule }, i) => programOf(rule.expr, table, decidedBy(witnesses[i] ?? [], table)))
    this.#candidateAt = new Int32Array(rules.length)
    this.#candidates = new Int32Array(rules.length)
  }

  /** Keywords of this group; a plan asks all groups about each text of the event while it is at hand. */
  get keywords(): FieldIndex | undefined {
    return this.#keywords
  }

  /** To be called before `scanKeywords` and `match`, for each event. */
  begin(): void {
    this.#count = 0
  }

  /** Looks for keywords in one text of the event. */
  scanKeywords(): void {
    this.#keywords!.scan(this.#context)
  }

  /** Appends the positions (in the plan) of the rules that match the event at hand. */
  match(into: number[]): void {
    this.add(this.#always)
    for (const field of this.#fields) field.collect(this.#context)
    for (let i = 0; i < this.#count; i++) {
      const position = this.#candidates[i]!
      if (nodeHolds(this.#programs[position]!, this.#table)) into.push(this.#rules[position]!.index)
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

const decidedBy = (witnesses: readonly Witness[], table: PredicateTable): ReadonlySet<number> =>
  new Set(witnesses.flatMap(({ decides }) => (decides === null ? [] : [table.idOf(decides)])))

function indexesOf(
  witnesses: readonly (readonly Witness[] | undefined)[],
  state: EventState,
  table: PredicateTable,
): FieldIndex[] {
  const bySlot = new Map<number, FieldIndex>()
  for (const [position, list] of witnesses.entries())
    for (const witness of list ?? []) {
      const slot = witness.field === null ? -1 : state.slotOf(witness.field)
      const index = bySlot.get(slot) ?? new FieldIndex(slot)
      bySlot.set(slot, index)
      index.add(position, witness, witness.decides === null ? -1 : table.idOf(witness.decides))
    }
  const indexes = [...bySlot.values()]
  for (const index of indexes) index.finish()
  return indexes
}
