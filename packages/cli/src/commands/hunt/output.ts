import type { Terminal } from '../../output/terminal.ts'
import { csvFormat, type HitFormat, type HuntFormat, jsonlFormat, tableFormat } from './formats.ts'
import type { Hit } from './hit.ts'
import { Report } from './report/report.ts'
import type { ResultSink } from './sink.ts'
import type { HuntSummary } from './summary.ts'
import { HitTally } from './tally.ts'

const plainText = { paint: (_style: unknown, text: string) => text, width: undefined }

/** Counts hits and writes them in the format that was asked for. */
export class HuntOutput {
  readonly tally = new HitTally()
  readonly #sink: ResultSink
  readonly #format: HitFormat | undefined
  readonly #report: Report | undefined
  #isBegun = false

  /** @param out undefined when the hits go to a file */
  constructor(format: HuntFormat, sink: ResultSink, out: Terminal['out'] | undefined) {
    this.#sink = sink
    if (format === 'html') this.#report = new Report()
    else this.#format = format === 'jsonl' ? jsonlFormat : format === 'csv' ? csvFormat : tableFormat(out ?? plainText)
  }

  add(hits: readonly Hit[]): void {
    let text = ''
    for (const hit of hits) {
      this.tally.add(hit)
      this.#report?.add(hit)
      text += this.#format?.line(hit) ?? ''
    }
    if (text === '') return
    this.#begin()
    this.#sink.write(text)
  }

  /** @param nowMs when the report is written, ms since 1970 UTC */
  end(summary: HuntSummary, nowMs: number): void {
    if (this.#report !== undefined) this.#sink.write(this.#report.html(summary, nowMs))
    // A table of nothing needs no titles, a file of CSV does.
    else if (this.#format === csvFormat) this.#begin()
  }

  #begin(): void {
    if (!this.#isBegun && this.#format !== undefined) this.#sink.write(this.#format.head)
    this.#isBegun = true
  }
}
