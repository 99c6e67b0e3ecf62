import type { NewPattern, PatternChange } from '@watchfloor/contracts/intel'
import type { PatternInput, PatternRow } from './store.ts'

/** Which parts of the set a change touches. */
export type Touched = readonly ('indicators' | 'patterns')[]

export const touched = (scopes: readonly PatternRow['scope'][]): Touched => [
  ...new Set(scopes.map((scope) => (scope === 'index' ? ('indicators' as const) : ('patterns' as const)))),
]

/** Whether a change makes it match what it did not before: history is then to be looked through. */
export function begins(before: PatternRow, after: PatternInput, nowMs: number): boolean {
  const hadEnded = before.valid_until_ms !== null && Number(before.valid_until_ms) <= nowMs
  return before.pattern !== after.pattern || (!before.enabled && after.enabled) || hadEnded
}

/** Whether a source says something else than it did; an older version than the one that is there says nothing. */
export function differs(before: PatternRow, after: PatternInput): boolean {
  if (Number(before.modified_ms ?? 0) > (after.modified_ms ?? 0)) return false
  return said(before) !== said(after) || (before.enabled && !after.enabled)
}

const said = (row: PatternInput): string =>
  JSON.stringify([
    row.name,
    row.description,
    row.pattern,
    row.pattern_version,
    row.confidence,
    row.tlp,
    row.labels,
    numberOrNull(row.valid_from_ms),
    numberOrNull(row.valid_until_ms),
  ])

const numberOrNull = (value: number | null) => (value === null ? null : Number(value))
const msOf = (instant: string | null): number | null => (instant === null ? null : Date.parse(instant))

/** What somebody says of a new pattern, as columns. */
export const rowOf = ({
  validFrom,
  validUntil,
  name,
  description,
  pattern,
  confidence,
  tlp,
  labels,
  enabled,
}: NewPattern) => ({
  name,
  description,
  pattern,
  confidence,
  tlp,
  labels,
  enabled,
  valid_from_ms: msOf(validFrom),
  valid_until_ms: msOf(validUntil),
})

/** The columns that a change sets. */
export function changesOf({
  validFrom,
  validUntil,
  expectedVersion: _,
  ...rest
}: PatternChange): Partial<ReturnType<typeof rowOf>> {
  return {
    ...rest,
    ...(validFrom === undefined ? {} : { valid_from_ms: msOf(validFrom) }),
    ...(validUntil === undefined ? {} : { valid_until_ms: msOf(validUntil) }),
  }
}
