import type { StixObject } from '../../stix-pattern/index.ts'
import { sortableTimestamp } from '../../stix-pattern/timestamp.ts'
import { canonicalJson } from '../ids/canonical-json.ts'

/** What an object that arrives is to the version that is known. */
export type VersionVerdict =
  /** A newer version, by its creator. */
  | 'newer'
  | 'older'
  /** The same in every property. */
  | 'same'
  /** Both claim the same time and say different things. */
  | 'conflict'
  /** Somebody else than the creator made it: only the creator may make versions. */
  | 'other-creator'
  /** What is known was revoked, and that is final. */
  | 'after-revocation'
  /** Its `created` differs: it is no version of the same object. */
  | 'other-object'
  /** One of them has no time that can be read. */
  | 'unordered'

/** Which of two versions is newer, to the last decimal of `modified`: below 0 when the first is older; nothing when that cannot be told. */
export function compareVersions(a: StixObject, b: StixObject): number | undefined {
  const [first, second] = [versionTime(a), versionTime(b)]
  if (first === undefined || second === undefined) return undefined
  return first < second ? -1 : first > second ? 1 : 0
}

/** Marking definitions have no versions: what counts is when they were made. */
function versionTime({ modified, created }: StixObject): string | undefined {
  const time = modified ?? created
  return typeof time === 'string' ? sortableTimestamp(time) : undefined
}

/**
 * Judges an object that arrives against the newest version that is known of the same id.
 * @source STIX 2.1 section 3.6, "Versioning"
 */
export function judgeVersion(known: StixObject, incoming: StixObject): VersionVerdict {
  if (canonicalJson(known) === canonicalJson(incoming)) return 'same'
  const order = compareVersions(incoming, known)
  if (order === undefined) return 'unordered'
  if (order < 0) return 'older'
  if ((known.created_by_ref ?? null) !== (incoming.created_by_ref ?? null)) return 'other-creator'
  if (known.created !== undefined && !sameTime(known.created, incoming.created)) return 'other-object'
  if (order === 0) return 'conflict'
  return known.revoked === true ? 'after-revocation' : 'newer'
}

function sameTime(a: unknown, b: unknown): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return a === b
  return (sortableTimestamp(a) ?? a) === (sortableTimestamp(b) ?? b)
}

/** The newest of several versions of one object; of those that cannot be ordered, the first. */
export function newestVersion(versions: readonly StixObject[]): StixObject | undefined {
  return versions.reduce<StixObject | undefined>(
    (newest, one) => (newest === undefined || (compareVersions(one, newest) ?? 0) > 0 ? one : newest),
    undefined,
  )
}
