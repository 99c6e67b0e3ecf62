import type { CoveringWarningList } from '@watchfloor/contracts/intel'
import type { IndicatorEvidence, Severity } from '@watchfloor/contracts/kernel'
import type { IndicatorRow } from '../../intel/index.ts'
import type { FoundDetection } from '../pipeline/messages.ts'
import type { FoundIndicator } from './messages.ts'

const maxTitleLength = 300
const maxSources = 20
const maxLabels = 40

export const levelOf = (confidencePct: number): Severity =>
  confidencePct >= 80 ? 'high' : confidencePct >= 50 ? 'medium' : 'low'

/**
 * The detection of one listed value in one event, whoever lists it.
 * @param rows of all sources that list it, at least one
 * @param informing warning lists that cover the value and are named beside it
 */
export function indicatorDetection(
  found: FoundIndicator,
  rows: readonly IndicatorRow[],
  informing: readonly CoveringWarningList[],
): FoundDetection {
  const sorted = rows.toSorted((a, b) => b.confidence - a.confidence || Number(a.seq) - Number(b.seq))
  const best = sorted[0]!
  const evidence: IndicatorEvidence = {
    type: 'indicator',
    indicatorId: best.id,
    indicatorType: best.type,
    value: found.value,
    indicator: best.value,
    field: found.field,
    sources: sorted.slice(0, maxSources).map(({ source, confidence, tlp }) => ({ name: source, confidence, tlp })),
    labels: [
      ...new Set([...informing.map((list) => `on warning list: ${list.name}`), ...sorted.flatMap((row) => row.labels)]),
    ].slice(0, maxLabels),
  }
  return {
    row: found.row,
    rule: {
      kind: 'indicator',
      id: `indicator:${best.id}`,
      version: 1,
      title: titleOf(best, sorted),
      level: levelOf(best.confidence),
      techniques: [],
    },
    entities: found.entities,
    evidence,
  }
}

function titleOf(best: IndicatorRow, sorted: readonly IndicatorRow[]): string {
  const others = sorted.length - 1
  const sources = others === 0 ? `source ${best.source}` : `source ${best.source} and ${others} more`
  const value = best.value.length > 160 ? `${best.value.slice(0, 160)}…` : best.value
  return `Known indicator ${value} (${sources})`.slice(0, maxTitleLength)
}
