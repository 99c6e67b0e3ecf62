import {
  anyRef,
  boolean,
  closed,
  integer,
  list,
  one,
  type PropertyKind,
  ref,
  refs,
  type StixDefinition,
  type StructDefinition,
  some,
  struct,
  structOf,
  text,
} from './property.ts'

/** @source STIX 2.1 section 2.5 */
export const externalReference: StructDefinition = struct(
  'external reference',
  {
    source_name: text(),
    description: text(),
    url: text('url'),
    hashes: { kind: 'hashes', listed: true },
    external_id: text(),
  },
  { required: ['source_name'], rules: [some('external_id', 'description', 'url')] },
)

/** @source STIX 2.1 section 2.11 */
export const killChainPhase: StructDefinition = struct(
  'kill chain phase',
  { kill_chain_name: text(), phase_name: text() },
  { required: ['kill_chain_name', 'phase_name'] },
)

/** @source STIX 2.1 section 7.2.3 */
export const granularMarking: StructDefinition = struct(
  'granular marking',
  { lang: text('language'), marking_ref: ref('marking-definition'), selectors: list(text('selector')) },
  { required: ['selectors'], rules: [one('marking_ref', 'lang')] },
)

/** What an extension that an extension definition describes must hold, beside its own properties. @source STIX 2.1 section 7.3 */
export const extensionOfDefinition: StructDefinition = struct(
  'extension',
  { extension_type: closed('extension-type-enum') },
  { required: ['extension_type'] },
)

export const killChainPhases: PropertyKind = list(structOf(killChainPhase))
export const extensions: PropertyKind = { kind: 'extensions' }
const literal = (only: string): PropertyKind => ({ kind: 'text', only })
const milliseconds: PropertyKind = { kind: 'timestamp', precision: 'milliseconds' }
const markings = {
  object_marking_refs: refs('marking-definition'),
  granular_markings: list(structOf(granularMarking)),
  extensions,
}

/** Of domain, relationship and meta objects. @source STIX 2.1 section 3.2 */
const coreProperties = (type: string): Readonly<Record<string, PropertyKind>> => ({
  type: literal(type),
  spec_version: literal('2.1'),
  id: ref(type),
  // The specification says what it is for, and not that it must be an identity.
  created_by_ref: anyRef,
  created: milliseconds,
  modified: milliseconds,
  revoked: boolean,
  labels: list(text()),
  confidence: integer(0, 100),
  lang: text('language'),
  external_references: list(structOf(externalReference)),
  ...markings,
})
export const coreRequired = ['type', 'spec_version', 'id', 'created', 'modified'] as const

const observableProperties = (type: string): Readonly<Record<string, PropertyKind>> => ({
  type: literal(type),
  spec_version: literal('2.1'),
  id: ref(type),
  ...markings,
  defanged: boolean,
})
export const observableRequired = ['type', 'id'] as const

type Parts = Partial<
  Pick<StixDefinition, 'required' | 'rules' | 'deprecated' | 'extensions' | 'idProperties' | 'label'>
>

/** A domain, relationship or meta object: its own properties after those that all have. */
export const coreObject = (
  category: 'domain' | 'relationship' | 'meta',
  type: string,
  own: Readonly<Record<string, PropertyKind>>,
  parts: Parts = {},
): StixDefinition => ({
  name: type,
  label: parts.label ?? labelOf(type),
  category,
  properties: { ...coreProperties(type), ...own },
  required: [...coreRequired, ...(parts.required ?? [])],
  rules: [{ rule: 'order', earlier: 'created', later: 'modified' }, ...(parts.rules ?? [])],
  idProperties: [],
  extensions: {},
  deprecated: parts.deprecated ?? [],
})

export const observable = (
  type: string,
  own: Readonly<Record<string, PropertyKind>>,
  parts: Parts = {},
): StixDefinition => ({
  name: type,
  label: parts.label ?? labelOf(type),
  category: 'observable',
  properties: { ...observableProperties(type), ...own },
  required: [...observableRequired, ...(parts.required ?? [])],
  rules: parts.rules ?? [],
  idProperties: parts.idProperties ?? [],
  extensions: parts.extensions ?? {},
  deprecated: parts.deprecated ?? [],
})

/** `attack-pattern` → `Attack pattern`; `first_seen` → `First seen`. */
export function labelOf(name: string): string {
  const spaced = name.replace(/[-_]/g, ' ')
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}
