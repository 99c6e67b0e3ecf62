/** A character of a pattern: itself, or a wildcard. */
export interface PatternUnit {
  readonly char: string
  readonly isWildcard: boolean
}

const NEEDS_ESCAPE = /[*?\\]/

/** The one spelling of a pattern: `\` before each `*`, `?` and `\` that stands for itself. */
export const patternText = (units: readonly PatternUnit[]): string =>
  units.map((u) => (!u.isWildcard && NEEDS_ESCAPE.test(u.char) ? `\\${u.char}` : u.char)).join('')

/** Reads a pattern; a backslash before anything but `*`, `?`, `\` stands for itself. */
export function patternUnits(pattern: string): PatternUnit[] {
  const units: PatternUnit[] = []
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!
    const next = pattern[i + 1]
    if (char === '\\' && next !== undefined && NEEDS_ESCAPE.test(next)) {
      units.push({ char: next, isWildcard: false })
      i++
    } else units.push({ char, isWildcard: char === '*' || char === '?' })
  }
  return units
}

/** A pattern that matches a text literally. */
export const literalPattern = (text: string): string => text.replace(/[*?\\]/g, '\\$&')

/** Whether a whole text matches; both must be in lower case already. Time is bounded by the product of the lengths. */
export function matchesPattern(units: readonly PatternUnit[], text: string): boolean {
  let at = 0
  let p = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    const unit = units[p]
    if (unit?.isWildcard && unit.char === '*') {
      star = p++
      resume = at
    } else if (
      unit !== undefined &&
      ((unit.isWildcard && unit.char === '?') || (!unit.isWildcard && unit.char === text[at]))
    ) {
      p++
      at++
    } else if (star >= 0) {
      p = star + 1
      at = ++resume
    } else return false
  }
  while (units[p]?.isWildcard && units[p]?.char === '*') p++
  return p === units.length
}
