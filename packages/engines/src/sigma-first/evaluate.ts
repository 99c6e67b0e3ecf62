import type { Fields, FieldValue, NormalisedEvent } from '../event/index.ts'
import { type Expression, type FieldTest, matchesText, type Predicate, type Text, textsOf } from './predicate.ts'

/** An event as rules are tried on it: lower cases and the text of the whole are made at most once. */
export class EventView {
  readonly #fields: Fields
  readonly #raw: string
  readonly #texts = new Map<string, readonly Text[]>()
  #whole: Text | undefined

  constructor(event: Pick<NormalisedEvent, 'taxonomy' | 'raw'>) {
    this.#fields = event.taxonomy
    this.#raw = event.raw
  }

  value(field: string): FieldValue | undefined {
    return this.#fields[field]
  }

  /** The texts of a field's values. */
  texts(field: string): readonly Text[] {
    const known = this.#texts.get(field)
    if (known) return known
    const made: Text[] = []
    for (const text of textsOf(this.#fields[field])) made.push({ text, lower: text.toLowerCase() })
    this.#texts.set(field, made)
    return made
  }

  /** Everything a keyword may stand in: the values, and the record as it came. */
  get whole(): Text {
    if (!this.#whole) {
      const parts: string[] = [this.#raw]
      for (const field of Object.keys(this.#fields)) for (const text of textsOf(this.#fields[field])) parts.push(text)
      const text = parts.join('\n')
      this.#whole = { text, lower: text.toLowerCase() }
    }
    return this.#whole
  }
}

/** Whether one test holds. A list of values: when any of them does. */
export function holds({ field, predicate }: FieldTest, event: EventView): boolean {
  if (field === null) return matchesText(predicate, event.whole)
  switch (predicate.kind) {
    case 'null': {
      const value = event.value(field)
      return value === undefined || value === null
    }
    case 'exists':
      return (event.value(field) !== undefined) === predicate.wanted
    case 'field':
      return event.texts(field).some((value) => holdsReference(predicate, value, event))
    default:
      for (const value of event.texts(field)) if (matchesText(predicate, value)) return true
      return false
  }
}

function holdsReference(predicate: Predicate & { kind: 'field' }, value: Text, event: EventView): boolean {
  return event.texts(predicate.other).some((other) =>
    matchesText(
      {
        kind: 'text',
        mode: predicate.mode,
        text: predicate.cased ? other.text : other.lower,
        cased: predicate.cased,
      },
      value,
    ),
  )
}

/** Evaluates a tree; `test` answers each leaf. */
export function evaluate(expression: Expression, test: (leaf: FieldTest) => boolean): boolean {
  switch (expression.kind) {
    case 'test':
      return test(expression.test)
    case 'not':
      return !evaluate(expression.node, test)
    case 'and':
      for (const node of expression.nodes) if (!evaluate(node, test)) return false
      return true
    case 'or':
      for (const node of expression.nodes) if (evaluate(node, test)) return true
      return false
  }
}
