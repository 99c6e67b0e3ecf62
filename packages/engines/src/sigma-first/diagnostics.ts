/** Something to say about a rule's text. Errors keep it from running; warnings and hints do not. */
export interface Diagnostic {
  /** Stable, `SIGMA_…`. */
  readonly code: string
  readonly level: 'error' | 'warning' | 'hint'
  readonly message: string
  readonly remedy?: string
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
}

export interface Position {
  readonly line: number
  readonly column: number
}

/** Gathers what is to be said about one file. */
export class Diagnostics {
  readonly #file: string
  readonly list: Diagnostic[] = []

  constructor(file: string) {
    this.#file = file
  }

  add(level: Diagnostic['level'], code: string, at: Position, message: string, remedy?: string): void {
    this.list.push({ code, level, message, ...(remedy ? { remedy } : {}), file: this.#file, ...at })
  }

  error(code: string, at: Position, message: string, remedy?: string): void {
    this.add('error', code, at, message, remedy)
  }

  warn(code: string, at: Position, message: string, remedy?: string): void {
    this.add('warning', code, at, message, remedy)
  }

  get errors(): number {
    return this.list.filter((one) => one.level === 'error').length
  }
}

/** The known word that is nearest to a misspelt one, at most two edits away. */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = 3
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), bestDistance)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best && `did you mean "${best}"?`
}

/** Levenshtein's distance, or `limit` when it is at least that. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit || a.length > 80) return limit
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return Math.min(row[b.length]!, limit)
}
