import type { Detection } from '@watchfloor/contracts/detections'
import type { Outbox } from '../../platform/outbox/outbox.ts'
import type { Tx } from '../../platform/sql/sql.ts'
import type { Intel } from '../intel/index.ts'
import type { Rules } from '../rules/index.ts'
import { detectionsMadeEvent } from './events.ts'
import * as store from './store.ts'

/** Detections told upward in one message; a flood becomes several. */
const perMessage = 250

export interface RecordParts {
  readonly outbox: Outbox
  readonly rules: Rules
  readonly intel: Pick<Intel, 'recordSightings'>
}

/**
 * Keeps detections and tells them upward, in one transaction with what else the caller writes there. Those that are there already
 * change nothing. @param options.tell false: nobody above is told, so no alerts are made of them. @returns how many were new
 */
export type RecordDetections = (
  db: Tx,
  detections: readonly Detection[],
  options?: { readonly tell?: boolean },
) => Promise<number>

/**
 * Keeps detections, counts them to their rules, indicators and patterns and tells them upward, in the caller's transaction. Those that are there already
 * change nothing.
 * @param options.tell false: nobody above is told, so no alerts are made of them
 * @returns how many were new
 */
export async function recordDetections(
  db: Tx,
  parts: RecordParts,
  detections: readonly Detection[],
  options: { readonly tell?: boolean } = {},
): Promise<number> {
  const added = await store.add(db, detections)
  if (added.size === 0) return 0
  const fresh = detections.filter((one) => added.delete(one.id))
  await parts.rules.recordHits(db, hitsOf(fresh))
  await parts.intel.recordSightings(db, fresh)
  if (options.tell === false) return fresh.length
  for (let start = 0; start < fresh.length; start += perMessage)
    await parts.outbox.add(db, detectionsMadeEvent, [{ detections: fresh.slice(start, start + perMessage) }])
  return fresh.length
}

/** Detections by Sigma rule; indicators and patterns are no rules. */
function hitsOf(detections: readonly Detection[]): { ruleId: string; detections: number }[] {
  const counts = new Map<string, number>()
  for (const { kind, ruleId } of detections)
    if (kind === 'sigma' || kind === 'correlation') counts.set(ruleId, (counts.get(ruleId) ?? 0) + 1)
  return [...counts].map(([ruleId, count]) => ({ ruleId, detections: count }))
}
