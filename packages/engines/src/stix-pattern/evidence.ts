import { type EventId, maxEvidenceEvents, type PatternEvidence } from '@watchfloor/contracts/kernel'
import type { PatternHit } from './stream.ts'

/** Of a pattern, as a detection keeps it. The newest events when there are more than an evidence holds. */
export const patternEvidenceOf = (
  { id, text }: { readonly id: string; readonly text: string },
  hit: Pick<PatternHit, 'met'> & { readonly eventIds: readonly EventId[] },
): PatternEvidence => ({
  type: 'pattern',
  patternId: id,
  pattern: text,
  eventIds: hit.eventIds.slice(-maxEvidenceEvents),
  matched: hit.met.map(({ path, value }) => ({ path, value })),
})

/** That a pattern was seen, in the words of a STIX sighting: what is kept beside the indicator it belongs to. */
export interface PatternSighting {
  /** `sighting_of_ref`: of the indicator that holds the pattern. */
  readonly patternId: string
  /** `first_seen`, `last_seen`; milliseconds since 1970 UTC. */
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  /** `count`: times that the pattern held. */
  readonly count: number
  /** What `observed_data_refs` are made from. */
  readonly eventIds: readonly string[]
}

export const sightingOf = (patternId: string, hit: PatternHit): PatternSighting => ({
  patternId,
  firstSeenMs: hit.firstMs,
  lastSeenMs: hit.lastMs,
  count: 1,
  eventIds: hit.eventIds,
})
