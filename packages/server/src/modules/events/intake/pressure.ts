import { Refusal } from '@watchfloor/contracts/kernel'
import type { Bus } from '../../../platform/bus/bus.ts'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { EventStore } from '../../../platform/events/event-store.ts'

export interface PressureOptions {
  readonly topic: string
  /** Log records between what was received and what the event store has. */
  readonly maxRecordsBehind: number
  /** Bytes the log may hold. */
  readonly maxLogBytes: number
}

const lookEveryMs = 500

/** Says how far the pipeline is behind, and refuses more when that is too far: better the sender waits than the disk fills. */
export class Pressure {
  readonly #parts: { bus: Bus; events: EventStore; clock: Clock }
  readonly #options: PressureOptions
  #lookedAtMs = Number.NEGATIVE_INFINITY
  #looking: Promise<void> | undefined
  /** Log records that wait. */
  behind = 0
  logBytes = 0

  constructor(parts: { bus: Bus; events: EventStore; clock: Clock }, options: PressureOptions) {
    this.#parts = parts
    this.#options = options
  }

  /** @error BACK_PRESSURE with the seconds to wait */
  async check(): Promise<void> {
    await this.look()
    if (this.behind <= this.#options.maxRecordsBehind && this.logBytes <= this.#options.maxLogBytes) return
    throw new Refusal('BACK_PRESSURE', `${this.behind} batches wait to be processed`, {
      retryAfterSeconds: 5,
      remedy: 'Send again after the pause; nothing of this request was kept.',
    })
  }

  /** Reads the state, at most twice a second. */
  async look(): Promise<void> {
    const now = this.#parts.clock.monotonic()
    if (now - this.#lookedAtMs < lookEveryMs) return
    this.#looking ??= this.#read().finally(() => {
      this.#looking = undefined
      this.#lookedAtMs = now
    })
    await this.#looking
  }

  async #read(): Promise<void> {
    const { bus, events } = this.#parts
    let behind = 0
    let bytes = 0
    for (const partition of await bus.stats(this.#options.topic)) {
      const consumed = (await events.consumed(this.#options.topic, partition.partition)) ?? partition.first
      behind += Math.max(0, partition.next - Math.max(consumed, partition.first))
      bytes += partition.bytes
    }
    this.behind = behind
    this.logBytes = bytes
  }
}
