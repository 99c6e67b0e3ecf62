import { setTimeout as sleep } from 'node:timers/promises'
import type { Address } from './child-server.ts'
import { eventLine } from './numbered-events.ts'

export interface Batch {
  readonly key: string
  readonly first: number
  readonly count: number
}

/** What was sent, and what became of it as far as the senders know. */
export interface Ledger {
  /** Answered with 202: must be stored exactly once. */
  readonly acknowledged: Batch[]
  /** Given up after a lost answer: stored once as a whole, or not at all. */
  readonly abandoned: Batch[]
  /** Answers by status; 0 for none. */
  readonly answers: Map<number, number>
}

export interface SenderOptions {
  readonly senders: number
  readonly random: () => number
  /** Where the server is at this moment; undefined while there is none. */
  where(): Address | undefined
  /** The share of batches that are not sent again after a lost answer. */
  readonly abandonShare?: number
  readonly pauseMs?: number
  readonly timeoutMs?: number
}

const manyEvents = 2300
const fewEvents = 300
const shareOfMany = 0.03
const againAfterMs = 40

/** Sends numbered events until told to stop; a batch whose answer was lost is sent again under the same key. */
export class Senders {
  readonly ledger: Ledger = { acknowledged: [], abandoned: [], answers: new Map() }
  readonly #options: SenderOptions
  #next = 1
  #running = false
  #loops: Promise<void>[] = []

  constructor(options: SenderOptions) {
    this.#options = options
  }

  start(): void {
    this.#running = true
    this.#loops = Array.from({ length: this.#options.senders }, () => this.#loop())
  }

  /** Resolves when every batch under way has been acknowledged or given up; the server must run. */
  async stop(): Promise<void> {
    this.#running = false
    await Promise.all(this.#loops)
  }

  async #loop(): Promise<void> {
    const { random, pauseMs = 40 } = this.#options
    while (this.#running) {
      await this.#deliver(this.#nextBatch())
      await sleep(random() * 2 * pauseMs)
    }
  }

  #nextBatch(): Batch {
    const { random } = this.#options
    const count = random() < shareOfMany ? manyEvents : 1 + Math.floor(random() * fewEvents)
    const first = this.#next
    this.#next += count
    return { key: `batch-${first}`, first, count }
  }

  async #deliver(batch: Batch): Promise<void> {
    const { random, abandonShare = 0 } = this.#options
    const maySendAgain = random() >= abandonShare
    const atMs = Date.now()
    const body = Array.from({ length: batch.count }, (_, index) => eventLine(batch.first + index, atMs)).join('\n')
    for (;;) {
      const status = await this.#post(batch.key, body)
      if (status === undefined) {
        await sleep(againAfterMs)
        continue
      }
      this.ledger.answers.set(status, (this.ledger.answers.get(status) ?? 0) + 1)
      if (status === 202) return void this.ledger.acknowledged.push(batch)
      if (status === 0 && !maySendAgain) return void this.ledger.abandoned.push(batch)
      if (status >= 400 && status !== 429 && status !== 503 && status !== 507)
        throw new Error(`a batch was answered with ${status}`)
      await sleep(againAfterMs)
    }
  }

  /** The status; 0 when no answer came; undefined when there is no server to send to. */
  async #post(key: string, body: string): Promise<number | undefined> {
    const address = this.#options.where()
    if (!address) return undefined
    try {
      const response = await fetch(`${address.url}/api/v1/events?source=numbered`, {
        method: 'POST',
        headers: { 'x-api-key': address.apiKey, 'content-type': 'application/x-ndjson', 'idempotency-key': key },
        body,
        signal: AbortSignal.timeout(this.#options.timeoutMs ?? 20_000),
      })
      const { status } = response
      const text = await response.text()
      // The server of before, whose key is not known to the one that took its port.
      if (status === 401) return undefined
      if (status !== 202 && status < 500 && status !== 429) throw new Error(`${status}: ${text}`)
      return status
    } catch (error) {
      if (error instanceof Error && /^\d{3}: /.test(error.message)) throw error
      return 0
    }
  }
}
