import type { EnumName, VocabularyName } from './vocabularies.ts'

/** What a property may hold. One table of these serves the validator, the id maker, the diff and the labels. */
export type PropertyKind =
  | { readonly kind: 'text'; readonly form?: TextForm; readonly vocabulary?: VocabularyName; readonly only?: string }
  | { readonly kind: 'enum'; readonly values: EnumName }
  | { readonly kind: 'integer'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'float'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'timestamp'; readonly precision?: 'milliseconds' | 'whole-seconds' }
  | { readonly kind: 'identifier'; readonly to: ReferenceTarget }
  | { readonly kind: 'list'; readonly of: PropertyKind; readonly min?: number }
  | { readonly kind: 'dictionary'; readonly of?: PropertyKind; readonly keys?: DictionaryKeys }
  /** With `listed`, only hashes of the vocabulary. */
  | { readonly kind: 'hashes'; readonly listed?: true }
  | { readonly kind: 'struct'; readonly struct: StructDefinition }
  /** Of either kind, as the value is. */
  | { readonly kind: 'either'; readonly first: PropertyKind; readonly second: PropertyKind }
  | { readonly kind: 'null' }
  | { readonly kind: 'any' }
  /** `extensions`: predefined ones by the object's definition, others by their form. */
  | { readonly kind: 'extensions' }
  /** `objects` of observed data as STIX 2.0 wrote them: key → cyber observable. */
  | { readonly kind: 'observables' }
  /** `objects` of a bundle. */
  | { readonly kind: 'objects' }

/** Texts whose form the specification names. */
export type TextForm =
  | 'binary'
  | 'hex'
  | 'url'
  | 'ipv4'
  | 'ipv6'
  | 'mac'
  | 'domain'
  | 'email'
  | 'language'
  | 'language-or-iso639'
  | 'cpe'
  | 'registry-key'
  | 'relationship-type'
  | 'selector'
  | 'charset'
  | 'media-type'

/** Forms of the keys of a dictionary, beyond those that hold for all. */
export type DictionaryKeys = 'language' | 'exif' | 'socket-option' | 'any'

/** What a reference may point to. */
export type ReferenceTarget =
  | { readonly only: readonly string[] }
  /** All but these types. */
  | { readonly not: readonly string[] }
  /** Any object of the kind, also one that the specification does not define. */
  | { readonly category: 'observable' }
  | { readonly category: 'domain' }
  | { readonly category: 'observable-or-relationship' }
  | { readonly category: 'any' }

/** Conditions between properties. */
export type PropertyRule =
  | { readonly rule: 'some'; readonly of: readonly string[] }
  | { readonly rule: 'one'; readonly of: readonly string[] }
  | { readonly rule: 'needs'; readonly property: string; readonly others: readonly string[] }
  | {
      readonly rule: 'when'
      readonly property: string
      readonly is: boolean
      readonly needs?: string
      readonly forbids?: string
    }
  /** `later` must not be before `earlier`; with `strictly`, it must be after it. */
  | { readonly rule: 'order'; readonly earlier: string; readonly later: string; readonly strictly?: true }

/** An object within an object: an external reference, a section of a file. */
export interface StructDefinition {
  readonly name: string
  readonly properties: Readonly<Record<string, PropertyKind>>
  readonly required: readonly string[]
  readonly rules: readonly PropertyRule[]
  /** Refuses properties that are not defined. */
  readonly closed?: true
}

export type ObjectCategory = 'domain' | 'relationship' | 'observable' | 'meta' | 'bundle'

export interface StixDefinition extends StructDefinition {
  readonly category: ObjectCategory
  /** For people: `Attack pattern`. */
  readonly label: string
  /** Of an observable: what its id is made of, in the order of the specification. */
  readonly idProperties: readonly string[]
  /** Predefined extensions: key → definition. */
  readonly extensions: Readonly<Record<string, StructDefinition>>
  readonly deprecated: readonly string[]
}

export const text = (form?: TextForm): PropertyKind => (form === undefined ? { kind: 'text' } : { kind: 'text', form })
/** A text whose values should come from an open vocabulary. */
export const open = (vocabulary: VocabularyName): PropertyKind => ({ kind: 'text', vocabulary })
export const closed = (values: EnumName): PropertyKind => ({ kind: 'enum', values })
export const integer = (min?: number, max?: number): PropertyKind => ({
  kind: 'integer',
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
})
export const float = (min?: number, max?: number): PropertyKind =>
  ({ ...integer(min, max), kind: 'float' }) as PropertyKind
export const boolean: PropertyKind = { kind: 'boolean' }
export const timestamp: PropertyKind = { kind: 'timestamp' }
export const list = (of: PropertyKind): PropertyKind => ({ kind: 'list', of })
export const dictionary = (of?: PropertyKind, keys?: DictionaryKeys): PropertyKind => ({
  kind: 'dictionary',
  ...(of === undefined ? {} : { of }),
  ...(keys === undefined ? {} : { keys }),
})
export const hashes: PropertyKind = { kind: 'hashes' }
export const structOf = (struct: StructDefinition): PropertyKind => ({ kind: 'struct', struct })
/** A reference to objects of these types. */
export const ref = (...only: readonly string[]): PropertyKind => ({ kind: 'identifier', to: { only } })
export const refs = (...only: readonly string[]): PropertyKind => list(ref(...only))
export const anyRef: PropertyKind = { kind: 'identifier', to: { category: 'any' } }

type Parts = Partial<Pick<StructDefinition, 'required' | 'rules' | 'closed'>>

export const struct = (
  name: string,
  properties: Readonly<Record<string, PropertyKind>>,
  parts: Parts = {},
): StructDefinition => ({
  name,
  properties,
  required: parts.required ?? [],
  rules: parts.rules ?? [],
  ...(parts.closed === undefined ? {} : { closed: parts.closed }),
})

export const some = (...of: readonly string[]): PropertyRule => ({ rule: 'some', of })
export const one = (...of: readonly string[]): PropertyRule => ({ rule: 'one', of })
export const needs = (property: string, ...others: readonly string[]): PropertyRule => ({
  rule: 'needs',
  property,
  others,
})
/** `later >= earlier` */
export const order = (earlier: string, later: string): PropertyRule => ({ rule: 'order', earlier, later })
/** `later > earlier` */
export const strictOrder = (earlier: string, later: string): PropertyRule => ({
  rule: 'order',
  earlier,
  later,
  strictly: true,
})
