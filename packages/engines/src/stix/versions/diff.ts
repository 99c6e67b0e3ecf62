import type { StixObject, StixValue } from '../../stix-pattern/index.ts'
import { canonicalJson } from '../ids/canonical-json.ts'

/** What differs between two versions of one property. */
export type PropertyDiff =
  | { readonly property: string; readonly kind: 'added'; readonly after: StixValue }
  | { readonly property: string; readonly kind: 'removed'; readonly before: StixValue }
  | { readonly property: string; readonly kind: 'changed'; readonly before: StixValue; readonly after: StixValue }
  /** Of lists: which elements came and went; their order does not count. */
  | {
      readonly property: string
      readonly kind: 'elements'
      readonly added: readonly StixValue[]
      readonly removed: readonly StixValue[]
    }

/** Properties that differ, in the order of their names. What is absent and what is false are the same: `revoked` is false unless told otherwise. */
export function diffObjects(before: StixObject, after: StixObject): readonly PropertyDiff[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names.flatMap((property) => diffProperty(property, before[property], after[property]) ?? [])
}

function diffProperty(
  property: string,
  before: StixValue | undefined,
  after: StixValue | undefined,
): PropertyDiff | undefined {
  if ((before ?? false) === (after ?? false)) return undefined
  if (before === undefined) return after === undefined ? undefined : { property, kind: 'added', after }
  if (after === undefined) return { property, kind: 'removed', before }
  if (canonicalJson(before) === canonicalJson(after)) return undefined
  if (!Array.isArray(before) || !Array.isArray(after)) return { property, kind: 'changed', before, after }
  const added = without(after, before)
  const removed = without(before, after)
  return added.length + removed.length === 0 ? undefined : { property, kind: 'elements', added, removed }
}

/** Elements of a list that another does not have as often. */
function without(list: readonly StixValue[], other: readonly StixValue[]): readonly StixValue[] {
  const counts = new Map<string, number>()
  for (const one of other) {
    const key = canonicalJson(one)
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return list.filter((one) => {
    const key = canonicalJson(one)
    const left = counts.get(key) ?? 0
    if (left > 0) counts.set(key, left - 1)
    return left === 0
  })
}

/** An object that is in both of two collections, and differs. */
export interface ChangedObject {
  readonly id: string
  readonly before: StixObject
  readonly after: StixObject
  readonly changes: readonly PropertyDiff[]
}

export interface CollectionDiff {
  readonly added: readonly StixObject[]
  readonly removed: readonly StixObject[]
  /** Objects that differ in more than bookkeeping. */
  readonly changed: readonly ChangedObject[]
  /** Those that are revoked now and were not before; they are among the changed ones too. */
  readonly revoked: readonly string[]
  readonly sameCount: number
}

/** Properties that change with every edition of ATT&CK and say nothing. */
export const attackBookkeeping: readonly string[] = [
  'modified',
  'x_mitre_attack_spec_version',
  'x_mitre_domains',
  'x_mitre_modified_by_ref',
  'x_mitre_version',
]

/**
 * What differs between two editions of a collection such as ATT&CK, by the ids of its objects.
 * @param bookkeeping properties whose changes are left out
 */
export function diffCollections(
  before: Iterable<StixObject>,
  after: Iterable<StixObject>,
  { bookkeeping = ['modified'] }: { readonly bookkeeping?: readonly string[] } = {},
): CollectionDiff {
  const old = new Map<string, StixObject>()
  for (const one of before) if (typeof one.id === 'string') old.set(one.id, one)
  const added: StixObject[] = []
  const changed: ChangedObject[] = []
  const revoked: string[] = []
  let sameCount = 0
  for (const one of after) {
    if (typeof one.id !== 'string') continue
    const was = old.get(one.id)
    old.delete(one.id)
    if (was === undefined) {
      added.push(one)
      continue
    }
    const changes = diffObjects(was, one).filter(({ property }) => !bookkeeping.includes(property))
    if (changes.length === 0) sameCount++
    else changed.push({ id: one.id, before: was, after: one, changes })
    if (one.revoked === true && was.revoked !== true) revoked.push(one.id)
  }
  return { added, removed: [...old.values()], changed, revoked, sameCount }
}
