/** Wildcards within a pattern; texts stand for themselves. */
export const ANY = 1
export const ONE = 2
export type GlobToken = string | typeof ANY | typeof ONE
export type Glob = readonly GlobToken[]

/** The longest text that stands in every text of the pattern; empty when there is none. */
export const longestLiteral = (glob: Glob): string =>
  glob.reduce<string>((best, token) => (typeof token === 'string' && token.length > best.length ? token : best), '')

/**
 * Whether the whole text is of the pattern: `ANY` is any run of characters, `ONE` exactly one character (a code point). Each
 * stretch between two `ANY` is placed as early as it fits, which never needs to be taken back: no exponential cases.
 */
export function matchesGlob(text: string, glob: Glob): boolean {
  let at = 0
  let i = 0
  let floating = false
  while (i < glob.length) {
    if (glob[i] === ANY) {
      floating = true
      i++
      continue
    }
    let end = i
    while (end < glob.length && glob[end] !== ANY) end++
    const last = end === glob.length
    const found = floating
      ? last
        ? placeAtEnd(text, at, glob, i, end)
        : placeFrom(text, at, glob, i, end)
      : placeAt(text, at, glob, i, end)
    if (found < 0 || (last && found !== text.length)) return false
    at = found
    i = end
    floating = false
  }
  return floating || at === text.length
}

/** Where the stretch ends when it is put at `at`, or -1. */
function placeAt(text: string, at: number, glob: Glob, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    const token = glob[i]!
    if (token === ONE) {
      if (at >= text.length) return -1
      at += isPair(text, at) ? 2 : 1
    } else if (typeof token === 'string') {
      if (!text.startsWith(token, at)) return -1
      at += token.length
    }
  }
  return at
}

function placeFrom(text: string, at: number, glob: Glob, from: number, to: number): number {
  const first = glob[from]!
  for (let start = at; start <= text.length; start++) {
    if (typeof first === 'string') {
      start = text.indexOf(first, start)
      if (start < 0) return -1
    }
    const end = placeAt(text, start, glob, from, to)
    if (end >= 0) return end
    if (isPair(text, start)) start++
  }
  return -1
}

function placeAtEnd(text: string, at: number, glob: Glob, from: number, to: number): number {
  let start = text.length
  for (let i = to - 1; i >= from; i--) {
    const token = glob[i]!
    if (token === ONE) start -= start >= 2 && isPair(text, start - 2) ? 2 : 1
    else if (typeof token === 'string') start -= token.length
    if (start < at) return -1
  }
  return placeAt(text, start, glob, from, to) === text.length ? text.length : -1
}

const isPair = (text: string, at: number): boolean => (text.codePointAt(at) ?? 0) > 0xffff
