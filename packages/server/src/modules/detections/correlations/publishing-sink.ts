import type { Bus } from '../../../platform/bus/bus.ts'
import { rawTopic } from '../../events/index.ts'
import type { DetectionSink, Processed } from '../pipeline/pipeline.ts'
import { encodeMatches } from './match-record.ts'
import type { BaseMatch } from './messages.ts'

/** Matches of rules that correlations look at; one partition, so that one owner sees them in one order. */
export const matchTopic = 'detections.matches'

const markKeyOf = (partition: number): string => `${matchTopic}/${rawTopic}/${partition}`

/**
 * Puts base matches into their log before the batch counts as consumed. How far the log of events has been taken over is written
 * together with them, so that a batch that is read again adds nothing.
 */
export function publishingSink(bus: Bus, sink: DetectionSink): DetectionSink {
  const publishedNext = new Map<number, number>()

  async function published(partition: number): Promise<number> {
    const known = publishedNext.get(partition)
    if (known !== undefined) return known
    const next = Number((await bus.readMark(markKeyOf(partition))) ?? 0)
    publishedNext.set(partition, next)
    return next
  }

  return {
    consumed: (partition) => sink.consumed(partition),
    checkpoint: (partition) => sink.checkpoint(partition),
    async save(partition, processed, next) {
      const from = await published(partition)
      const matches = processed.filter((one) => one.offset >= from).flatMap(matchesOf)
      if (matches.length > 0) {
        const records = [...encodeMatches(matches)].map((value) => ({ value }))
        await bus.publish(matchTopic, records, { mark: { key: markKeyOf(partition), value: String(next) } })
        publishedNext.set(partition, next)
      }
      await sink.save(partition, processed, next)
    },
  }
}

const matchesOf = ({ result }: Processed): BaseMatch[] =>
  (result.baseMatches ?? []).map(({ row, ruleId, values, entities }) => {
    const { id, timeMs } = result.found.get(row)!
    return { ruleId, eventId: id, timeMs, values, sourceId: result.sourceId, entities }
  })
