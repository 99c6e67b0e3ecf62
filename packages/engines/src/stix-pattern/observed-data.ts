import type { Observation, StixObject, StixValue } from './observation.ts'
import { timestampMs } from './timestamp.ts'

/** An observed-data object that cannot be used, and why. */
export interface ObservedDataProblem {
  readonly id: string
  readonly message: string
}

export interface ReadObservations {
  readonly observations: readonly Observation[]
  readonly problems: readonly ObservedDataProblem[]
}

const MAX_PROBLEMS = 100

/**
 * Reads observed data: a bundle, a list of bundles or of objects, or one object; of STIX 2.0 (`objects` maps) and 2.1 (`object_refs` into
 * the same bundle). In 2.1 a pattern is held against the objects that `object_refs` names; others are reached by references alone.
 */
export function readObservations(data: unknown): ReadObservations {
  const observations: Observation[] = []
  const problems: ObservedDataProblem[] = []
  for (const scope of scopesOf(data)) {
    const objects = new Map<string, StixObject>()
    for (const object of scope) if (typeof object.id === 'string') objects.set(object.id, object)
    for (const object of scope) {
      if (!isObservedData(object)) continue
      const id = typeof object.id === 'string' ? object.id : `#${observations.length + problems.length}`
      const read = readOne(object, id, objects)
      if (typeof read !== 'string') observations.push(read)
      else if (problems.length < MAX_PROBLEMS) problems.push({ id, message: read })
    }
  }
  return { observations, problems }
}

/** Objects that may refer to each other. */
function* scopesOf(data: unknown): Generator<readonly StixObject[]> {
  if (Array.isArray(data)) {
    const loose = data.filter((one) => isObject(one) && one.type !== 'bundle')
    if (loose.length > 0) yield loose
    for (const one of data) if (isObject(one) && one.type === 'bundle') yield* scopesOf(one)
  } else if (isObject(data) && data.type === 'bundle')
    yield Array.isArray(data.objects) ? data.objects.filter(isObject) : []
  else if (isObject(data)) yield [data]
}

/** By what it holds: some producers of 2.0 give it other types. */
const isObservedData = (object: StixObject): boolean =>
  object.type === 'observed-data' || (isObject(object.objects) && 'first_observed' in object)

function readOne(data: StixObject, id: string, all: ReadonlyMap<string, StixObject>): Observation | string {
  const first = timestampOf(data.first_observed)
  const last = data.last_observed === undefined ? first : timestampOf(data.last_observed)
  if (first === undefined || last === undefined)
    return 'first_observed and last_observed must be timestamps such as 2026-01-31T08:30:00Z'
  const count = data.number_observed ?? 1
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1)
    return 'number_observed must be a whole number above 0'
  const times = { id, firstMs: Math.min(first, last), lastMs: Math.max(first, last), count }
  if (Array.isArray(data.object_refs)) {
    const roots: StixObject[] = []
    for (const ref of data.object_refs) {
      const object = typeof ref === 'string' ? all.get(ref) : undefined
      if (object !== undefined) roots.push(object)
    }
    if (roots.length > 0 || !isObject(data.objects)) return { ...times, roots, objects: all }
  }
  if (!isObject(data.objects)) return 'it has neither objects nor object_refs'
  const objects = new Map<string, StixObject>()
  for (const [key, object] of Object.entries(data.objects)) if (isObject(object)) objects.set(key, object)
  return { ...times, roots: [...objects.values()], objects }
}

const timestampOf = (value: StixValue | undefined): number | undefined =>
  typeof value === 'string' ? timestampMs(value) : undefined

const isObject = (value: unknown): value is StixObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
