import { automataOf, type ByteScanner } from './byte-automaton.ts'
import { MAX_SKIPPED_LITERALS, MIN_SKIPPED_LITERAL_BYTES, SkippingScanner } from './skipping-scanner.ts'

/** Scanners that together find all literals, with the literals in the order that their answers count in. */
export interface LiteralScanners {
  readonly scanners: readonly ByteScanner[]
  readonly order: readonly string[]
}

/** @param literals folded, none of them empty */
export function scannersOf(literals: Iterable<string>): LiteralScanners {
  const encoder = new TextEncoder()
  const encoded = [...literals].map((text) => ({ text, bytes: encoder.encode(text) }))
  const long = encoded.filter(({ bytes }) => bytes.length >= MIN_SKIPPED_LITERAL_BYTES)
  const skipped = long.length <= MAX_SKIPPED_LITERALS && long.length === encoded.length ? long : []
  const searched = skipped.length > 0 ? [] : encoded
  const scanners = [
    ...(skipped.length > 0
      ? [
          new SkippingScanner(
            skipped.map(({ bytes }) => bytes),
            0,
          ),
        ]
      : []),
    ...automataOf(
      searched.map(({ bytes }) => bytes),
      skipped.length,
    ),
  ]
  return { scanners, order: [...skipped, ...searched].map(({ text }) => text) }
}
