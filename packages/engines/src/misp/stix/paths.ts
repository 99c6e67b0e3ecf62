import type { StixObject, StixValue } from '../../stix-pattern/index.ts'

/** A step of a path: a property, an element, or every element. */
export type Step = string | number | '*'

/** Of a path such as `file:hashes.'SHA-1'`: where it begins and how it goes on. `*` stands for every element. */
export interface ParsedPath {
  readonly type: string
  readonly steps: readonly Step[]
}

const stepPattern = /'((?:[^'\\]|\\.)*)'|\[(\d+|\*)\]|([^.'[\]]+)/g

/** Reads a path of our own tables, or of a pattern. */
export function parsePath(path: string): ParsedPath {
  const colon = path.indexOf(':')
  const steps: Step[] = []
  for (const [, quoted, index, name] of path.slice(colon + 1).matchAll(stepPattern)) {
    if (quoted !== undefined) steps.push(quoted.replace(/\\(.)/g, '$1'))
    else if (index !== undefined) steps.push(index === '*' ? '*' : Number(index))
    else if (name !== undefined) steps.push(name)
  }
  return { type: path.slice(0, colon), steps }
}

export type ObjectsById = ReadonlyMap<string, StixObject>

/** All values that a path leads to within an object; references are followed. */
export function valuesAt(steps: readonly Step[], from: StixObject, objects: ObjectsById): StixValue[] {
  let here: StixValue[] = [from]
  for (const step of steps) here = here.flatMap((value) => next(value, step, objects)).slice(0, 10_000)
  return here
}

function next(value: StixValue, step: Step, objects: ObjectsById): StixValue[] {
  const object = typeof value === 'string' ? objects.get(value) : value
  if (object === undefined || object === null || typeof object !== 'object') return []
  if (Array.isArray(object)) {
    if (step === '*') return object
    const element = typeof step === 'number' ? object[step] : undefined
    return element === undefined ? [] : [element]
  }
  const found = typeof step === 'string' && Object.hasOwn(object, step) ? (object as StixObject)[step] : undefined
  return found === undefined ? [] : [found]
}
