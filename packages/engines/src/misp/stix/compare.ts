import { definitionOf } from '../../stix/definitions/index.ts'
import { observableId } from '../../stix/ids/observable-id.ts'
import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import { idOf, isObject, textOf, typeOf } from './values.ts'

/** A place where two values differ; `undefined` on either side: it is not there. */
export interface Difference {
  /** The object, by type and UUID where both have it. */
  readonly about: string
  /** Within the object, e.g. `external_references[0].url`; empty: as a whole. */
  readonly path: string
  readonly before: StixValue | undefined
  readonly after: StixValue | undefined
}

/**
 * What differs between two sets of objects. Ids of observables say nothing but what the observable is, so that they are compared by that;
 * lists of references are compared without their order.
 */
export function compareStix(before: readonly StixObject[], after: readonly StixObject[]): Difference[] {
  const [old, now] = [byContent(before), byContent(after)]
  const differences: Difference[] = []
  for (const [id, object] of old) {
    const other = now.get(id)
    if (other === undefined) differences.push({ about: id, path: '', before: object, after: undefined })
    else compareValues(id, '', object, other, differences)
  }
  for (const [id, object] of now)
    if (!old.has(id)) differences.push({ about: id, path: '', before: undefined, after: object })
  return differences
}

/** Objects by their ids, those of observables made anew. */
function byContent(objects: readonly StixObject[]): Map<string, StixObject> {
  const byId = new Map(objects.map((object) => [idOf(object), object]))
  const renamed = new Map<string, string>()
  const rename = (id: string, depth: number): string => {
    const done = renamed.get(id)
    const object = byId.get(id)
    if (done !== undefined || !object || definitionOf(typeOf(object))?.category !== 'observable' || depth > 32)
      return done ?? id
    renamed.set(id, id)
    const rest = rewritten(object, (one) => rename(one, depth + 1)) as StixObject
    const made = observableId(rest) ?? `${typeOf(object)}--of ${stableText(withoutIds(rest))}`
    renamed.set(id, made)
    return made
  }
  for (const id of byId.keys()) rename(id, 0)
  const named = new Map<string, StixObject>()
  for (const object of byId.values()) {
    const one = rewritten(object, (id) => renamed.get(id) ?? id) as StixObject
    named.set(idOf(one), one)
  }
  return named
}

const withoutIds = ({ id: _, spec_version: __, ...rest }: StixObject): StixValue => rest as StixValue

function rewritten(value: StixValue, rename: (id: string) => string): StixValue {
  if (typeof value === 'string') return value.includes('--') ? rename(value) : value
  if (Array.isArray(value)) return value.map((one) => rewritten(one, rename))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, rewritten(one, rename)]))
}

const stableText = (value: StixValue): string =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort())
      : one,
  )

function compareValues(
  about: string,
  path: string,
  before: StixValue,
  after: StixValue,
  differences: Difference[],
): void {
  if (before === after || isSameTime(before, after)) return
  if (isObject(before) && isObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const inside = path === '' ? name : `${path}.${name}`
      const [a, b] = [before[name], after[name]]
      if (a === undefined || b === undefined) differences.push({ about, path: inside, before: a, after: b })
      else compareValues(about, inside, a, b, differences)
    }
  } else if (Array.isArray(before) && Array.isArray(after)) compareLists(about, path, before, after, differences)
  else differences.push({ about, path, before, after })
}

function compareLists(
  about: string,
  path: string,
  before: readonly StixValue[],
  after: readonly StixValue[],
  differences: Difference[],
): void {
  const [old, now] = [before.map(stableText).sort(), after.map(stableText).sort()]
  if (old.join() === now.join()) return
  if (before.length === after.length)
    for (const [n, one] of before.entries()) compareValues(about, `${path}[${n}]`, one, after[n]!, differences)
  else differences.push({ about, path, before: before as StixValue, after: after as StixValue })
}

/** `2020-10-25T16:22:00Z` is `2020-10-25T16:22:00.000Z`. */
function isSameTime(before: StixValue, after: StixValue): boolean {
  const [a, b] = [textOf(before), textOf(after)]
  if (a === undefined || b === undefined || !/^\d{4}-\d\d-\d\dT/.test(a) || !/^\d{4}-\d\d-\d\dT/.test(b)) return false
  return Date.parse(a) === Date.parse(b)
}
