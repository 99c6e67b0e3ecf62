import { createHash } from 'node:crypto'
import type { FoundFile } from '../../input/find-files.ts'
import type { Media, Piece } from '../../input/piece.ts'

export interface BatchLimits {
  readonly maxRecords: number
  readonly maxBytes: number
}

export const defaultBatchLimits: BatchLimits = { maxRecords: 5000, maxBytes: 2_000_000 }

/** Records of one file that are sent in one request. */
export interface Batch {
  readonly media: Media
  readonly records: number
  /** Where each record stands in its file. */
  readonly numbers: readonly number[]
  /** One record a line. */
  readonly body: Buffer
  /** Number of the batch in its file, from 1. */
  readonly number: number
}

/** Gathers records into batches. A batch holds records of one media alone. */
export class Batcher {
  readonly #limits: BatchLimits
  #media: Media = 'json'
  #lines: string[] = []
  #numbers: number[] = []
  #bytes = 0
  #number = 0

  constructor(limits: BatchLimits = defaultBatchLimits) {
    this.#limits = limits
  }

  *add(piece: Extract<Piece, { kind: 'records' }>): Generator<Batch> {
    if (piece.media !== this.#media) {
      yield* this.flush()
      this.#media = piece.media
    }
    for (const [index, line] of piece.lines.entries()) {
      const bytes = Buffer.byteLength(line) + 1
      if (this.#lines.length > 0 && this.#bytes + bytes > this.#limits.maxBytes) yield* this.flush()
      this.#lines.push(line)
      this.#numbers.push(piece.numbers[index] ?? 0)
      this.#bytes += bytes
      if (this.#lines.length >= this.#limits.maxRecords) yield* this.flush()
    }
  }

  *flush(): Generator<Batch> {
    if (this.#lines.length === 0) return
    this.#number++
    yield {
      media: this.#media,
      records: this.#lines.length,
      numbers: this.#numbers,
      body: Buffer.from(`${this.#lines.join('\n')}\n`),
      number: this.#number,
    }
    this.#lines = []
    this.#numbers = []
    this.#bytes = 0
  }
}

/** Names a batch, the same at every try within a run: the server then takes it once, however often the answer is lost. */
export const idempotencyKey = (runId: string, file: FoundFile, batch: Batch): string =>
  createHash('sha256')
    .update(JSON.stringify([runId, file.path, file.sizeBytes, file.modifiedMs, batch.number]))
    .digest('base64url')
