import type { QueryDiagnostic } from './diagnostics.ts'
import type { PatternUnit } from './pattern.ts'

export type Comparison = '>' | '>=' | '<' | '<=' | '=' | '!='

export type Token = { readonly offset: number; readonly length: number } & (
  | { readonly kind: 'open' | 'close' | 'and' | 'or' | 'not' }
  /** `name:`, or `name` before a comparison. */
  | { readonly kind: 'field'; readonly field: string }
  | { readonly kind: 'compare'; readonly operator: Comparison }
  | { readonly kind: 'word'; readonly units: readonly PatternUnit[]; readonly isPlain: boolean }
  | { readonly kind: 'quoted'; readonly text: string }
  | { readonly kind: 'regex'; readonly pattern: string }
  | {
      readonly kind: 'range'
      readonly open: '[' | '{'
      readonly close: ']' | '}'
      readonly from: RangeEnd
      readonly to: RangeEnd
    }
  | { readonly kind: 'broken' }
)
/** A bound as it was written; `undefined` for `*`. */
export type RangeEnd = { readonly text: string; readonly isQuoted: boolean } | undefined

const SPACE = /\s/
/** What a backslash takes its meaning from, in words. */
const SPECIAL = /[\s()":<>=!/[\]{}*?\\]/

export class Lexer {
  readonly tokens: Token[] = []
  readonly #text: string
  readonly #report: (problem: QueryDiagnostic) => void
  #at = 0
  /** True right after `field:` or a comparison, where a value must come. */
  #wantsValue = false
  /** Depth of parentheses around values, as in `field:(a or b)`. */
  #valueParens = 0

  constructor(text: string, report: (problem: QueryDiagnostic) => void) {
    this.#text = text
    this.#report = report
  }

  run(): readonly Token[] {
    while (this.#skipSpace()) this.#next()
    return this.tokens
  }

  #skipSpace(): boolean {
    while (this.#at < this.#text.length && SPACE.test(this.#text[this.#at]!)) this.#at++
    return this.#at < this.#text.length
  }

  #next(): void {
    const char = this.#text[this.#at]!
    const inValue = this.#wantsValue || this.#valueParens > 0
    if (char === '(') this.#paren(this.#wantsValue)
    else if (char === ')') this.#closeParen()
    else if (char === '"') this.#quoted()
    else if (this.#compare()) return
    else if (inValue && char === '/' && this.#regex()) this.#wantsValue = false
    else if (this.#wantsValue && (char === '[' || char === '{')) this.#range(char)
    else this.#word(inValue)
  }

  #paren(isValue: boolean): void {
    if (isValue || this.#valueParens > 0) this.#valueParens++
    this.#push({ kind: 'open', offset: this.#at, length: 1 })
    this.#at++
    this.#wantsValue = false
  }

  #closeParen(): void {
    if (this.#valueParens > 0) this.#valueParens--
    this.#push({ kind: 'close', offset: this.#at, length: 1 })
    this.#at++
    this.#wantsValue = false
  }

  #push(token: Token): void {
    this.tokens.push(token)
  }

  /** `>=` and the like: after a word that is a field's name, or right after `field:`. */
  #compare(): boolean {
    const operator = /^(?:>=|<=|!=|==|>|<|=)/.exec(this.#text.slice(this.#at, this.#at + 2))?.[0]
    const before = this.tokens.at(-1)
    if (operator === undefined || before === undefined || this.#valueParens > 0) return false
    if (before.kind === 'word' && before.isPlain && !this.#wantsValue) {
      this.tokens.pop()
      this.#push({
        kind: 'field',
        field: before.units.map((u) => u.char).join(''),
        offset: before.offset,
        length: before.length,
      })
    } else if (!(before.kind === 'field' && this.#wantsValue)) return false
    this.#push({
      kind: 'compare',
      operator: operator === '==' ? '=' : (operator as Comparison),
      offset: this.#at,
      length: operator.length,
    })
    this.#at += operator.length
    this.#wantsValue = true
    return true
  }

  #quoted(): void {
    const offset = this.#at
    const text = this.#readQuoted()
    if (text === undefined) {
      this.#report({
        code: 'QUERY_UNCLOSED_QUOTE',
        message: 'a quote is opened and never closed',
        remedy: 'add " at the end of the phrase, or write \\" for a quote itself',
        offset,
        length: this.#text.length - offset,
      })
      this.#push({ kind: 'broken', offset, length: this.#text.length - offset })
      this.#at = this.#text.length
    } else if (this.#text[this.#at] === ':' && !this.#wantsValue && this.#valueParens === 0) {
      this.#push({ kind: 'field', field: text, offset, length: this.#at - offset })
      this.#at++
      this.#wantsValue = true
      return
    } else this.#push({ kind: 'quoted', text, offset, length: this.#at - offset })
    this.#wantsValue = false
  }

  /** From the opening quote to behind the closing one; only `\"` and `\\` are escapes, so that Windows paths can be pasted. */
  #readQuoted(): string | undefined {
    let text = ''
    for (let i = this.#at + 1; i < this.#text.length; i++) {
      const char = this.#text[i]!
      const next = this.#text[i + 1]
      if (char === '\\' && (next === '"' || next === '\\')) {
        text += next
        i++
      } else if (char === '"') {
        this.#at = i + 1
        return text
      } else text += char
    }
    return undefined
  }

  /** `/…/`, ended by a slash before a space, a parenthesis or the end. Anything else that starts with a slash is a path. */
  #regex(): boolean {
    const offset = this.#at
    let pattern = ''
    for (let i = offset + 1; i < this.#text.length; i++) {
      const char = this.#text[i]!
      const next = this.#text[i + 1]
      if (char === '\\' && next !== undefined) {
        pattern += next === '/' ? '/' : char + next
        i++
      } else if (char === '/') {
        if (next !== undefined && next !== ')' && !SPACE.test(next)) return false
        this.#at = i + 1
        this.#push({ kind: 'regex', pattern, offset, length: this.#at - offset })
        return true
      } else pattern += char
    }
    // One slash and then none: `/tmp` is a path, `/a b` was meant as an expression.
    if (!/[\s()|[\]^$]/.test(pattern)) return false
    this.#report({
      code: 'QUERY_UNCLOSED_REGEX',
      message: 'a regular expression is opened with / and never closed',
      remedy: 'add / at its end, or put quotes around a path',
      offset,
      length: this.#text.length - offset,
    })
    this.#push({ kind: 'broken', offset, length: this.#text.length - offset })
    this.#at = this.#text.length
    return true
  }

  #range(open: '[' | '{'): void {
    const offset = this.#at
    this.#at++
    const from = this.#rangeEnd()
    this.#skipSpace()
    const to = /^to(?=\s)/i.test(this.#text.slice(this.#at, this.#at + 3))
    if (to) this.#at += 2
    const end = to ? this.#rangeEnd() : null
    this.#skipSpace()
    const close = this.#text[this.#at]
    this.#wantsValue = false
    if (from !== null && end !== null && (close === ']' || close === '}')) {
      this.#at++
      this.#push({ kind: 'range', open, close, from: from.end, to: end.end, offset, length: this.#at - offset })
      return
    }
    const stop = this.#text.slice(offset).search(/[\]}]/)
    this.#at = stop < 0 ? this.#text.length : offset + stop + 1
    this.#report({
      code: 'QUERY_BAD_RANGE',
      message: 'not a range',
      remedy: 'write [1 to 5], {1 to 5} without the ends, or [1 to *]',
      offset,
      length: this.#at - offset,
    })
    this.#push({ kind: 'broken', offset, length: this.#at - offset })
  }

  #rangeEnd(): { end: RangeEnd } | null {
    if (!this.#skipSpace()) return null
    if (this.#text[this.#at] === '"') {
      const text = this.#readQuoted()
      return text === undefined ? null : { end: { text, isQuoted: true } }
    }
    const word = /^[^\s\]}"]+/.exec(this.#text.slice(this.#at))?.[0]
    if (word === undefined) return null
    this.#at += word.length
    return { end: word === '*' ? undefined : { text: word, isQuoted: false } }
  }

  #word(inValue: boolean): void {
    const offset = this.#at
    const units: PatternUnit[] = []
    let isEscaped = false
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at]!
      const next = this.#text[this.#at + 1]
      if (char === '\\' && next !== undefined && SPECIAL.test(next)) {
        units.push({ char: next, isWildcard: false })
        isEscaped = true
        this.#at += 2
        continue
      }
      if (SPACE.test(char) || char === '(' || char === ')' || char === '"') break
      if (!inValue && (char === ':' || this.#isComparisonAt(this.#at)) && units.length > 0) break
      units.push({ char, isWildcard: char === '*' || char === '?' })
      this.#at++
    }
    const length = this.#at - offset
    const plain = units.map((u) => u.char).join('')
    if (!inValue && this.#text[this.#at] === ':') {
      this.#at++
      this.#push({ kind: 'field', field: plain, offset, length })
      this.#wantsValue = true
      return
    }
    this.#wantsValue = false
    const keyword = isEscaped ? undefined : KEYWORDS.get(plain.toLowerCase())
    if (keyword !== undefined) this.#push({ kind: keyword, offset, length })
    else this.#push({ kind: 'word', units, isPlain: !units.some((u) => u.isWildcard), offset, length })
  }

  #isComparisonAt(at: number): boolean {
    const char = this.#text[at]
    return char === '<' || char === '>' || char === '=' || (char === '!' && this.#text[at + 1] === '=')
  }
}

const KEYWORDS: ReadonlyMap<string, 'and' | 'or' | 'not'> = new Map([
  ['and', 'and'],
  ['or', 'or'],
  ['not', 'not'],
])
