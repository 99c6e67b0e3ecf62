import type { ByteScanner } from './byte-automaton.ts'
import type { FieldIndex, SearchContext } from './field-index.ts'
import { type Finding, take } from './finding.ts'
import { type LiteralScanners, scannersOf } from './scanners.ts'
import { MIN_SKIPPED_CHARS, NOT_ASCII, StringScanner } from './string-scanner.ts'

/** More keywords than this leave little to skip. */
const MAX_SKIPPED = 60

/** Looks for the keywords of several groups in one go. */
export class KeywordSearch {
  readonly #context: SearchContext
  /** Characters of the shortest keyword; infinite when there is none. */
  readonly shortest: number
  readonly #scanners: LiteralScanners
  /** Where all keywords are ASCII, and long enough: most texts need not be made into bytes then. */
  readonly #skipping: StringScanner | undefined
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
    const { order, beyondAscii } = this.#scanners
    if (beyondAscii.length === 0 && order.length > 0 && order.length <= MAX_SKIPPED && shortest >= MIN_SKIPPED_CHARS)
      this.#skipping = new StringScanner(order)
    this.#findings = this.#scanners.order.map((text) => byText.get(text)!)
  }

  scan(value: string): void {
    const count = this.#skipping === undefined ? NOT_ASCII : this.#skipping.scan(value, this.#found)
    if (count !== NOT_ASCII) this.#take(count)
    else this.#scanBytes(value)
  }

  #scanBytes(value: string): void {
    const { ascii, beyondAscii } = this.#scanners
    this.#context.text.set(value)
    this.#scanWith(ascii)
    if (!this.#context.text.isAscii) this.#scanWith(beyondAscii)
  }

  #scanWith(scanners: readonly ByteScanner[]): void {
    const { text } = this.#context
    for (const scanner of scanners) this.#take(scanner.scan(text.bytes, text.length, this.#found))
  }

  #take(count: number): void {
    const { table } = this.#context
    for (let i = 0; i < count; i++) {
      const findings = this.#findings[this.#found[i]!]!
      for (let f = 0; f < findings.length; f++) take(findings[f]!, table)
    }
  }
}
