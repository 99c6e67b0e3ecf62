import type { StixObject, StixValue } from './observation.ts'

/** An object under construction. */
export type DraftObject = { [name: string]: StixValue }

/** The cyber observables of one event, each with a name by which others refer to it. */
export class ObjectGraph {
  readonly roots: StixObject[] = []
  readonly objects = new Map<string, StixObject>()
  readonly #byValue = new Map<string, string>()

  /** Adds an object if it has any property; properties without a value are left out. @returns what refers to it */
  add(type: string, properties: Readonly<Record<string, StixValue | undefined>>): string | undefined {
    const object: DraftObject = { type }
    let hasAny = false
    for (const name in properties) {
      const value = properties[name]
      if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0))
        continue
      object[name] = value
      hasAny = true
    }
    return hasAny ? this.#put(type, object) : undefined
  }

  /** Adds an object that is its `value`, once. */
  addValue(
    type: string,
    value: string | undefined,
    more: Readonly<Record<string, StixValue | undefined>> = {},
  ): string | undefined {
    if (value === undefined) return undefined
    const key = `${type}\n${value}`
    const known = this.#byValue.get(key)
    if (known !== undefined) return known
    const reference = this.add(type, { value, ...more })
    if (reference !== undefined) this.#byValue.set(key, reference)
    return reference
  }

  #put(type: string, object: StixObject): string {
    const reference = `${type}--${this.roots.length}`
    this.roots.push(object)
    this.objects.set(reference, object)
    return reference
  }
}
