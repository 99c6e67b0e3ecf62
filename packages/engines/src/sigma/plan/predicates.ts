import { isNull, placed, refers, type ValueTest, valueTest } from '../compile/evaluate.ts'
import { longestLiteral, ONE } from '../compile/glob.ts'
import { type Predicate, predicateKey } from '../compile/predicate.ts'
import { maxSearchedChars } from '../compile/regex.ts'
import type { EventState, Scalar } from './event-state.ts'
import { type LiteralPredicate, literalSetTest } from './literal-set.ts'

interface Entry {
  readonly predicate: Predicate
  /** Field number; -1 for keywords. */
  readonly slot: number
  /** Number of the field that it compares with; -1 for none. */
  readonly otherSlot: number
  readonly test: ValueTest | undefined
  /** What it costs to look at one character of a value, roughly in ns. */
  readonly effort: number
  /** Stands in every folded text that it holds of; empty when there is no such thing. */
  readonly literal: string
  /** Of a longer text a "no" means nothing: it was searched in part. */
  readonly wholeUpToChars: number
}

/** What the questions about one event may cost together, in `effort` times characters: about a second. */
const MAX_EFFORT = 1_000_000_000

/** All predicates of a plan, each once however many rules ask it. Answers are kept for the event at hand. */
export class PredicateTable {
  readonly #state: EventState
  readonly #idByKey = new Map<string, number>()
  readonly #entries: Entry[] = []
  /** By predicate: `yes`, `no`, or anything else when it was not asked for the event at hand. For compiled conditions. */
  answers = new Int32Array(1024)

  #effortLeft = MAX_EFFORT
  /** Counts questions that were left open because those before them had cost too much; a rule that asked one must not be said to match. */
  leftOpen = 0

  constructor(state: EventState) {
    this.#state = state
  }

  /** To be called for each event. */
  begin(): void {
    this.#effortLeft = MAX_EFFORT
  }

  get size(): number {
    return this.#entries.length
  }

  idOf(predicate: Predicate): number {
    const key = predicateKey(predicate)
    return this.#idByKey.get(key) ?? this.#add(key, predicate, valueTest(predicate), effortOf(predicate))
  }

  /** The question whether one of several predicates holds, all of one kind and about one field. */
  idOfSet(predicates: readonly LiteralPredicate[]): number {
    const [first] = predicates
    const texts = [...new Set(predicates.map(({ text }) => text))].sort()
    const key = JSON.stringify(['set', first!.kind, first!.field, texts])
    return (
      this.#idByKey.get(key) ??
      this.#add(key, first!, literalSetTest(first!.kind, texts), effortOf(first!) * texts.length)
    )
  }

  #add(key: string, predicate: Predicate, test: ValueTest | undefined, effort: number): number {
    const literal = predicate.kind === 'glob' && !predicate.cased ? longestLiteral(predicate.glob) : ''
    const wholeUpToChars = predicate.kind === 'regex' ? maxSearchedChars(predicate.source) : Infinity
    const slot = predicate.field === null ? -1 : this.#state.slotOf(predicate.field)
    const otherSlot = predicate.kind === 'fieldRef' ? this.#state.slotOf(predicate.other) : -1
    const id = this.#entries.push({ predicate, slot, otherSlot, test, effort, literal, wholeUpToChars }) - 1
    this.#idByKey.set(key, id)
    if (id >= this.answers.length) {
      const grown = new Int32Array(this.answers.length * 2)
      grown.set(this.answers)
      this.answers = grown
    }
    return id
  }

  /** Notes that an index found it to hold for the event at hand. */
  markTrue(id: number): void {
    this.answers[id] = this.#state.epoch + 1
  }

  /** Whether it was noted or worked out to hold. For predicates that an index decides, no note means no. */
  isMarked(id: number): boolean {
    return this.answers[id] === this.#state.epoch + 1
  }

  get yes(): number {
    return this.#state.epoch + 1
  }

  get no(): number {
    return this.#state.epoch
  }

  holds(id: number): boolean {
    const known = this.answers[id]!
    if (known === this.yes) return true
    return known !== this.no && this.ask(id)
  }

  /** Works an answer out that is not known yet, and notes it. */
  ask(id: number): boolean {
    const { leftOpen } = this
    const answer = this.#answerOf(this.#entries[id]!)
    if (this.leftOpen !== leftOpen) return false
    this.answers[id] = answer ? this.yes : this.no
    return answer
  }

  forget(): void {
    this.answers.fill(0)
  }

  #answerOf(entry: Entry): boolean {
    const { predicate, slot, otherSlot, test } = entry
    const state = this.#state
    if (slot < 0) return this.#askKeywords(entry)
    const value = state.value(slot)
    if (test === undefined) {
      if (predicate.kind === 'null') return isNull(value)
      if (predicate.kind === 'present') return value !== undefined
      return predicate.kind === 'fieldRef' && this.#refers(predicate, slot, otherSlot)
    }
    if (value === undefined || value === null) return false
    if (typeof value !== 'object') return this.#meets(entry, value, state.folded(slot, value))
    const values = state.list(slot)
    const folded = state.foldedList(slot)
    for (let i = 0; i < values.length; i++) if (this.#meets(entry, values[i]!, folded[i]!)) return true
    return false
  }

  #meets({ test, effort, literal, wholeUpToChars }: Entry, value: Scalar, folded: string): boolean {
    if (effort === 0) return test!(value, folded)
    if (literal !== '' && !(this.#spend(1, folded) && folded.includes(literal))) return false
    if (!this.#spend(effort, folded)) return false
    const holds = test!(value, folded)
    if (!holds && folded.length > wholeUpToChars) this.leftOpen++
    return holds
  }

  #spend(effort: number, text: string): boolean {
    this.#effortLeft -= effort * text.length
    if (this.#effortLeft >= 0) return true
    this.leftOpen++
    return false
  }

  #refers(predicate: Predicate & { kind: 'fieldRef' }, slot: number, otherSlot: number): boolean {
    const state = this.#state
    const [value, other] = [state.value(slot), state.value(otherSlot)]
    if (value === undefined || value === null || other === undefined || other === null) return false
    if (predicate.cased || typeof value === 'object' || typeof other === 'object')
      return refers(predicate, state.event.taxonomy)
    return placed(predicate.placement, state.folded(slot, value), state.folded(otherSlot, other))
  }

  #askKeywords(entry: Entry): boolean {
    const texts = this.#state.keywords
    const folded = this.#state.foldedKeywords
    for (let i = 0; i < texts.length; i++) if (this.#meets(entry, texts[i]!, folded[i]!)) return true
    return false
  }
}

function effortOf(p: Predicate): number {
  switch (p.kind) {
    case 'contains':
      return 4
    case 'glob':
      // A stretch with a single character in it may have to be compared at every place.
      return p.glob.includes(ONE) ? 40 : 4
    case 'regex':
      return 20
    default:
      return 0
  }
}
