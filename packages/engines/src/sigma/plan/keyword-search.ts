import type { ByteScanner } from './byte-automaton.ts'
import type { FieldIndex, SearchContext } from './field-index.ts'
import { type Finding, take } from './finding.ts'
import { type LiteralScanners, scannersOf } from './scanners.ts'

/** Looks for the keywords of several groups in one go. */
export class KeywordSearch {
  readonly #context: SearchContext
  /** Characters of the shortest keyword; infinite when there is none. */
  readonly shortest: number
  readonly #scanners: LiteralScanners
  /** By keyword, in the order of the scanners' answers. */
  readonly #findings: readonly (readonly Finding[])[]
  readonly #found: number[] = []

  constructor(indexes: readonly FieldIndex[], context: SearchContext) {
    this.#context = context
    const byText = new Map<string, Finding[]>()
    for (const index of indexes)
      for (const [text, finding] of index.contained) {
        const list = byText.get(text)
        if (list === undefined) byText.set(text, [finding])
        else list.push(finding)
      }
    let shortest = Infinity
    for (const text of byText.keys()) shortest = Math.min(shortest, text.length)
    this.shortest = shortest
    this.#scanners = scannersOf(byText.keys())
    this.#findings = this.#scanners.order.map((text) => byText.get(text)!)
  }

  /** Looks into the text that `context.text` holds. */
  scan(): void {
    const { ascii, beyondAscii } = this.#scanners
    this.#scanWith(ascii)
    if (!this.#context.text.isAscii) this.#scanWith(beyondAscii)
  }

  #scanWith(scanners: readonly ByteScanner[]): void {
    const { text, table } = this.#context
    const found = this.#found
    for (let s = 0; s < scanners.length; s++) {
      const count = scanners[s]!.scan(text.bytes, text.length, found)
      for (let i = 0; i < count; i++) {
        const findings = this.#findings[found[i]!]!
        for (let f = 0; f < findings.length; f++) take(findings[f]!, table)
      }
    }
  }
}
