import type { IntakeResult } from '@watchfloor/contracts/events'
import type { LostRecord } from '../../input/piece.ts'

/** A record that is not stored, with where it stands and why. */
export interface RefusedRecord {
  readonly file: string
  readonly line: number
  readonly code: string
  readonly message: string
}

const keptExamples = 200

/** What became of everything. */
export class Tally {
  files = 0
  batches = 0
  /** Taken out of files, to be sent. */
  read = 0
  accepted = 0
  /** Of the accepted ones: sent again after a lost answer, and not added twice. */
  replayed = 0
  refused = 0
  retries = 0
  bytesSent = 0
  readonly refusedByCode = new Map<string, number>()
  readonly refusedExamples: RefusedRecord[] = []
  readonly skipped: { readonly file: string; readonly reason: string }[] = []
  readonly damaged: { readonly file: string; readonly reason: string }[] = []

  addLost(records: readonly LostRecord[]): void {
    for (const { name, line, code, message } of records) this.#refuse({ file: name, line, code, message }, 1)
  }

  /** @param numbers where each record of the request stands in its file */
  addAnswer(file: string, numbers: readonly number[], answer: IntakeResult): void {
    this.accepted += answer.accepted
    if (answer.replayed) this.replayed += answer.accepted
    for (const { line, code, message } of answer.errors)
      this.#refuse({ file, line: numbers[line - 1] ?? 0, code, message }, 1)
    // An answer names the first hundred; the others are counted.
    const unnamed = answer.rejected - answer.errors.length
    if (unnamed > 0) this.#refuse({ file, line: 0, code: 'NOT_NAMED', message: 'refused like those before' }, unnamed)
  }

  #refuse(record: RefusedRecord, count: number): void {
    this.refused += count
    this.refusedByCode.set(record.code, (this.refusedByCode.get(record.code) ?? 0) + count)
    if (this.refusedExamples.length < keptExamples) this.refusedExamples.push(record)
  }
}
