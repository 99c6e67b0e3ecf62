import { sha1 } from '@noble/hashes/legacy.js'
import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import { definitionOf } from '../definitions/index.ts'
import { observableId } from '../ids/observable-id.ts'
import { randomUuid } from '../ids/uuid.ts'
import type { ChangeList } from './change.ts'
import { renameInObservable } from './observable.ts'

const REFERENCE = /_refs?$/

/** The observables of observed data, as objects of their own. */
export interface SplitObservables {
  /** key in `objects` → observable with its id */
  readonly byKey: ReadonlyMap<string, StixObject>
}

/**
 * Makes objects of their own of the observables within observed data: with the ids that everybody gives them, references by id instead of by key.
 * Where the specification wants a random id, it is made of the ids of the observed data and of the key, so that a second import makes none anew.
 */
export function splitObservables(observedDataId: string, objects: StixObject, changes: ChangeList): SplitObservables {
  const renamed = new Map<string, StixObject>()
  for (const [key, object] of Object.entries(objects)) {
    if (isObject(object) && typeof object.type === 'string')
      renamed.set(key, renameInObservable(object, `objects.${key}`, changes))
    else changes.add('dropped', `objects.${key}`, 'it is no observable')
  }
  return new Splitter(observedDataId, renamed, changes).split()
}

class Splitter {
  readonly #observedDataId: string
  readonly #objects: ReadonlyMap<string, StixObject>
  readonly #changes: ChangeList
  readonly #ids = new Map<string, string>()
  readonly #underWay = new Set<string>()

  constructor(observedDataId: string, objects: ReadonlyMap<string, StixObject>, changes: ChangeList) {
    this.#observedDataId = observedDataId
    this.#objects = objects
    this.#changes = changes
  }

  split(): SplitObservables {
    const byKey = new Map<string, StixObject>()
    for (const [key, object] of this.#objects) {
      const { type, ...own } = this.#withIds(object, `objects.${key}`)
      byKey.set(key, { type: type!, spec_version: '2.1', id: this.#idOf(key), ...own })
    }
    return { byKey }
  }

  /** Ids that an id is made of come first: the sender before the message. */
  #idOf(key: string): string {
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const object = this.#objects.get(key)!
    const counted = countedParts(object)
    this.#underWay.add(key)
    const id = this.#needsItself(counted) ? undefined : observableId(this.#withIds(counted))
    this.#underWay.delete(key)
    const made = id ?? `${String(object.type)}--${this.#repeatableUuid(key)}`
    this.#ids.set(key, made)
    return made
  }

  /** Objects that are within each other can have no id made of their contents; neither can those nested beyond reason. */
  #needsItself(object: StixObject): boolean {
    if (this.#underWay.size > MAX_NESTING) return true
    const waiting: StixValue[] = [object]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (Array.isArray(next)) waiting.push(...next.filter((one) => typeof one === 'object'))
      else if (isObject(next))
        for (const [name, value] of Object.entries(next)) {
          if (REFERENCE.test(name) && keysIn(value).some((key) => this.#underWay.has(key))) return true
          if (typeof value === 'object') waiting.push(value)
        }
    }
    return false
  }

  #withIds(object: StixObject, path?: string): StixObject {
    const changed: [string, StixValue][] = []
    for (const [name, value] of Object.entries(object)) {
      const at = path === undefined ? undefined : `${path}.${name}`
      const made = REFERENCE.test(name) ? this.#reference(value, at) : this.#within(value, at)
      if (made !== undefined) changed.push([name, made])
    }
    return Object.fromEntries(changed)
  }

  #within(value: StixValue, path: string | undefined): StixValue {
    if (Array.isArray(value)) return value.map((one) => this.#within(one, path))
    return isObject(value) ? this.#withIds(value, path) : value
  }

  /** @param path where to tell of what is dropped; without it, nothing is told */
  #reference(value: StixValue, path: string | undefined): StixValue | undefined {
    if (Array.isArray(value)) {
      const found = value.flatMap((one) => this.#reference(one, path) ?? [])
      return found.length === 0 ? undefined : found
    }
    if (typeof value === 'string' && this.#objects.has(value)) return this.#idOf(value)
    // Custom properties may end so and mean something else.
    if (typeof value !== 'string' || value.includes('--')) return value
    if (path !== undefined) this.#changes.add('dropped', path, 'it refers to a key that is not there')
    return undefined
  }

  #repeatableUuid(key: string): string {
    return randomUuid(sha1(new TextEncoder().encode(`${this.#observedDataId}/${key}`)))
  }
}

/** Observables within observables within …: real ones need four or five. */
const MAX_NESTING = 100

/** What an id is made of; everything else may refer back. */
function countedParts(object: StixObject): StixObject {
  const counted = ['type', ...(definitionOf(String(object.type))?.idProperties ?? [])]
  return Object.fromEntries(Object.entries(object).filter(([name]) => counted.includes(name)))
}

const keysIn = (value: StixValue): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string')

const isObject = (value: StixValue | undefined): value is StixObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
