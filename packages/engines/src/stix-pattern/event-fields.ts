import type { Fields, FieldValue } from '../event/index.ts'

/** Reads ECS fields as the types that cyber observables have. */
export class EventFields {
  readonly #fields: Fields

  constructor(fields: Fields) {
    this.#fields = fields
  }

  /** The first of the fields that has a value, as text. */
  text(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const text = textOf(this.#fields[name])
      if (text !== undefined) return text
    }
    return undefined
  }

  number(...names: readonly string[]): number | undefined {
    for (const name of names) {
      const value = this.#fields[name]
      const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
      if (typeof number === 'number') return number
    }
    return undefined
  }

  /** Every text of the fields, once. */
  texts(...names: readonly string[]): string[] {
    let all: Set<string> | undefined
    for (const name of names) {
      const value = this.#fields[name]
      if (value === undefined) continue
      all ??= new Set()
      collect(value, all)
    }
    return all === undefined ? [] : [...all]
  }
}

const textOf = (value: FieldValue | undefined): string | undefined => {
  if (typeof value === 'string') return value === '' ? undefined : value
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return textOf(value[0])
  return undefined
}

/** Values of one list that are looked at. */
const MAX_VALUES = 1_000

function collect(value: FieldValue, into: Set<string>): void {
  if (Array.isArray(value)) for (const one of value.slice(0, MAX_VALUES)) collect(one, into)
  else {
    const text = textOf(value)
    if (text !== undefined && into.size < MAX_VALUES) into.add(text)
  }
}
