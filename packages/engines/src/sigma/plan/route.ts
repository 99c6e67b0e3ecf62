import type { Fields, FieldValue } from '../../event/index.ts'
import { scalarsOf, textOf } from '../compile/field-values.ts'
import { fold } from '../compile/pattern.ts'
import type { EventState, Scalar } from './event-state.ts'
import type { FieldIndex } from './field-index.ts'
import type { RuleGroup, RuleProbe } from './rule-group.ts'
import type { TextBytes } from './text-bytes.ts'

/** A field that rules of the route ask about, with its indexes in all groups; `scanning` look for contained literals. */
interface RoutedField {
  readonly slot: number
  readonly indexes: readonly FieldIndex[]
  readonly scanning: readonly FieldIndex[]
}

/** The groups of rules that an event's log sources lead to. Goes through the fields of an event once for all of them. */
export class Route {
  readonly groups: readonly RuleGroup[]
  readonly #text: TextBytes
  readonly #state: EventState
  readonly #fields = new Map<string, RoutedField>()
  readonly #keywords: readonly FieldIndex[]
  /** Characters of the shortest keyword. */
  readonly #fewestChars: number

  constructor(groups: readonly RuleGroup[], state: EventState, text: TextBytes) {
    this.groups = groups
    this.#state = state
    this.#text = text
    this.#keywords = groups.flatMap(({ keywords }) => (keywords === undefined ? [] : [keywords]))
    this.#fewestChars = Math.min(...this.#keywords.map(({ shortest }) => shortest))
    for (const slot of new Set(groups.flatMap(({ slots }) => [...slots]))) {
      const indexes = groups.flatMap(({ fields }) => fields.filter((one) => one.slot === slot))
      const scanning = indexes.filter(({ shortest }) => shortest < Infinity)
      this.#fields.set(state.nameOf(slot), { slot, indexes, scanning })
    }
  }

  /** Appends the positions (in the plan) of the rules that match the event that the state was begun with. */
  match(into: number[], probe?: RuleProbe): void {
    const { raw, taxonomy } = this.#state.event
    for (let i = 0; i < this.groups.length; i++) this.groups[i]!.begin()
    if (this.#mayHoldKeyword(raw)) this.#scan(undefined, raw, true)
    this.#search(taxonomy)
    if (probe !== undefined) for (const group of this.groups) group.matchProbed(into, probe)
    else for (let i = 0; i < this.groups.length; i++) this.groups[i]!.match(into)
  }

  #search(taxonomy: Fields): void {
    for (const name in taxonomy) {
      const value = taxonomy[name]
      if (value === undefined) continue
      const field = this.#fields.get(name)
      if (field !== undefined) this.#note(field, value)
      if (value === null) continue
      if (typeof value === 'object') this.#searchList(field, value)
      else if (field !== undefined) this.#searchScalar(field, value)
      else if (this.#mayHoldKeyword(value)) this.#scan(undefined, value, true)
    }
  }

  #note({ slot, indexes }: RoutedField, value: FieldValue): void {
    this.#state.note(slot, value)
    for (let i = 0; i < indexes.length; i++) indexes[i]!.notePresence()
  }

  #mayHoldKeyword(value: Scalar): value is string {
    if (typeof value !== 'string') return false
    const { length } = value
    // Folding makes two characters of this one letter, and of no other.
    return length >= this.#fewestChars || (length * 2 >= this.#fewestChars && value.includes('\u0130'))
  }

  #searchScalar(field: RoutedField, value: Scalar): void {
    const text = textOf(value)
    const { indexes, scanning } = field
    for (let i = 0; i < indexes.length; i++) indexes[i]!.lookUp(text, value)
    const withKeywords = this.#mayHoldKeyword(value)
    if (withKeywords || scanning.length > 0) this.#scan(field, text, withKeywords)
  }

  #searchList(field: RoutedField | undefined, list: FieldValue): void {
    for (const one of scalarsOf(list)) {
      const text = textOf(one)
      if (field !== undefined) {
        const folded = fold(text)
        for (const index of field.indexes) index.lookUpFolded(folded)
      }
      this.#scan(field, text, this.#mayHoldKeyword(one))
    }
  }

  /** The text is made into bytes once for all that look for something in it. */
  #scan(field: RoutedField | undefined, text: string, withKeywords: boolean): void {
    this.#text.set(text)
    if (field !== undefined) for (let i = 0; i < field.scanning.length; i++) field.scanning[i]!.scan()
    if (withKeywords) for (let i = 0; i < this.#keywords.length; i++) this.#keywords[i]!.scan()
  }
}
