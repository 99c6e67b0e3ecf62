export type PatternCode =
  | 'STIX_PATTERN_TOO_LONG'
  | 'STIX_PATTERN_TOO_DEEP'
  | 'STIX_PATTERN_TOO_LARGE'
  | 'STIX_PATTERN_EMPTY'
  | 'STIX_UNEXPECTED_CHARACTER'
  | 'STIX_UNCLOSED_STRING'
  | 'STIX_BAD_ESCAPE'
  | 'STIX_UNCLOSED_COMMENT'
  | 'STIX_BAD_HEX'
  | 'STIX_BAD_BASE64'
  | 'STIX_BAD_TIMESTAMP'
  | 'STIX_BAD_NUMBER'
  | 'STIX_UNEXPECTED_TOKEN'
  | 'STIX_MISSING_BRACKETS'
  | 'STIX_UNCLOSED_BRACKET'
  | 'STIX_BAD_OBJECT_PATH'
  | 'STIX_BAD_VALUE'
  | 'STIX_MIXED_SET'
  | 'STIX_BAD_REGEX'
  | 'STIX_BAD_NETWORK'
  | 'STIX_BAD_QUALIFIER'
  | 'STIX_DUPLICATE_QUALIFIER'
  | 'STIX_EMPTY_INTERVAL'
  | 'STIX_BAD_HASH'
  | 'STIX_NO_SUCH_DAY'
  | 'STIX_DIFFERENT_OBJECTS'
  | 'STIX_NEGATIVE_INDEX'
  | 'STIX_WITHIN_ONE'

/**
 * `error`: cannot be evaluated. `invalid`: the specification forbids it, but its meaning is plain, so it can run.
 * `warning`: allowed, and probably not what was meant.
 */
export type PatternLevel = 'error' | 'invalid' | 'warning'

/** One thing to say about a pattern. Offsets count UTF-16 units; lines and columns count from 1. */
export interface PatternDiagnostic {
  readonly code: PatternCode
  readonly level: PatternLevel
  readonly message: string
  readonly remedy: string
  readonly offset: number
  readonly length: number
  readonly line: number
  readonly column: number
}

/** Nobody reads more. */
const MAX_DIAGNOSTICS = 200

export interface Span {
  readonly offset: number
  readonly length: number
}

/** Collects what is to be said about one pattern, in the order it was found. */
export class PatternDiagnostics {
  readonly list: PatternDiagnostic[] = []
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  get failed(): boolean {
    return this.list.some(({ level }) => level === 'error')
  }

  add(level: PatternLevel, code: PatternCode, span: Span, message: string, remedy: string): void {
    if (this.list.length >= MAX_DIAGNOSTICS) return
    const before = this.#text.slice(0, span.offset)
    const lineStart = before.lastIndexOf('\n') + 1
    const line = before.split('\n').length
    const { offset, length } = span
    this.list.push({ code, level, message, remedy, offset, length, line, column: offset - lineStart + 1 })
  }

  error(code: PatternCode, span: Span, message: string, remedy: string): void {
    this.add('error', code, span, message, remedy)
  }
}

/** Text of a pattern or a value, short enough to stand in a message. */
export const shortly = (text: string): string => `"${text.length > 60 ? `${text.slice(0, 57)}…` : text}"`

/**
 * Two lines for a terminal: the line of the pattern, and a caret under the place. Long lines are cut around it.
 * @param width of the terminal, characters
 */
export function caretLines(text: string, { offset, length }: Span, width = 100): [string, string] {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1
  const lineEnd = text.indexOf('\n', offset)
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd)
  const at = offset - lineStart
  const from = at > width - 20 ? at - (width >> 1) : 0
  const shown = line.slice(from, from + width).replace(/[^\P{C}]/gu, ' ')
  const carets = Math.max(1, Math.min(length, from + width - at, line.length - at))
  return [shown, `${' '.repeat(at - from)}${'^'.repeat(carets)}`]
}
