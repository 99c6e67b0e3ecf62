import { refangText } from './refanged-text.ts'
import { type Scanned, scanners, type TextIndicatorType } from './scanners.ts'

/** Something that a text names, where it stands there. */
export interface TextIndicator {
  readonly type: TextIndicatorType
  /** In its one spelling: what it is compared by. */
  readonly value: string
  /** As it stands in the text. */
  readonly text: string
  /** Places in the text, in UTF-16 units; `end` is behind it. */
  readonly start: number
  readonly end: number
  readonly isDefanged: boolean
}

export interface ExtractLimits {
  /** Characters that are looked at. */
  readonly characters: number
  readonly found: number
}
export const defaultExtractLimits: ExtractLimits = { characters: 2_000_000, found: 20_000 }

export interface Extraction {
  /** In the order of the text; no two overlap. */
  readonly found: readonly TextIndicator[]
  /** Whether the text went on, or held more. */
  readonly isCut: boolean
}

interface Placed extends Scanned {
  readonly from: number
}

/**
 * Indicators that a report names, defanged or not: addresses, names, URLs, e-mail addresses, digests, files, keys of the registry, CVEs, techniques
 * of ATT&CK, accounts of currencies. What is part of something longer is not told by itself: the host of a URL, the name in a path.
 */
export function extractIndicators(text: string, limits: ExtractLimits = defaultExtractLimits): Extraction {
  const looked = text.length > limits.characters ? text.slice(0, limits.characters) : text
  const refanged = refangText(looked)
  const taken = new Uint8Array(refanged.text.length)
  const placed: Placed[] = []
  let isCut = looked.length < text.length
  for (const { pattern, read } of scanners) {
    for (const match of refanged.text.matchAll(pattern)) {
      const from = match.index
      if (taken[from] === 1) continue
      const isDefanged = refanged.isDefanged(from, from + match[0].length)
      const scanned = read(match, { isDefanged })
      if (!scanned || scanned.length === 0) continue
      if (taken.subarray(from, from + scanned.length).includes(1)) continue
      taken.fill(1, from, from + scanned.length)
      placed.push({ ...scanned, from })
    }
  }
  placed.sort((a, b) => a.from - b.from)
  if (placed.length > limits.found) isCut = true
  const found = placed.slice(0, limits.found).map(({ type, value, from, length }): TextIndicator => {
    const start = refanged.originalAt(from)
    const end = refanged.originalAt(from + length)
    const shown = looked.slice(start, end)
    const isDefanged = refanged.isDefanged(from, from + length) || /^(?:h(?:xx|\*\*)ps?|fxp|meow):/i.test(shown)
    return { type, value, text: shown, start, end, isDefanged }
  })
  return { found, isCut }
}

/** Each value once, in the order in which the text names them, and how often it does. */
export function distinctIndicators(found: readonly TextIndicator[]): {
  readonly type: TextIndicatorType
  readonly value: string
  readonly count: number
  readonly first: TextIndicator
}[] {
  const byKey = new Map<string, { type: TextIndicatorType; value: string; count: number; first: TextIndicator }>()
  for (const one of found) {
    const key = `${one.type} ${one.value}`
    const there = byKey.get(key)
    if (there) there.count++
    else byKey.set(key, { type: one.type, value: one.value, count: 1, first: one })
  }
  return [...byKey.values()]
}
