import { createHash } from 'node:crypto'
import type { IntakeResult } from '@watchfloor/contracts/events'
import { type Actor, Refusal } from '@watchfloor/contracts/kernel'
import { type ChunkHeader, chunkLimits, encodeChunk } from '@watchfloor/engines/logs'
import type { Bus, Mark } from '../../../platform/bus/bus.ts'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { Metrics } from '../../../platform/metrics/metrics.ts'
import type { SourceRow } from '../sources/store.ts'
import type { Pressure } from './pressure.ts'

export const rawTopic = 'events.raw'

/** One record of a request's body, or why it is none. */
export type Frame =
  | { readonly kind: 'record'; readonly bytes: Uint8Array; readonly line: number }
  | { readonly kind: 'refused'; readonly line: number; readonly code: string; readonly message: string }

export interface IntakeRequest {
  readonly actor: Actor
  readonly source: SourceRow
  readonly format: ChunkHeader['format']
  readonly frames: AsyncIterable<Frame> | Iterable<Frame>
  readonly idempotencyKey?: string
  /** Committed with the records, e.g. how far a file was read. Not together with an idempotency key. */
  readonly mark?: Mark
}

export interface IntakeOptions {
  /** Bytes of records in one request. */
  readonly maxRequestBytes: number
  /** Bytes held by all requests together before further ones are asked to wait. */
  readonly maxBytesInFlight: number
  /** How long an idempotency key is remembered. */
  readonly idempotencyMs: number
}

interface Remembered {
  readonly digest: string
  readonly result: IntakeResult
}

const reportedErrors = 100

/**
 * Takes records from any door (HTTP, shippers' protocols, syslog, files) and answers once they are durable in the log. A
 * request's good records are published together, all or none, so a sender that lost the answer and sends the same
 * `Idempotency-Key` again adds nothing.
 */
export class Intake {
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #pressure: Pressure
  readonly #options: IntakeOptions
  readonly #running = new Map<string, Promise<IntakeResult>>()
  readonly #accepted
  readonly #refused
  #bytesInFlight = 0

  constructor(parts: { bus: Bus; clock: Clock; metrics: Metrics; pressure: Pressure }, options: IntakeOptions) {
    this.#bus = parts.bus
    this.#clock = parts.clock
    this.#pressure = parts.pressure
    this.#options = options
    this.#accepted = parts.metrics.counter('watchfloor_intake_records_total', 'Records made durable', ['kind'])
    this.#refused = parts.metrics.counter('watchfloor_intake_refused_total', 'Records refused at the door', [
      'kind',
      'code',
    ])
  }

  /**
   * @error BACK_PRESSURE (with Retry-After) when the pipeline is too far behind or too many bytes are in flight
   * @error BODY_TOO_LARGE past the limit of a request; nothing of it is kept
   * @error IDEMPOTENCY_KEY_REUSED when the key came with another body before
   * @error STORAGE_FULL when the disk is full; nothing of the request is kept
   */
  async receive(request: IntakeRequest): Promise<IntakeResult> {
    await this.#pressure.check()
    const key = request.idempotencyKey && `idempotency/${request.actor.id}/${request.idempotencyKey.slice(0, 200)}`
    if (!key) return this.#receiveOnce(request, undefined)
    // Two requests with one key at once: the second waits for the first, then gets its answer.
    const before = this.#running.get(key) ?? Promise.resolve(undefined)
    const mine = before.catch(() => undefined).then(() => this.#receiveOnce(request, key))
    this.#running.set(key, mine)
    try {
      return await mine
    } finally {
      if (this.#running.get(key) === mine) this.#running.delete(key)
    }
  }

  async #receiveOnce(request: IntakeRequest, key: string | undefined): Promise<IntakeResult> {
    const body = new Body(request, this.#clock.now())
    try {
      for await (const frame of request.frames) {
        const bytes = body.add(frame)
        this.#bytesInFlight += bytes
        if (body.bytes > this.#options.maxRequestBytes)
          throw new Refusal(
            'BODY_TOO_LARGE',
            `the request holds more than ${this.#options.maxRequestBytes} bytes of records`,
            {
              remedy: 'Send smaller batches; nothing of this one was kept.',
            },
          )
        if (this.#bytesInFlight > this.#options.maxBytesInFlight)
          throw new Refusal('BACK_PRESSURE', 'too many records are being received at once', {
            retryAfterSeconds: 2,
            remedy: 'Send the request again after a pause; nothing of it was kept.',
          })
      }
      return await this.#publish(request, body, key)
    } finally {
      this.#bytesInFlight -= body.bytes
    }
  }

  async #publish(request: IntakeRequest, body: Body, key: string | undefined): Promise<IntakeResult> {
    const { chunks, digest, result } = body.finish()
    const remembered = key ? await this.#bus.readMark(key) : undefined
    if (remembered !== undefined) {
      const earlier = JSON.parse(remembered) as Remembered
      if (earlier.digest !== digest)
        throw new Refusal('IDEMPOTENCY_KEY_REUSED', 'this Idempotency-Key came with another body before', {
          remedy: 'Use a new key for every new body.',
        })
      return { ...earlier.result, replayed: true }
    }
    if (chunks.length > 0 || key || request.mark) {
      const mark = key
        ? {
            key,
            value: JSON.stringify({ digest, result } satisfies Remembered),
            expiresAtMs: this.#clock.now() + this.#options.idempotencyMs,
          }
        : request.mark
      await this.#bus.publish(
        rawTopic,
        chunks.map((value) => ({ value, key: request.source.id })),
        mark ? { mark } : {},
      )
    }
    this.#accepted.add(result.accepted, { kind: request.source.kind })
    for (const error of result.errors) this.#refused.add(1, { kind: request.source.kind, code: error.code })
    return result
  }
}

/** Gathers a request's records into chunks. */
class Body {
  readonly #header: ChunkHeader
  readonly #hash = createHash('sha256')
  readonly #chunks: Uint8Array[] = []
  #records: Uint8Array[] = []
  #recordBytes = 0
  #accepted = 0
  #rejected = 0
  readonly #errors: IntakeResult['errors'] = []
  bytes = 0

  constructor(request: IntakeRequest, receivedMs: number) {
    const { source } = request
    this.#header = {
      sourceId: source.id,
      receivedMs,
      format: request.format,
      ...(source.product ? { product: source.product } : {}),
      ...(source.service ? { service: source.service } : {}),
    }
  }

  /** Returns the bytes added. */
  add(frame: Frame): number {
    if (frame.kind === 'refused') {
      this.#rejected++
      if (this.#errors.length < reportedErrors)
        this.#errors.push({ line: frame.line, code: frame.code, message: frame.message })
      this.#hash.update(`refused ${frame.line} ${frame.code}\n`)
      return 0
    }
    const size = frame.bytes.byteLength
    if (
      this.#records.length >= chunkLimits.records ||
      (this.#recordBytes > 0 && this.#recordBytes + size > chunkLimits.bytes)
    )
      this.#close()
    this.#records.push(frame.bytes)
    this.#recordBytes += size
    this.#accepted++
    this.bytes += size
    this.#hash.update(frame.bytes).update('\n')
    return size
  }

  finish(): { chunks: Uint8Array[]; digest: string; result: IntakeResult } {
    this.#close()
    return {
      chunks: this.#chunks,
      digest: this.#hash.digest('hex'),
      result: { accepted: this.#accepted, rejected: this.#rejected, errors: this.#errors, replayed: false },
    }
  }

  #close(): void {
    if (this.#records.length === 0) return
    this.#chunks.push(encodeChunk(this.#header, this.#records))
    this.#records = []
    this.#recordBytes = 0
  }
}
