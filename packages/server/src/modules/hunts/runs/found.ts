import type { Detection } from '@watchfloor/contracts/detections'
import type { HuntSearch } from '@watchfloor/contracts/hunts'
import {
  assertNever,
  type DetectionId,
  type EventId,
  type Evidence,
  type RuleId,
  type SourceId,
  toInstant,
} from '@watchfloor/contracts/kernel'
import type { StoredEvent } from '../../../platform/events/event-store.ts'
import { storableText } from '../../../platform/sql/storable-text.ts'
import { detectionOfHit, entitiesOf } from '../../detections/index.ts'
import type { FoundCorrelation, FoundHit } from '../matching/messages.ts'
import type { HitRow } from './hit-store.ts'
import type { RunRow } from './store.ts'

const previewCharacters = 400
const searchCharacters = 2000

/** A match of a stored event as a run keeps it. */
export const hitRow = (
  run: Pick<RunRow, 'id' | 'search'>,
  { rule, matched, evidence }: FoundHit,
  event: StoredEvent,
  entities: Readonly<Record<string, string>>,
): HitRow => ({
  run_id: run.id,
  time_ms: event.timeMs,
  event_id: event.id,
  rule_id: rule.id,
  rule_title: storableText(rule.title),
  rule_version: rule.version,
  kind: rule.kind,
  level: rule.level,
  techniques: rule.techniques,
  source_id: event.sourceId,
  entities,
  matched,
  evidence: evidence ?? (rule.kind === 'hunt' ? evidenceOf(run, matched) : null),
  preview: storableText(event.raw.slice(0, previewCharacters)),
  detection_id: null,
})

/** A hit of a correlation as a run keeps it, at its newest event; its detection is called as it would be live. */
export function correlatedRow(
  runId: string,
  { rule, hit, matched }: FoundCorrelation,
  event: StoredEvent,
  titleOf: (ruleId: string) => string,
): HitRow {
  const entities = entitiesOf(event.ecs)
  const context = JSON.stringify({ sourceId: event.sourceId, entities })
  const { id, evidence } = detectionOfHit({ ...hit, context }, rule, titleOf, hit.toMs)
  return {
    run_id: runId,
    time_ms: hit.toMs,
    event_id: event.id,
    rule_id: rule.id,
    rule_title: storableText(rule.title),
    rule_version: rule.version,
    kind: 'correlation',
    level: rule.level,
    techniques: rule.techniques,
    source_id: event.sourceId,
    entities,
    matched: matched.map((one) => ({ ...one, value: storableText(one.value) })),
    evidence,
    preview: storableText(event.raw.slice(0, previewCharacters)),
    detection_id: id,
  }
}

const evidenceOf = (run: Pick<RunRow, 'id' | 'search'>, matched: HitRow['matched']): Evidence => ({
  type: 'hunt',
  runId: run.id,
  search: searchText(run.search).slice(0, searchCharacters),
  matched: matched.map(({ field, value, predicate }) => ({ field, value, predicate })),
})

/** What was looked for, as it was written. */
function searchText(search: HuntSearch): string {
  switch (search.kind) {
    case 'query':
      return search.query
    case 'sigma':
      return search.yaml
    case 'indicators':
      return search.values
    case 'pattern':
      return search.pattern
    default:
      return assertNever(search)
  }
}

/** Hits as detections; the id is made as it is live, so what was detected live is not doubled. */
export const detectionsOf = (rows: readonly HitRow[], nowMs: number): Detection[] =>
  rows.map((row) => ({
    id: (row.detection_id ?? `${row.rule_id}@${row.event_id}`) as DetectionId,
    kind: row.kind,
    ruleId: row.rule_id as RuleId,
    ruleTitle: row.rule_title,
    ruleVersion: row.rule_version,
    level: row.level,
    eventId: row.event_id as EventId,
    sourceId: row.source_id as SourceId,
    time: toInstant(Number(row.time_ms)),
    detectedAt: toInstant(nowMs),
    entities: { ...row.entities },
    techniques: [...row.techniques],
    retrospective: true,
    evidence: row.evidence,
  }))
