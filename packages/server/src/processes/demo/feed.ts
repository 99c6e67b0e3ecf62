import { setTimeout as sleep } from 'node:timers/promises'
import { type Actor, Refusal, systemActor } from '@watchfloor/contracts/kernel'
import { demoSources, type LogRecord, type SourceKey } from '../../demo/scenario/record.ts'
import type { Events, Frame } from '../../modules/events/index.ts'

const actor: Actor = systemActor('demo')
const encoder = new TextEncoder()
const longestWaitSeconds = 60

/** Sends records through the intake that every other sender goes through, each to its own source. */
export class Feed {
  readonly #events: Events
  /** Records that are durable. */
  sent = 0

  constructor(events: Events) {
    this.#events = events
  }

  async send(records: readonly LogRecord[]): Promise<void> {
    const bySource = new Map<SourceKey, LogRecord[]>()
    for (const record of records) {
      const known = bySource.get(record.source)
      if (known) known.push(record)
      else bySource.set(record.source, [record])
    }
    for (const [source, own] of bySource) await this.#sendTo(source, own)
  }

  async #sendTo(key: SourceKey, records: readonly LogRecord[]): Promise<void> {
    const { name, format } = demoSources[key]
    const source = await this.#events.sources.ensure(actor, 'demo', name)
    const frames = records.map(
      (record, index): Frame => ({
        kind: 'record',
        bytes: encoder.encode(record.text),
        line: index + 1,
      }),
    )
    for (let waitedSeconds = 0; ; ) {
      try {
        const { accepted } = await this.#events.intake.receive({ actor, source, format, frames })
        if (accepted !== records.length) throw new Error(`${name}: ${accepted} of ${records.length} records were taken`)
        this.sent += accepted
        return
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== 'BACK_PRESSURE') throw error
        const seconds = error.retryAfterSeconds ?? 1
        waitedSeconds += seconds
        if (waitedSeconds > longestWaitSeconds) throw error
        await sleep(seconds * 1000)
      }
    }
  }
}
