import type { Detection } from '@watchfloor/contracts/detections'
import type { DetectionId, EventId, RuleId, SourceId } from '@watchfloor/contracts/kernel'
import { toInstant } from '@watchfloor/contracts/kernel'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Log } from '../../platform/log/log.ts'
import { sqlState } from '../../platform/sql/failures.ts'
import type { Sql } from '../../platform/sql/sql.ts'
import { rawTopic, type SourceProgress, type Sources } from '../events/index.ts'
import type { FoundDetection } from './pipeline/messages.ts'
import type { DetectionSink, Processed } from './pipeline/pipeline.ts'
import { type RecordParts, recordDetections } from './record.ts'
import * as store from './store.ts'

/** SQLSTATE class of values that cannot be stored. */
const dataFault = '22'

interface SinkParts extends RecordParts {
  readonly sql: Sql
  readonly clock: Clock
  readonly sources: Sources
  readonly log: Log
}

/** Writes what a batch came to into SQL: detections, counts of sources and rules, the message upward and the offset, or nothing. */
export function createDetectionSink(parts: SinkParts): DetectionSink {
  const { sql, clock, sources } = parts
  const lastSaved = new Map<number, number>()

  return {
    async consumed(partition) {
      const next = await store.consumedOutside(sql.db, rawTopic, partition)
      if (next !== undefined) lastSaved.set(partition, next)
      return next
    },

    async save(partition, processed, next) {
      try {
        await saveBatch(partition, processed, next, (entities) => ({ ...entities }))
      } catch (error) {
        // A value that the database cannot hold would be refused for ever, and hold up everything behind it.
        if (!sqlState(error)?.startsWith(dataFault)) throw error
        parts.log.error('detections hold a value that cannot be stored; they are kept without their entities', {
          partition,
          next,
          error: String(error),
        })
        await saveBatch(partition, processed, next, () => ({}))
      }
      lastSaved.set(partition, next)
    },

    async checkpoint(partition) {
      const next = lastSaved.get(partition)
      await sql.checkpoint()
      return next
    },
  }

  function saveBatch(
    partition: number,
    processed: readonly Processed[],
    next: number,
    keepEntities: (entities: Detection['entities']) => Detection['entities'],
  ): Promise<void> {
    const detectedAt = toInstant(clock.now())
    return sql.tx(async (db) => {
      const wanted = (await store.consumed(db, rawTopic, partition)) ?? 0
      const fresh = processed.filter((one) => one.offset >= wanted)
      if (fresh.length === 0) return
      const detections = fresh.flatMap((one) => one.result.detections.map((found) => detectionOf(one, found)))
      await recordDetections(db, parts, detections)
      await sources.recordProgress(db, progressOf(fresh))
      await store.saveConsumed(db, rawTopic, partition, next)
    })

    function detectionOf({ result }: Processed, found: FoundDetection): Detection {
      const { rule } = found
      const event = result.found.get(found.row)!
      const eventId = event.id as EventId
      return {
        id: `${rule.id}@${eventId}` as DetectionId,
        kind: rule.kind ?? 'sigma',
        ruleId: rule.id as RuleId,
        ruleTitle: rule.title,
        ruleVersion: rule.version,
        level: rule.level,
        eventId,
        sourceId: result.sourceId as SourceId,
        time: toInstant(event.timeMs),
        detectedAt,
        entities: keepEntities({ ...found.entities }),
        techniques: [...rule.techniques],
        retrospective: false,
        evidence: found.evidence ?? null,
      }
    }
  }
}

function progressOf(processed: readonly Processed[]): SourceProgress[] {
  const bySource = new Map<string, SourceProgress>()
  for (const { result } of processed) {
    const before = bySource.get(result.sourceId)
    bySource.set(result.sourceId, {
      sourceId: result.sourceId,
      received: (before?.received ?? 0) + result.events.count,
      parseFailures: (before?.parseFailures ?? 0) + result.parseFailures,
      bytes: (before?.bytes ?? 0) + result.bytes,
      receivedMs: Math.max(before?.receivedMs ?? 0, result.receivedMs),
      newestEventMs: Math.max(before?.newestEventMs ?? 0, result.newestMs),
    })
  }
  return [...bySource.values()]
}
