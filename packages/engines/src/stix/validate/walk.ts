import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import type { PropertyKind, StixDefinition, StructDefinition } from '../definitions/property.ts'
import type { IssueList } from './issue.ts'

/** Where a property stands that the specification does not define. */
export type CustomPlace = 'property' | 'embedded' | 'extension-property' | 'extension'

export interface CustomFind {
  readonly place: CustomPlace
  readonly name: string
  readonly path: string
}

/** What is known while one object is walked. */
export interface Walk {
  readonly object: StixObject
  readonly definition: StixDefinition
  readonly issues: IssueList
  /** Within `objects` of observed data references are keys of that dictionary. */
  readonly siblings?: StixObject
  /** Put in front of all paths. */
  readonly prefix: string
  /** Properties and extensions that the specification does not define, as they are met. */
  readonly custom: CustomFind[]
  /** Where custom properties of a struct belong, if they are of interest. */
  readonly structPlace?: CustomPlace
  readonly judge: Judges
}

/** Judging goes round: values hold structures, structures hold values. */
export interface Judges {
  value(value: StixValue, kind: PropertyKind, path: string, walk: Walk): void
  /** An observable in a dictionary of such; `prefix` leads to it. */
  observable(object: StixObject, siblings: StixObject, prefix: string, walk: Walk): void
}

/** Judges one value of one kind; `path` leads from the object to it. */
export type Judge<Kind extends PropertyKind['kind']> = (
  value: StixValue,
  kind: Extract<PropertyKind, { kind: Kind }>,
  path: string,
  walk: Walk,
) => void

export const isObject = (value: unknown): value is StixObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function wrongKind(value: StixValue, wanted: string, path: string, { issues, prefix }: Walk): void {
  const is =
    value === null ? 'null' : Array.isArray(value) ? 'a list' : isObject(value) ? 'an object' : `a ${typeof value}`
  issues.error(
    'STIX_WRONG_KIND',
    prefix + path,
    `it must be ${wanted}, and is ${is}`,
    `make it ${wanted}, or take it out`,
  )
}

/** A property that is there; one that is undefined is not. */
export const has = (object: StixObject, name: string): boolean =>
  Object.hasOwn(object, name) && object[name] !== undefined

export const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

/** Properties that the structure does not define, in order. */
export function* undefinedProperties(object: StixObject, { properties }: StructDefinition): Generator<string> {
  for (const name of Object.keys(object)) if (!Object.hasOwn(properties, name) && object[name] !== undefined) yield name
}
