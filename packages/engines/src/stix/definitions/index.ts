import { labelOf } from './common-properties.ts'
import { domainObjects } from './domain-objects.ts'
import { bundleDefinition, metaObjects, relationshipObjects } from './meta-objects.ts'
import { observables } from './observables.ts'
import type { ObjectCategory, StixDefinition } from './property.ts'

/** All objects of STIX 2.1, and the bundle. */
export const stixDefinitions: readonly StixDefinition[] = [
  ...domainObjects,
  ...relationshipObjects,
  ...observables,
  ...metaObjects,
  bundleDefinition,
]

const definitionByType: ReadonlyMap<string, StixDefinition> = new Map(stixDefinitions.map((one) => [one.name, one]))

/** Nothing for types that the specification does not define. */
export const definitionOf = (type: string): StixDefinition | undefined => definitionByType.get(type)

export const categoryOf = (type: string): ObjectCategory | undefined => definitionByType.get(type)?.category

/** Names that people read: of a type, `Attack pattern`; of a property, `First seen`. */
export const stixLabel = (name: string): string =>
  definitionByType.get(name)?.label ?? labels.get(name) ?? labelOf(name)

const labels: ReadonlyMap<string, string> = new Map(
  Object.entries({
    id: 'ID',
    url: 'URL',
    cpe: 'CPE',
    swid: 'SWID',
    pid: 'PID',
    cwd: 'Working directory',
    ctime: 'Created on disk',
    mtime: 'Changed on disk',
    atime: 'Last read',
    ipfix: 'IPFIX',
    mime_type: 'MIME type',
    created_by_ref: 'Created by',
    object_marking_refs: 'Markings',
    valid_from: 'Valid from',
    valid_until: 'Valid until',
  }),
)
