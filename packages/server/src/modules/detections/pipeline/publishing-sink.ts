import type { Bus } from '../../../platform/bus/bus.ts'
import { rawTopic } from '../../events/index.ts'
import type { DetectionSink, Processed } from './pipeline.ts'

/** What of a batch goes into a log of its own, and how it stands there. */
export interface Published<T> {
  /** One partition, so that one owner sees everything in one order. */
  readonly topic: string
  of(one: Processed): readonly T[]
  /** @returns the values of the records */
  encode(items: readonly T[]): Iterable<Uint8Array>
}

/**
 * Puts what was found into its log before the batch counts as consumed. How far the log of events has been taken over is written together
 * with it, so that a batch that is read again adds nothing.
 */
export function publishingSink<T>(bus: Bus, { topic, of, encode }: Published<T>, sink: DetectionSink): DetectionSink {
  const publishedNext = new Map<number, number>()
  const markKeyOf = (partition: number): string => `${topic}/${rawTopic}/${partition}`

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
      const items = processed.filter((one) => one.offset >= from).flatMap(of)
      if (items.length > 0) {
        const records = [...encode(items)].map((value) => ({ value }))
        await bus.publish(topic, records, { mark: { key: markKeyOf(partition), value: String(next) } })
        publishedNext.set(partition, next)
      }
      await sink.save(partition, processed, next)
    },
  }
}
