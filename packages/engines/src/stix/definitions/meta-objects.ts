import { coreObject, extensions, externalReference, granularMarking } from './common-properties.ts'
import {
  anyRef,
  boolean,
  closed,
  dictionary,
  integer,
  list,
  order,
  type ReferenceTarget,
  ref,
  refs,
  type StixDefinition,
  strictOrder,
  structOf,
  text,
  timestamp,
} from './property.ts'

/** What a relationship may not join. @source STIX 2.1 section 5.1 */
const notLinkable: ReferenceTarget = {
  not: ['relationship', 'sighting', 'bundle', 'marking-definition', 'language-content', 'extension-definition'],
}

/** @source STIX 2.1 section 5 */
export const relationshipObjects: readonly StixDefinition[] = [
  coreObject(
    'relationship',
    'relationship',
    {
      relationship_type: text('relationship-type'),
      description: text(),
      source_ref: { kind: 'identifier', to: notLinkable },
      target_ref: { kind: 'identifier', to: notLinkable },
      start_time: timestamp,
      stop_time: timestamp,
    },
    {
      required: ['relationship_type', 'source_ref', 'target_ref'],
      rules: [strictOrder('start_time', 'stop_time')],
    },
  ),
  coreObject(
    'relationship',
    'sighting',
    {
      description: text(),
      first_seen: timestamp,
      last_seen: timestamp,
      count: integer(0, 999_999_999),
      sighting_of_ref: { kind: 'identifier', to: { category: 'domain' } },
      observed_data_refs: refs('observed-data'),
      where_sighted_refs: refs('identity', 'location'),
      summary: boolean,
    },
    { required: ['sighting_of_ref'], rules: [order('first_seen', 'last_seen')] },
  ),
]

const markingDefinition: StixDefinition = {
  ...coreObject('meta', 'marking-definition', {}),
  properties: {
    type: { kind: 'text', only: 'marking-definition' },
    spec_version: { kind: 'text', only: '2.1' },
    id: ref('marking-definition'),
    name: text(),
    created_by_ref: anyRef,
    created: timestamp,
    lang: text('language'),
    definition_type: text(),
    definition: dictionary(undefined, 'any'),
    external_references: list(structOf(externalReference)),
    object_marking_refs: refs('marking-definition'),
    granular_markings: list(structOf(granularMarking)),
    extensions,
  },
  required: ['type', 'spec_version', 'id', 'created'],
  rules: [],
}

/** Some properties that others have are none of theirs. @source STIX 2.1 section 3.2 */
function without(definition: StixDefinition, ...names: readonly string[]): StixDefinition {
  const kept = Object.entries(definition.properties).filter(([name]) => !names.includes(name))
  return { ...definition, properties: Object.fromEntries(kept) }
}

/** @source STIX 2.1 section 7 */
export const metaObjects: readonly StixDefinition[] = [
  without(
    coreObject(
      'meta',
      'language-content',
      {
        object_ref: { kind: 'identifier', to: { not: ['bundle', 'language-content'] } },
        object_modified: timestamp,
        contents: dictionary(dictionary(undefined, 'any'), 'language'),
      },
      { required: ['object_ref', 'contents'] },
    ),
    'lang',
  ),
  markingDefinition,
  without(
    coreObject(
      'meta',
      'extension-definition',
      {
        name: text(),
        description: text(),
        schema: text(),
        version: text(),
        extension_types: list(closed('extension-type-enum')),
        extension_properties: list(text()),
      },
      { required: ['created_by_ref', 'name', 'schema', 'version', 'extension_types'] },
    ),
    'confidence',
    'lang',
    'extensions',
  ),
]

/** @source STIX 2.1 section 8 */
export const bundleDefinition: StixDefinition = {
  name: 'bundle',
  label: 'Bundle',
  category: 'bundle',
  properties: { type: { kind: 'text', only: 'bundle' }, id: ref('bundle'), objects: { kind: 'objects' } },
  required: ['type', 'id'],
  rules: [],
  idProperties: [],
  extensions: {},
  deprecated: [],
}
