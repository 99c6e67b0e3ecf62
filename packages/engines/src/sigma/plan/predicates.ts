import { isNull, placed, refers, type ValueTest, valueTest } from '../compile/evaluate.ts'
import { type Predicate, predicateKey } from '../compile/predicate.ts'
import type { EventState } from './event-state.ts'
import { type LiteralPredicate, literalSetTest } from './literal-set.ts'

interface Entry {
  readonly predicate: Predicate
  /** Field number; -1 for keywords. */
  readonly slot: number
  /** Number of the field that it compares with; -1 for none. */
  readonly otherSlot: number
  readonly test: ValueTest | undefined
}

/** All predicates of a plan, each once however many rules ask it. Answers are kept for the event at hand. */
export class PredicateTable {
  readonly #state: EventState
  readonly #idByKey = new Map<string, number>()
  readonly #entries: Entry[] = []
  /** By predicate: `yes`, `no`, or anything else when it was not asked for the event at hand. For compiled conditions. */
  answers = new Int32Array(1024)

  constructor(state: EventState) {
    this.#state = state
  }

  get size(): number {
    return this.#entries.length
  }

  idOf(predicate: Predicate): number {
    const key = predicateKey(predicate)
    return this.#idByKey.get(key) ?? this.#add(key, predicate, valueTest(predicate))
  }

  /** The question whether one of several predicates holds, all of one kind and about one field. */
  idOfSet(predicates: readonly LiteralPredicate[]): number {
    const [first] = predicates
    const texts = [...new Set(predicates.map(({ text }) => text))].sort()
    const key = JSON.stringify(['set', first!.kind, first!.field, texts])
    return this.#idByKey.get(key) ?? this.#add(key, first!, literalSetTest(first!.kind, texts))
  }

  #add(key: string, predicate: Predicate, test: ValueTest | undefined): number {
    const slot = predicate.field === null ? -1 : this.#state.slotOf(predicate.field)
    const otherSlot = predicate.kind === 'fieldRef' ? this.#state.slotOf(predicate.other) : -1
    const id = this.#entries.push({ predicate, slot, otherSlot, test }) - 1
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
    const answer = this.#answerOf(this.#entries[id]!)
    this.answers[id] = answer ? this.yes : this.no
    return answer
  }

  forget(): void {
    this.answers.fill(0)
  }

  #answerOf({ predicate, slot, otherSlot, test }: Entry): boolean {
    const state = this.#state
    if (slot < 0) return this.#askKeywords(test!)
    const value = state.value(slot)
    if (test === undefined) {
      if (predicate.kind === 'null') return isNull(value)
      if (predicate.kind === 'present') return value !== undefined
      return predicate.kind === 'fieldRef' && this.#refers(predicate, slot, otherSlot)
    }
    if (value === undefined || value === null) return false
    if (typeof value !== 'object') return test(value, state.folded(slot, value))
    const values = state.list(slot)
    const folded = state.foldedList(slot)
    for (let i = 0; i < values.length; i++) if (test(values[i]!, folded[i]!)) return true
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

  #askKeywords(test: ValueTest): boolean {
    const texts = this.#state.keywords
    const folded = this.#state.foldedKeywords
    for (let i = 0; i < texts.length; i++) if (test(texts[i]!, folded[i]!)) return true
    return false
  }
}
