import type { Detections } from '../../detections/index.ts'
import type { FoundHit } from '../matching/messages.ts'

/** An event of a page, as hits are held against what is listed. */
export interface HitEvent {
  readonly receivedMs: number
  readonly entities: Readonly<Record<string, string>>
}

/**
 * Hits of listed values as the live stream would have told them, by what is listed now: their ids are the same, so neither doubles the
 * other. Values that have expired when the event was received, or are on a warning list, are no hits.
 */
export async function listedHits(
  hits: readonly FoundHit[],
  eventOf: (row: number) => HitEvent,
  detections: Pick<Detections, 'ofListedValues'>,
): Promise<FoundHit[]> {
  const byReceipt = Map.groupBy(hits, (hit) => eventOf(hit.row).receivedMs)
  const told: FoundHit[] = []
  for (const [receivedMs, together] of byReceipt) {
    const matched = new Map(together.map((hit) => [`${hit.row} ${hit.listed?.indicator}`, hit.matched]))
    const values = together.flatMap(({ row, listed, matched: [met] }) =>
      listed
        ? [{ ...listed, row, field: met?.field ?? '', value: met?.value ?? '', entities: eventOf(row).entities }]
        : [],
    )
    for (const { row, rule, evidence } of await detections.ofListedValues(values, receivedMs))
      if (evidence?.type === 'indicator')
        told.push({
          row,
          rule: { ...rule, kind: 'indicator' },
          evidence,
          matched: matched.get(`${row} ${evidence.indicator}`) ?? [],
        })
  }
  return told
}
