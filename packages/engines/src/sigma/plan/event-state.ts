import type { Fields, FieldValue } from '../../event/index.ts'
import type { MatchableEvent } from '../compile/evaluate.ts'
import { scalarsOf, textOf } from '../compile/field-values.ts'
import { fold } from '../compile/pattern.ts'

/** A single value of a field. */
export type Scalar = string | number | boolean
const none: readonly string[] = []
const atRest: MatchableEvent = { taxonomy: Object.create(null) as Fields, raw: '', logSources: [] }

/**
 * The event at hand, seen through numbered fields. What was worked out for one event is told from what was for another by an
 * epoch, so that nothing has to be cleared between events. Epochs are even: `epoch` stands for no, `epoch + 1` for yes.
 */
export class EventState {
  readonly #names: string[] = []
  readonly #slotByName = new Map<string, number>()
  readonly #readAt: number[] = []
  readonly #values: (FieldValue | undefined)[] = []
  readonly #foldedAt: number[] = []
  /** The folded text of a scalar. */
  readonly #folded: string[] = []
  readonly #scalars: Scalar[][] = []
  readonly #foldedLists: (readonly string[])[] = []
  #keywordsAt = 0
  #keywords: string[] = []
  #foldedKeywordsAt = 0
  #foldedKeywords: readonly string[] = none
  #event: MatchableEvent = atRest
  epoch = 2

  /** The number of a field; asked while a plan is built. */
  slotOf(field: string): number {
    let slot = this.#slotByName.get(field)
    if (slot === undefined) {
      slot = this.#names.push(field) - 1
      this.#slotByName.set(field, slot)
      this.#readAt.push(0)
      this.#values.push(undefined)
      this.#foldedAt.push(0)
      this.#folded.push('')
      this.#scalars.push([])
      this.#foldedLists.push(none)
    }
    return slot
  }

  nameOf(slot: number): string {
    return this.#names[slot]!
  }

  begin(event: MatchableEvent, epoch: number): void {
    this.#event = event
    this.epoch = epoch
  }

  /** Epochs start again: whatever carries an old one must forget it. */
  forget(): void {
    this.#readAt.fill(0)
    this.#foldedAt.fill(0)
    this.#keywordsAt = 0
    this.#foldedKeywordsAt = 0
  }

  /** So that a plan at rest does not keep the last event alive. */
  end(): void {
    this.#event = atRest
  }

  get event(): MatchableEvent {
    return this.#event
  }

  /** Notes what a field of the event at hand holds: what is not noted is absent. */
  note(slot: number, value: FieldValue): void {
    this.#readAt[slot] = this.epoch
    this.#values[slot] = value
  }

  value(slot: number): FieldValue | undefined {
    return this.#readAt[slot] === this.epoch ? this.#values[slot] : undefined
  }

  /** Folded text of a field that holds one scalar. */
  folded(slot: number, value: Scalar): string {
    if (this.#foldedAt[slot] !== this.epoch) {
      this.#foldedAt[slot] = this.epoch
      this.#folded[slot] = typeof value === 'string' ? fold(value) : String(value)
    }
    return this.#folded[slot]!
  }

  /** Values of a field that holds a list; `foldedList` has their folded texts in the same order. */
  list(slot: number): readonly Scalar[] {
    this.#readList(slot)
    return this.#scalars[slot]!
  }

  foldedList(slot: number): readonly string[] {
    this.#readList(slot)
    return this.#foldedLists[slot]!
  }

  #readList(slot: number): void {
    if (this.#foldedAt[slot] === this.epoch) return
    this.#foldedAt[slot] = this.epoch
    const scalars = [...scalarsOf(this.value(slot))]
    this.#scalars[slot] = scalars
    this.#foldedLists[slot] = scalars.map((one) => fold(textOf(one)))
  }

  /** The original text and every text of the event, where keywords are looked for. */
  get keywords(): readonly string[] {
    if (this.#keywordsAt === this.epoch) return this.#keywords
    this.#keywordsAt = this.epoch
    const { raw, taxonomy } = this.#event
    this.#keywords = [raw]
    for (const name in taxonomy) {
      const value = taxonomy[name]!
      if (typeof value === 'string') this.#keywords.push(value)
      else if (typeof value === 'object')
        for (const one of scalarsOf(value)) if (typeof one === 'string') this.#keywords.push(one)
    }
    return this.#keywords
  }

  get foldedKeywords(): readonly string[] {
    if (this.#foldedKeywordsAt === this.epoch) return this.#foldedKeywords
    this.#foldedKeywordsAt = this.epoch
    this.#foldedKeywords = this.keywords.map(fold)
    return this.#foldedKeywords
  }
}
