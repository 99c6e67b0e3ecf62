import { createHash, type Hash } from 'node:crypto'
import type { IntakeResult } from '@watchfloor/contracts/events'
import { type Actor, Refusal } from '@watchfloor/contracts/kernel'
import { type ChunkHeader, chunkLimits, encodeChunk, type RecordHint } from '@watchfloor/engines/logs'
import type { Bus, Mark } from '../../../platform/bus/bus.ts'
import type { Clock } from '../../../platform/clock/clock.ts'
import type { Metrics } from '../../../platform/metrics/metrics.ts'
import type { SourceRow } from '../sources/store.ts'
import type { Pressure } from './pressure.ts'

export const rawTopic = 'events.raw'

/** One record of a request's body, or why it is none. */
export type Frame =
  | {
      readonly kind: 'record'
      readonly bytes: Uint8Array
      readonly line: number
      /** Where it belongs, when that is not the request's source. */
      readonly source?: SourceRow
      readonly hint?: RecordHint
    }
  | { readonly kind: 'refused'; readonly line: number; readonly code: string; readonly message: string }

export interface IntakeRequest {
  readonly actor: Actor
  readonly source: SourceRow
  readonly format: ChunkHeader['format']
  /** One by one, or several at once. */
  readonly frames: AsyncIterable<Frame | readonly Frame[]> | Iterable<Frame>
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
    const key = request.idempotencyKey && idempotencyMark(request, request.idempotencyKey)
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
      for await (const given of request.frames)
        for (const frame of 'kind' in given ? [given] : given) this.#hold(body, frame)
      return await this.#publish(request, body, key)
    } finally {
      this.#bytesInFlight -= body.bytes
    }
  }

  /** @error BODY_TOO_LARGE · BACK_PRESSURE */
  #hold(body: Body, frame: Frame): void {
    this.#bytesInFlight += body.add(frame)
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

  async #publish(request: IntakeRequest, body: Body, key: string | undefined): Promise<IntakeResult> {
    const { chunks, digest, result, refusedByCode } = body.finish()
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
      await this.#bus.publish(rawTopic, chunks, mark ? { mark } : {})
    }
    this.#accepted.add(result.accepted, { kind: request.source.kind })
    for (const [code, count] of refusedByCode) this.#refused.add(count, { kind: request.source.kind, code })
    return result
  }
}

/** A key counts for one sender and one source; of whatever length, it becomes a short name. */
function idempotencyMark({ actor, source }: IntakeRequest, key: string): string {
  return `idempotency/${actor.id}/${createHash('sha256').update(`${source.id}\n${key}`).digest('hex')}`
}

/** Gathers a request's records into chunks, each of one source. */
class Body {
  readonly #request: IntakeRequest
  readonly #receivedMs: number
  /** Of what the sender may send again. */
  readonly #hash: Hash | undefined
  readonly #openBySource = new Map<string, OpenChunk>()
  readonly #chunks: { value: Uint8Array; key: string }[] = []
  #accepted = 0
  #rejected = 0
  readonly #refusedByCode = new Map<string, number>()
  readonly #errors: IntakeResult['errors'] = []
  bytes = 0

  constructor(request: IntakeRequest, receivedMs: number) {
    this.#request = request
    this.#receivedMs = receivedMs
    this.#hash = request.idempotencyKey === undefined ? undefined : createHash('sha256')
  }

  /** Returns the bytes added. */
  add(frame: Frame): number {
    if (frame.kind === 'refused') {
      this.#rejected++
      this.#refusedByCode.set(frame.code, (this.#refusedByCode.get(frame.code) ?? 0) + 1)
      if (this.#errors.length < reportedErrors)
        this.#errors.push({ line: frame.line, code: frame.code, message: frame.message })
      this.#hash?.update(`refused ${frame.line} ${frame.code}\n`)
      return 0
    }
    const size = frame.bytes.byteLength
    const source = frame.source ?? this.#request.source
    let open = this.#openBySource.get(source.id)
    if (!open?.hasRoom(size)) {
      if (open) this.#chunks.push(open.close())
      open = new OpenChunk(source, this.#request.format, this.#receivedMs)
      this.#openBySource.set(source.id, open)
    }
    open.add(frame.bytes, frame.hint)
    this.#accepted++
    this.bytes += size
    this.#hash?.update(frame.bytes).update('\n')
    return size
  }

  finish() {
    for (const open of this.#openBySource.values()) this.#chunks.push(open.close())
    this.#openBySource.clear()
    return {
      chunks: this.#chunks,
      digest: this.#hash?.digest('hex') ?? '',
      refusedByCode: this.#refusedByCode,
      result: { accepted: this.#accepted, rejected: this.#rejected, errors: this.#errors, replayed: false },
    }
  }
}

/** A chunk that still takes records. */
class OpenChunk {
  readonly #header: ChunkHeader
  readonly #records: Uint8Array[] = []
  readonly #hints: (RecordHint | null)[] = []
  #hasHints = false
  #bytes = 0

  constructor(source: SourceRow, format: ChunkHeader['format'], receivedMs: number) {
    this.#header = {
      sourceId: source.id,
      receivedMs,
      format,
      ...(source.product ? { product: source.product } : {}),
      ...(source.service ? { service: source.service } : {}),
    }
  }

  hasRoom(size: number): boolean {
    return this.#records.length < chunkLimits.records && this.#bytes + size <= chunkLimits.bytes
  }

  add(record: Uint8Array, hint: RecordHint | undefined): void {
    this.#records.push(record)
    this.#hints.push(hint ?? null)
    this.#hasHints ||= hint !== undefined
    this.#bytes += record.byteLength
  }

  close(): { value: Uint8Array; key: string } {
    const header = this.#hasHints ? { ...this.#header, hints: this.#hints } : this.#header
    return { value: encodeChunk(header, this.#records), key: header.sourceId }
  }
}
