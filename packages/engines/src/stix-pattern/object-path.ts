import type { ObjectPath, PathStep } from './ast.ts'
import type { Observation, StixObject, StixValue } from './observation.ts'

/** Values that one path may reach in one observation; more are not looked at. */
const MAX_VALUES = 10_000

/**
 * The values that a path reaches from an object. A step by name on a text follows it as a reference into the observation, when the
 * property it stands in is called `…_ref` or `…_refs`. Each object is visited once per step, so that `[*]` over objects that
 * refer to each other does not multiply.
 */
export function valuesAt(path: ObjectPath, object: StixObject, observation: Observation): readonly StixValue[] {
  const { steps } = path
  let value: StixValue = object
  let isReference = false
  for (const [at, step] of steps.entries()) {
    if (step.kind === 'every') return Array.isArray(value) ? everyValue(path, at, value, isReference, observation) : []
    const next = stepFrom(value, step, isReference, observation)
    if (next === undefined) return []
    value = next
    if (step.kind === 'key') isReference = REFERENCE.test(step.name)
  }
  return [value]
}

const REFERENCE = /_refs?$/

function stepFrom(
  value: StixValue,
  step: Exclude<PathStep, { kind: 'every' }>,
  isReference: boolean,
  observation: Observation,
): StixValue | undefined {
  if (step.kind === 'index')
    return Array.isArray(value) && step.index >= 0 && step.index < value.length ? value[step.index] : undefined
  const holder = isReference && typeof value === 'string' ? observation.objects.get(value) : value
  return isObject(holder) && Object.hasOwn(holder, step.name) ? holder[step.name] : undefined
}

/** The same from a `[*]` on, where there can be many. */
function everyValue(
  { steps }: ObjectPath,
  from: number,
  list: readonly StixValue[],
  afterReference: boolean,
  observation: Observation,
): readonly StixValue[] {
  let values: readonly StixValue[] = [list]
  let isReference = afterReference
  for (const step of steps.slice(from)) {
    const next = new Set<StixValue>()
    for (const value of values) {
      if (next.size >= MAX_VALUES) break
      if (step.kind !== 'every') {
        const one = stepFrom(value, step, isReference, observation)
        if (one !== undefined) next.add(one)
      } else if (Array.isArray(value)) for (const one of value) next.add(one)
    }
    values = [...next]
    if (step.kind === 'key') isReference = REFERENCE.test(step.name)
  }
  return values
}

const isObject = (value: StixValue | undefined): value is { readonly [name: string]: StixValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
