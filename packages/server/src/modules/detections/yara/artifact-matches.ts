import { createHash } from 'node:crypto'
import type { ArtifactsMatched } from '@watchfloor/contracts/artifacts'
import { type EventId, Refusal, type SourceId, systemActor } from '@watchfloor/contracts/kernel'
import { type ChunkHeader, encodeChunk, eventIdOf } from '@watchfloor/engines/logs'
import { z } from 'zod'
import type { Bus } from '../../../platform/bus/bus.ts'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { Log } from '../../../platform/log/log.ts'
import type { Sql } from '../../../platform/sql/sql.ts'
import { rawTopic, type Sources } from '../../events/index.ts'
import type { RecordDetections } from '../record.ts'
import * as store from '../store.ts'
import { type ArtifactMatch, detectionIdOf, matchEvent, yaraDetection } from './yara-detection.ts'

const actor = systemActor('artifact scan')
const sourceName = 'Artifact scans'
/** A message that is given again comes within minutes; this is for a program that was off meanwhile. */
const rememberedMs = 30 * 86_400_000
const published = z.array(z.string())
const encoder = new TextEncoder()

interface Parts {
  readonly sql: Sql
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly sources: Pick<Sources, 'ensure'>
  readonly record: RecordDetections
}

/**
 * Makes of each YARA match an event in the log, and of that a detection. Told twice, there is one of each: what was published for a
 * message is committed to the log together with the events, and a detection's id is its rule and its file.
 */
export class ArtifactMatches {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async take({ matches, ...artifact }: ArtifactsMatched): Promise<void> {
    const { sql, clock, record } = this.#parts
    const known = await store.known(
      sql.db,
      matches.map((match) => detectionIdOf(artifact, match)),
    )
    const fresh = matches.filter((match) => !known.has(detectionIdOf(artifact, match)))
    const source = fresh.length > 0 ? await this.#source() : undefined
    if (!source) return
    const eventIds = await this.#publish(
      source.id,
      fresh.map((match) => matchEvent(artifact, match)),
      fresh.map((match) => detectionIdOf(artifact, match)),
    )
    const of = (index: number) => ({
      eventId: eventIds[index] as EventId,
      sourceId: source.id as SourceId,
      detectedMs: clock.now(),
    })
    const detections = fresh.map((match: ArtifactMatch, index) => yaraDetection(artifact, match, of(index)))
    await sql.tx((db) => record(db, detections))
  }

  /** Switched off, what comes of scans is refused like what comes of any other source. */
  async #source(): Promise<{ readonly id: string } | undefined> {
    try {
      return await this.#parts.sources.ensure(actor, 'scan', sourceName)
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'FORBIDDEN')) throw error
      this.#parts.log.info('YARA matches make no detections: their source is switched off', { source: sourceName })
      return undefined
    }
  }

  /** @returns the ids of the events, the same when they were published before */
  async #publish(
    sourceId: string,
    events: readonly Record<string, unknown>[],
    keys: readonly string[],
  ): Promise<readonly string[]> {
    const { bus, clock } = this.#parts
    const key = `yara/${createHash('sha256').update(keys.join('\n')).digest('hex')}`
    const before = await bus.readMark(key)
    if (before !== undefined) return published.parse(JSON.parse(before))
    const nowMs = clock.now()
    const header: ChunkHeader = { sourceId, receivedMs: nowMs, format: 'json' }
    const value = encodeChunk(
      header,
      events.map((event) => encoder.encode(JSON.stringify(event))),
    )
    let ids: string[] = []
    const idsOf = ({ partition, offset }: { partition: number; offset: number }) =>
      events.map((_, index) => eventIdOf(bus.epoch, partition, offset, index))
    await bus.publish(rawTopic, [{ key: sourceId, value }], {
      mark: {
        key,
        value: (placed) => {
          ids = placed.flatMap(idsOf)
          return JSON.stringify(ids)
        },
        expiresAtMs: nowMs + rememberedMs,
      },
    })
    return ids
  }
}
