import type { FieldValue } from '../../event/index.ts'
import { scalarsOf, textOf } from '../compile/field-values.ts'
import { fold } from '../compile/pattern.ts'
import type { Scalar } from './event-state.ts'
import type { FieldIndex, SearchContext } from './field-index.ts'
import { KeywordSearch } from './keyword-search.ts'
import type { RuleGroup, RuleProbe } from './rule-group.ts'

/** A field that rules of the route ask about, with its indexes in all groups of the route; `scanning` look for contained literals. */
interface RoutedField {
  readonly slot: number
  readonly indexes: readonly FieldIndex[]
  readonly scanning: readonly FieldIndex[]
}

/** The groups of rules that an event's log sources lead to. Goes through the fields of an event once for all of them. */
export class Route {
  readonly groups: readonly RuleGroup[]
  readonly #context: SearchContext
  readonly #fields = new Map<string, RoutedField>()
  readonly #keywords: KeywordSearch

  constructor(groups: readonly RuleGroup[], context: SearchContext) {
    this.groups = groups
    this.#context = context
    this.#keywords = new KeywordSearch(
      groups.flatMap(({ keywords }) => (keywords === undefined ? [] : [keywords])),
      context,
    )
    for (const slot of new Set(groups.flatMap(({ slots }) => [...slots]))) {
      const indexes = groups.flatMap(({ fields }) => fields.filter((one) => one.slot === slot))
      const scanning = indexes.filter(({ shortest }) => shortest < Infinity)
      this.#fields.set(context.state.nameOf(slot), { slot, indexes, scanning })
    }
  }

  /** Appends the positions (in the plan) of the rules that match the event that the state was begun with. */
  match(into: number[], probe?: RuleProbe): void {
    const { raw } = this.#context.state.event
    for (let i = 0; i < this.groups.length; i++) this.groups[i]!.begin()
    if (this.#mayHoldKeyword(raw)) this.#keywords.scan(raw)
    this.#search()
    if (probe !== undefined) for (const group of this.groups) group.matchProbed(into, probe)
    else for (let i = 0; i < this.groups.length; i++) this.groups[i]!.match(into)
  }

  #search(): void {
    const { taxonomy } = this.#context.state.event
    for (const name in taxonomy) {
      const value = taxonomy[name]
      if (value === undefined) continue
      const field = this.#fields.get(name)
      if (field !== undefined) this.#note(field, value)
      if (value === null) continue
      if (typeof value === 'object') this.#searchList(field, value)
      else if (field !== undefined) this.#searchScalar(field, value)
      else if (this.#mayHoldKeyword(value)) this.#keywords.scan(value)
    }
  }

  #note({ slot, indexes }: RoutedField, value: FieldValue): void {
    this.#context.state.note(slot, value)
    for (let i = 0; i < indexes.length; i++) indexes[i]!.notePresence()
  }

  #mayHoldKeyword(value: Scalar): value is string {
    if (typeof value !== 'string') return false
    const { length } = value
    // Folding makes two characters of this one letter, and of no other.
    const { shortest } = this.#keywords
    return length >= shortest || (length * 2 >= shortest && value.includes('\u0130'))
  }

  #searchScalar(field: RoutedField, value: Scalar): void {
    const text = textOf(value)
    const { indexes } = field
    for (let i = 0; i < indexes.length; i++) indexes[i]!.lookUp(text, value)
    this.#scan(field, text)
    if (this.#mayHoldKeyword(value)) this.#keywords.scan(value)
  }

  #searchList(field: RoutedField | undefined, list: FieldValue): void {
    for (const one of scalarsOf(list)) {
      const text = textOf(one)
      if (field !== undefined) {
        const folded = fold(text)
        for (const index of field.indexes) index.lookUpFolded(folded)
        this.#scan(field, text)
      }
      if (this.#mayHoldKeyword(one)) this.#keywords.scan(one)
    }
  }

  /** The text is made into bytes once for all groups that look for something in it. */
  #scan({ scanning }: RoutedField, text: string): void {
    if (scanning.length === 0) return
    this.#context.text.set(text)
    for (let i = 0; i < scanning.length; i++) scanning[i]!.scan()
  }
}
