import { automataOf, type ByteScanner } from './byte-automaton.ts'
import { MIN_SKIPPED_LITERAL_BYTES, SkippingScanner } from './skipping-scanner.ts'

/** A step of an automaton takes a fraction of what a look at a place takes, so a skip must be worth some bytes. */
const LEAST_MEAN_SHIFT = 5

/** Scanners that together find all literals, with the literals in the order that their answers count in. */
export interface LiteralScanners {
  /** For every text. */
  readonly ascii: readonly ByteScanner[]
  /** For texts that are not ASCII alone: literals that are not either can only be there. */
  readonly beyondAscii: readonly ByteScanner[]
  readonly order: readonly string[]
}

interface Literal {
  readonly text: string
  readonly bytes: Uint8Array
}

/** @param literals folded, none of them empty */
export function scannersOf(literals: Iterable<string>): LiteralScanners {
  const encoder = new TextEncoder()
  // In order, so that neighbours share their beginnings.
  const encoded = [...literals].sort().map((text) => ({ text, bytes: encoder.encode(text) }))
  const isAscii = ({ text, bytes }: Literal): boolean => text.length === bytes.length
  const ascii = encoded.filter(isAscii)
  const others = encoded.filter((one) => !isAscii(one))
  return {
    ascii: scannersFor(ascii, 0),
    beyondAscii: scannersFor(others, ascii.length),
    order: [...ascii, ...others].map(({ text }) => text),
  }
}

function scannersFor(literals: readonly Literal[], firstIndex: number): ByteScanner[] {
  if (literals.length === 0) return []
  const bytes = literals.map((one) => one.bytes)
  if (bytes.every(({ length }) => length >= MIN_SKIPPED_LITERAL_BYTES)) {
    const skipping = new SkippingScanner(bytes, firstIndex)
    if (skipping.meanShift >= LEAST_MEAN_SHIFT) return [skipping]
  }
  return automataOf(bytes, firstIndex)
}
