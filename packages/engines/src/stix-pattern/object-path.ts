import type { ObjectPath } from './ast.ts'
import type { Observation, StixObject, StixValue } from './observation.ts'

/** Values that one path may reach in one observation; more are not looked at. */
const MAX_VALUES = 10_000

/**
 * The values that a path reaches from an object. A step by name on a text follows it as a reference into the observation, when the
 * property it stands in is called `…_ref` or `…_refs`. Each object is visited once per step, so that `[*]` over objects that
 * refer to each other does not multiply.
 */
export function valuesAt(path: ObjectPath, object: StixObject, observation: Observation): readonly StixValue[] {
  let values: StixValue[] = [object]
  let isReference = false
  for (const step of path.steps) {
    const next = new Set<StixValue>()
    for (const value of values) {
      if (next.size >= MAX_VALUES) break
      if (step.kind === 'key') {
        const holder = isReference && typeof value === 'string' ? observation.objects.get(value) : value
        if (isObject(holder) && Object.hasOwn(holder, step.name)) next.add(holder[step.name]!)
      } else if (Array.isArray(value)) {
        if (step.kind === 'every') for (const one of value) next.add(one)
        else if (step.index >= 0 && step.index < value.length) next.add(value[step.index]!)
      }
    }
    values = [...next]
    if (values.length === 0) return values
    if (step.kind === 'key') isReference = /_refs?$/.test(step.name)
  }
  return values
}

const isObject = (value: StixValue | undefined): value is { readonly [name: string]: StixValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
