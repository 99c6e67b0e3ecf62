import type { Bus } from '../../../platform/bus/bus.ts'
import { rawTopic } from '../../events/index.ts'
import type { DetectionSink, Processed } from '../pipeline/pipeline.ts'
import type { PatternPart } from './messages.ts'

/** Events that patterns over several events take as parts; one partition, so that one owner sees them in one order. */
export const partTopic = 'detections.pattern-parts'

/** Parts in one record of the log. */
const partsPerRecord = 200

export function* encodeParts(parts: readonly PatternPart[]): Iterable<Uint8Array> {
  for (let start = 0; start < parts.length; start += partsPerRecord)
    yield new TextEncoder().encode(JSON.stringify(parts.slice(start, start + partsPerRecord)))
}

/** @throws when the bytes are no parts: the log is ours alone, so they always are */
export const decodeParts = (bytes: Uint8Array): PatternPart[] =>
  JSON.parse(new TextDecoder().decode(bytes)) as PatternPart[]

const markKeyOf = (partition: number): string => `${partTopic}/${rawTopic}/${partition}`

/**
 * Puts parts into their log before the batch counts as consumed. How far the log of events has been taken over is written together with
 * them, so that a batch that is read again adds nothing.
 */
export function partsSink(bus: Bus, sink: DetectionSink): DetectionSink {
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
      if (processed.some(({ result }) => result.patternParts)) {
        const from = await published(partition)
        const parts = processed.filter((one) => one.offset >= from).flatMap(partsOf)
        if (parts.length > 0) {
          const records = [...encodeParts(parts)].map((value) => ({ value }))
          await bus.publish(partTopic, records, { mark: { key: markKeyOf(partition), value: String(next) } })
          publishedNext.set(partition, next)
        }
      }
      await sink.save(partition, processed, next)
    },
  }
}

const partsOf = ({ result }: Processed): readonly PatternPart[] => result.patternParts ?? []
