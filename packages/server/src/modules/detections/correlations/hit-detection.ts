import { createHash } from 'node:crypto'
import type { Detection } from '@watchfloor/contracts/detections'
import {
  type DetectionId,
  type EventId,
  maxEvidenceEvents,
  type RuleId,
  type SourceId,
  toInstant,
} from '@watchfloor/contracts/kernel'
import type { CorrelationHit } from '@watchfloor/engines/sigma'
import { z } from 'zod'
import { storableText } from '../../../platform/sql/storable-text.ts'
import type { RunnableRule } from '../../rules/index.ts'

const contextShape = z.object({ sourceId: z.string(), entities: z.record(z.string(), z.string()) })
const digestLength = 32

/**
 * A hit as a detection. Its id follows from the correlation, the group and the window, so that the same window is told once,
 * however often it is worked out.
 */
export function detectionOfHit(
  hit: CorrelationHit,
  correlation: Pick<RunnableRule, 'id' | 'title' | 'version' | 'level' | 'techniques'>,
  titleOf: (ruleId: string) => string,
  detectedMs: number,
): Detection {
  const { sourceId, entities } = contextShape.parse(JSON.parse(hit.context ?? '{}'))
  const digest = createHash('sha256').update(hit.key).digest('hex').slice(0, digestLength)
  return {
    id: `${correlation.id}@${digest}` as DetectionId,
    kind: 'correlation',
    ruleId: correlation.id as RuleId,
    ruleTitle: correlation.title,
    ruleVersion: correlation.version,
    level: correlation.level,
    eventId: hit.eventIds[0] as EventId,
    sourceId: sourceId as SourceId,
    time: toInstant(hit.toMs),
    detectedAt: toInstant(detectedMs),
    entities,
    techniques: [...correlation.techniques],
    retrospective: false,
    evidence: {
      type: 'correlation',
      group: Object.fromEntries(Object.entries(hit.group).map(([name, value]) => [name, storableText(value)])),
      value: hit.value,
      from: toInstant(hit.fromMs),
      to: toInstant(hit.toMs),
      eventIds: hit.eventIds.slice(0, maxEvidenceEvents).map((id) => id as EventId),
      rules: hit.bySource.map(({ source, count }) => ({ ruleId: source as RuleId, title: titleOf(source), count })),
    },
  }
}
