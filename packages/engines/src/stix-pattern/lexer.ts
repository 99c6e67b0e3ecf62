import { decodeBase64, decodeHex } from './bytes.ts'
import { type PatternDiagnostics, shortly } from './diagnostics.ts'
import { isTimestamp } from './timestamp.ts'

export type TokenKind =
  | 'word'
  | 'string'
  | 'hex'
  | 'binary'
  | 'timestamp'
  | 'number'
  | 'symbol'
  /** Stands for text that was refused; its diagnostic is already given. */
  | 'broken'
  | 'end'

export interface Token {
  readonly kind: TokenKind
  /** As it is written; of a string, hex, binary or timestamp the part between the quotes, of a string unescaped. */
  readonly text: string
  readonly offset: number
  readonly length: number
  readonly bytes?: Uint8Array
}

export const MAX_PATTERN_CHARACTERS = 100_000

const SPACE = /[\s\u0085\u200b\u2060\ufeff]+/y
const WORD = /[A-Za-z_][A-Za-z0-9_-]*/y
const NUMBER = /[+-]?(?:\d*\.\d+|\d+)/y
const SYMBOL = /==|!=|<>|<=|>=|[=<>[\]():.,*]/y
const QUOTED = /'(?:[^'\\]|\\[\s\S])*'/y

/** Cuts a pattern into tokens; what cannot be one becomes a diagnostic and a `broken` token. */
export function tokenize(text: string, diagnostics: PatternDiagnostics): Token[] {
  const tokens: Token[] = []
  let at = 0
  const read = (expression: RegExp, from = at): string | undefined => {
    expression.lastIndex = from
    return expression.exec(text)?.[0]
  }
  const put = (kind: TokenKind, tokenText: string, length: number, bytes?: Uint8Array): void => {
    tokens.push({ kind, text: tokenText, offset: at, length, ...(bytes === undefined ? {} : { bytes }) })
    at += length
  }

  while (at < text.length) {
    const skipped = read(SPACE)?.length ?? commentLength(text, at, diagnostics)
    if (skipped > 0) {
      at += skipped
      continue
    }
    const char = text[at]!
    const prefixed = (char === 'h' || char === 'b' || char === 't') && text[at + 1] === "'"
    if (char === "'" || prefixed) {
      const literal = read(QUOTED, prefixed ? at + 1 : at)
      const length = (literal?.length ?? text.length - at) + (literal !== undefined && prefixed ? 1 : 0)
      const span = { offset: at, length }
      if (literal === undefined) {
        diagnostics.error('STIX_UNCLOSED_STRING', span, 'this string does not end', "close it with '")
        put('broken', '', length)
      } else if (prefixed) putPrefixed(char, literal.slice(1, -1), length)
      else putString(literal.slice(1, -1), length)
      continue
    }
    const word = read(WORD)
    if (word !== undefined) {
      put('word', word, word.length)
      continue
    }
    const number = read(NUMBER)
    if (number !== undefined) {
      put('number', number, number.length)
      continue
    }
    const symbol = read(SYMBOL)
    if (symbol !== undefined) {
      put('symbol', symbol, symbol.length)
      continue
    }
    const odd = String.fromCodePoint(text.codePointAt(at)!)
    diagnostics.error(
      'STIX_UNEXPECTED_CHARACTER',
      { offset: at, length: odd.length },
      `${shortly(odd)} has no meaning in a pattern`,
      odd === '"' ? "strings stand in single quotes: 'text'" : 'take it out, or put text in single quotes',
    )
    put('broken', odd, odd.length)
  }
  tokens.push({ kind: 'end', text: '', offset: text.length, length: 0 })
  return tokens

  function putString(inner: string, length: number): void {
    const wrong = /\\[^'\\]/.exec(inner.replace(/\\['\\]/g, '__'))
    if (wrong !== null)
      diagnostics.error(
        'STIX_BAD_ESCAPE',
        { offset: at + 1 + wrong.index, length: wrong[0].length },
        `${shortly(wrong[0])} is no escape; strings know \\' and \\\\ alone`,
        `write \\${wrong[0]} for a backslash`,
      )
    put('string', inner.replace(/\\(['\\])/g, '$1'), length)
  }

  function putPrefixed(prefix: string, inner: string, length: number): void {
    const span = { offset: at, length }
    if (prefix === 't') {
      if (isTimestamp(inner)) {
        put('timestamp', inner, length)
        return
      }
      diagnostics.error(
        'STIX_BAD_TIMESTAMP',
        span,
        `${shortly(inner)} is no timestamp`,
        "write it in UTC with seconds: t'2026-01-31T08:30:00Z'",
      )
      put('broken', inner, length)
      return
    }
    // The grammar has h'' and no b''.
    const bytes = prefix === 'h' ? decodeHex(inner) : inner === '' ? undefined : decodeBase64(inner)
    if (bytes !== undefined) {
      put(prefix === 'h' ? 'hex' : 'binary', inner, length, bytes)
      return
    }
    const message = `${shortly(inner)} is not ${prefix === 'h' ? 'hexadecimal' : 'base64'}`
    if (prefix === 'h') diagnostics.error('STIX_BAD_HEX', span, message, "write pairs of digits: h'ffd8'")
    else diagnostics.error('STIX_BAD_BASE64', span, message, "write it padded: b'AQIDBA=='")
    put('broken', inner, length)
  }
}

function commentLength(text: string, at: number, diagnostics: PatternDiagnostics): number {
  if (text[at] !== '/') return 0
  if (text[at + 1] === '/') {
    const end = text.indexOf('\n', at)
    return (end < 0 ? text.length : end) - at
  }
  if (text[at + 1] !== '*') return 0
  const end = text.indexOf('*/', at + 2)
  if (end >= 0) return end + 2 - at
  diagnostics.error('STIX_UNCLOSED_COMMENT', { offset: at, length: 2 }, 'this comment does not end', 'close it with */')
  return text.length - at
}
