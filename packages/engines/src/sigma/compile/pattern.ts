import { ANY, type Glob, type GlobToken, ONE } from './glob.ts'

/**
 * Reads a value's wildcards and escapes. A backslash escapes `*`, `?` and itself, and is plain before anything else; two are
 * one. @source Sigma rules specification 2.1, "Escape Character"
 */
export function readPattern(text: string): Glob {
  if (!/[*?\\]/.test(text)) return text === '' ? [] : [text]
  const tokens: GlobToken[] = []
  let plain = ''
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    const next = text[i + 1]
    if (char === '\\' && (next === '\\' || next === '*' || next === '?')) {
      plain += next
      i++
    } else if (char === '*' || char === '?') {
      if (plain !== '') tokens.push(plain)
      plain = ''
      tokens.push(char === '*' ? ANY : ONE)
    } else plain += char
  }
  if (plain !== '') tokens.push(plain)
  return tokens
}

/** Neighbouring texts joined, runs of `*` shortened to one. */
export function tidy(glob: Glob): Glob {
  const tokens: GlobToken[] = []
  for (const token of glob) {
    const last = tokens.at(-1)
    if (token === '' || (token === ANY && last === ANY)) continue
    if (typeof token === 'string' && typeof last === 'string') tokens[tokens.length - 1] = last + token
    else tokens.push(token)
  }
  return tokens
}

/**
 * Lower case as rules compare it. Two letters have a second lower case (final sigma, long s) whose choice would depend on their
 * neighbours; they count as the ordinary ones, so that folding a part of a text gives a part of the folded text.
 */
export function fold(text: string): string {
  const lower = text.toLowerCase()
  return lower.includes('ς') || lower.includes('ſ') ? lower.replaceAll('ς', 'σ').replaceAll('ſ', 's') : lower
}

export const foldGlob = (glob: Glob): Glob => glob.map((token) => (typeof token === 'string' ? fold(token) : token))

/** The pattern as an author would write it. */
export const printPattern = (glob: Glob): string =>
  glob.map((token) => (token === ANY ? '*' : token === ONE ? '?' : token)).join('')
