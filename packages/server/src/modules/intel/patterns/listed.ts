import type { CanonicalIndicator } from '@watchfloor/engines/indicator-index'
import type { Tx } from '../../../platform/sql/sql.ts'
import { indicatorIdOf } from '../indicators/import.ts'
import * as indicators from '../indicators/store.ts'
import { subjectOfValue } from '../sightings/sightings.ts'
import * as store from './store.ts'

/**
 * Keeps the values of patterns that merely list them as indicators of the pattern's source, and what stands for which pattern. Indicators
 * that stand for none any more are deleted. @returns how many indicators stand for them now
 */
export async function tieValues(
  db: Tx,
  patterns: readonly { readonly input: store.PatternInput; readonly values: readonly CanonicalIndicator[] }[],
  revision: number,
  nowMs: number,
): Promise<number> {
  const inputs = new Map<string, indicators.IndicatorInput>()
  const ties: store.Tie[] = []
  for (const { input, values } of patterns)
    for (const { type, value } of values) {
      const id = indicatorIdOf(type, value, input.source)
      ties.push({ pattern_id: input.id, indicator_id: id, subject: subjectOfValue(type, value) })
      inputs.set(id, {
        id,
        type,
        value,
        source: input.source,
        confidence: input.confidence,
        tlp: input.tlp,
        labels: input.labels,
        description: input.name,
        validFromMs: input.valid_from_ms,
        validUntilMs: input.valid_until_ms,
      })
    }
  if (inputs.size > 0) await indicators.upsert(db, [...inputs.values()], revision, nowMs)
  const untied = await store.replaceTies(
    db,
    patterns.map(({ input }) => input.id),
    ties,
  )
  await removeTied(db, untied, nowMs)
  return inputs.size
}

/** Deletes indicators that stood for patterns and stand for none now. */
export async function removeTied(db: Tx, ids: readonly string[], nowMs: number): Promise<void> {
  if (ids.length > 0) await indicators.removeMatching(db, { ids }, nowMs)
}
