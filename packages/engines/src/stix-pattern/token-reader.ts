import type { EqualityOperator, OrderOperator, PatternVersion, SetOperator, TextOperator } from './ast.ts'
import { type PatternCode, type PatternDiagnostics, type Span, shortly } from './diagnostics.ts'
import type { Token } from './lexer.ts'

/** Ends the reading of a part; its diagnostic is already given. */
export class Refused extends Error {
  /** Whether what follows can still be read. */
  readonly local: boolean

  constructor({ local }: { local: boolean }) {
    super('refused')
    this.local = local
  }
}

type Operator = EqualityOperator | OrderOperator | TextOperator | SetOperator | 'IN'

const OPERATORS: Readonly<Record<string, Operator>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  IN: 'IN',
  LIKE: 'LIKE',
  MATCHES: 'MATCHES',
  ISSUBSET: 'ISSUBSET',
  ISSUPERSET: 'ISSUPERSET',
}

/** Words that name no property unless they are quoted. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  ...['AND', 'OR', 'NOT', 'FOLLOWEDBY', 'LIKE', 'MATCHES', 'ISSUPERSET', 'ISSUBSET', 'EXISTS', 'LAST', 'IN'],
  ...['START', 'STOP', 'SECONDS', 'true', 'false', 'WITHIN', 'REPEATS', 'TIMES'],
])

/** Walks over the tokens of a pattern. */
export class TokenReader {
  readonly version: PatternVersion
  readonly #tokens: readonly Token[]
  readonly #diagnostics: PatternDiagnostics
  #at = 0

  constructor(tokens: readonly Token[], version: PatternVersion, diagnostics: PatternDiagnostics) {
    this.#tokens = tokens
    this.version = version
    this.#diagnostics = diagnostics
  }

  get token(): Token {
    return this.#tokens[this.#at]!
  }

  get offset(): number {
    return this.token.offset
  }

  get span(): Span {
    return { offset: this.token.offset, length: this.token.length }
  }

  /** From there to the end of the token before this. */
  spanFrom(offset: number): Span {
    const last = this.#tokens[Math.max(0, this.#at - 1)]!
    return { offset, length: Math.max(0, last.offset + last.length - offset) }
  }

  at(kind: Token['kind']): boolean {
    return this.token.kind === kind
  }

  next(): Token {
    const token = this.token
    if (token.kind !== 'end') this.#at++
    return token
  }

  takeWord(word: string): boolean {
    return this.#takeIf('word', word)
  }

  takeSymbol(symbol: string): boolean {
    return this.#takeIf('symbol', symbol)
  }

  #takeIf(kind: Token['kind'], text: string): boolean {
    const { token } = this
    const found = token.kind === kind && token.text === text
    if (found) this.#at++
    return found
  }

  takeOperator(): Operator {
    const { kind, text } = this.token
    const operator =
      (kind === 'word' || kind === 'symbol') && Object.hasOwn(OPERATORS, text) ? OPERATORS[text] : undefined
    if (operator === undefined) {
      const meant = OPERATORS[text.toUpperCase()]
      return this.refuse(
        'STIX_UNEXPECTED_TOKEN',
        `${this.found()} where an operator should be`,
        kind === 'word' && meant !== undefined
          ? `write it in capitals: ${meant}`
          : 'write =, !=, <, <=, >, >=, IN, LIKE, MATCHES, ISSUBSET or ISSUPERSET',
      )
    }
    this.#at++
    return operator
  }

  /** This token, for a message. */
  found(): string {
    const { kind, text, length } = this.token
    if (kind === 'end') return 'the end of the pattern'
    return length === 0 ? 'nothing' : shortly(kind === 'string' ? `'${text}'` : text)
  }

  refuse(code: PatternCode, message: string, remedy: string): never {
    return this.refuseAt(this.span, code, message, remedy)
  }

  refuseAt(span: Span, code: PatternCode, message: string, remedy: string): never {
    // What the lexer refused has been said; an unclosed string takes the rest with it.
    const blamed = this.at('end') ? this.#tokens[this.#at - 1] : this.token
    if (blamed?.kind !== 'broken') this.complain(span, code, message, remedy)
    throw new Refused({ local: this.token.kind !== 'end' })
  }

  /** Says what is wrong where reading can go on as if it were not. */
  complain(span: Span, code: PatternCode, message: string, remedy: string): void {
    this.#diagnostics.error(code, span, message, remedy)
  }

  /** Refuses the pattern as a whole. */
  stop(code: PatternCode, message: string, remedy: string): never {
    this.#diagnostics.error(code, this.span, message, remedy)
    throw new Refused({ local: false })
  }

  /** Goes to one of these words or symbols outside of parentheses, or to the end. */
  skipTo(words: readonly string[], symbols: readonly string[]): void {
    for (let depth = 0; this.token.kind !== 'end'; this.#at++) {
      const { kind, text } = this.token
      if (depth === 0 && kind === 'word' && words.includes(text)) return
      if (depth === 0 && kind === 'symbol' && symbols.includes(text)) return
      if (kind === 'symbol' && text === '(') depth++
      if (kind === 'symbol' && text === ')') depth--
    }
  }
}
