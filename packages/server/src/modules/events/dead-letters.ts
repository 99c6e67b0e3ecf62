import type { deadLetterPage } from '@watchfloor/contracts/events'
import { toInstant } from '@watchfloor/contracts/kernel'
import type { z } from 'zod'
import type { Bus } from '../../platform/bus/bus.ts'
import { rawTopic } from './intake/intake.ts'

const sampleCharacters = 2000
const decoder = new TextDecoder()

/** Raw records put aside because no thread could bear them. */
export class DeadLetters {
  readonly #bus: Bus

  constructor(bus: Bus) {
    this.#bus = bus
  }

  add(record: Uint8Array, sourceId: string, reason: string): Promise<void> {
    return this.#bus.deadLetter({ topic: rawTopic, value: record, headers: { sourceId } }, reason)
  }

  async page(after: number | undefined, limit: number): Promise<z.infer<typeof deadLetterPage>> {
    const letters = await this.#bus.deadLetters(rawTopic, after, limit)
    const last = letters.at(-1)
    return {
      items: letters.map(({ id, atMs, reason, record }) => ({
        id,
        at: toInstant(atMs),
        reason,
        sourceId: record.headers?.sourceId ?? null,
        sample: decoder.decode(record.value.subarray(0, 4 * sampleCharacters)).slice(0, sampleCharacters),
        sizeBytes: record.value.byteLength,
      })),
      ...(letters.length === limit && last ? { next: String(last.id) } : {}),
    }
  }
}
