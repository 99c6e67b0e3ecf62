import { ANY, type Glob, type GlobToken, matchesGlob } from '../compile/glob.ts'
import { type DiagnosticSink, type Position, quoted, type SigmaCode } from '../diagnostics.ts'
import type { Condition } from '../rule.ts'
import { didYouMean } from '../suggest.ts'
import { lexCondition, type Token } from './lexer.ts'

const MAX_DEPTH = 50
const MAX_TOKENS = 2_000

/**
 * Parses a condition. From loosest to tightest: `or`, `and`, `not`, `1 of …`, parentheses.
 * @param declared names of the selections, in the order of the rule
 * @returns nothing when it has errors, which are then in the sink
 */
export function parseCondition(
  text: string,
  declared: readonly string[],
  sink: DiagnosticSink,
  at: (offset: number) => Position,
): Condition | undefined {
  const tokens = lexCondition(text)
  if (tokens.length > MAX_TOKENS) {
    sink.error('SIGMA_CONDITION_TOO_DEEP', at(0), `the condition has more than ${MAX_TOKENS} words`)
    return undefined
  }
  const before = sink.errors
  try {
    const condition = new ConditionParser(text, tokens, declared, sink, at).whole()
    return sink.errors === before ? condition : undefined
  } catch (error) {
    if (!(error instanceof CannotGoOn)) throw error
    return undefined
  }
}

/** Thrown after a problem was reported that leaves no sensible place to read on. */
class CannotGoOn extends Error {}

const never: Condition = { op: 'or', of: [] }

class ConditionParser {
  readonly #tokens: readonly Token[]
  readonly #declared: readonly string[]
  readonly #sink: DiagnosticSink
  readonly #at: (offset: number) => Position
  readonly #end: number
  #next = 0
  #depth = 0

  constructor(
    text: string,
    tokens: readonly Token[],
    declared: readonly string[],
    sink: DiagnosticSink,
    at: (offset: number) => Position,
  ) {
    this.#end = text.trimEnd().length
    this.#tokens = tokens
    this.#declared = declared
    this.#sink = sink
    this.#at = at
  }

  whole(): Condition {
    const condition = this.#or()
    const rest = this.#tokens[this.#next]
    if (rest === undefined) return condition
    if (rest.type === 'pipe')
      this.#fail('SIGMA_OLD_AGGREGATION', rest, 'aggregations after "|" belong to Sigma 1', 'write a correlation rule')
    const remedy = rest.type === 'word' ? 'put "and" or "or" between them' : undefined
    return this.#fail('SIGMA_CONDITION_SYNTAX', rest, `${quoted(rest.text)} is not expected here`, remedy)
  }

  #or(): Condition {
    return this.#chain('or', () => this.#and())
  }

  #and(): Condition {
    return this.#chain('and', () => this.#not())
  }

  #chain(op: 'and' | 'or', operand: () => Condition): Condition {
    const of = [operand()]
    while (this.#isKeyword(op)) {
      this.#next++
      of.push(operand())
    }
    return of.length === 1 ? of[0]! : { op, of }
  }

  #not(): Condition {
    if (!this.#isKeyword('not')) return this.#operand()
    return this.#deeper(() => {
      this.#next++
      return { op: 'not', of: this.#not() }
    })
  }

  #deeper(read: () => Condition): Condition {
    if (++this.#depth > MAX_DEPTH)
      this.#fail(
        'SIGMA_CONDITION_TOO_DEEP',
        this.#tokens[this.#next],
        `the condition is nested deeper than ${MAX_DEPTH} levels`,
      )
    const condition = read()
    this.#depth--
    return condition
  }

  #operand(): Condition {
    const token = this.#tokens[this.#next]
    if (token?.type === 'open')
      return this.#deeper(() => {
        this.#next++
        const inner = this.#or()
        const close = this.#tokens[this.#next]
        if (close?.type !== 'close')
          this.#fail('SIGMA_CONDITION_SYNTAX', close, 'a parenthesis is not closed', 'add ")"')
        this.#next++
        return inner
      })
    if (token?.type !== 'word' || /^(and|or|of)$/i.test(token.text)) {
      const what =
        token === undefined
          ? 'the condition ends where a selection is expected'
          : `${quoted(token.text)} stands where a selection is expected`
      return this.#fail('SIGMA_CONDITION_SYNTAX', token, what)
    }
    this.#next++
    return this.#isKeyword('of') ? this.#count(token) : this.#selection(token)
  }

  #selection(token: Token): Condition {
    if (/[*?]/.test(token.text) && !this.#declared.includes(token.text))
      return this.#fail(
        'SIGMA_CONDITION_SYNTAX',
        token,
        `the pattern ${quoted(token.text)} needs a count`,
        `write "1 of ${token.text}" or "all of ${token.text}"`,
      )
    if (this.#declared.includes(token.text)) return { op: 'selection', name: token.text }
    const remedy = didYouMean(token.text, this.#declared) ?? this.#known()
    this.#report('SIGMA_UNDEFINED_SELECTION', token, `there is no selection ${quoted(token.text)}`, remedy)
    return never
  }

  #count(token: Token): Condition {
    this.#next++
    const target = this.#tokens[this.#next]
    if (target?.type !== 'word')
      return this.#fail('SIGMA_CONDITION_SYNTAX', target, `"${token.text} of" needs a selection pattern or "them"`)
    this.#next++
    const atLeast = this.#atLeast(token)
    const names = this.#named(target.text)
    if (names.length === 0) {
      const remedy = didYouMean(target.text, this.#declared) ?? this.#known()
      this.#report('SIGMA_UNDEFINED_SELECTION', target, `no selection is named like ${quoted(target.text)}`, remedy)
    } else if (atLeast !== 'all' && atLeast > names.length)
      this.#report('SIGMA_CONDITION_SYNTAX', token, `${atLeast} of ${names.length} selections can never hold`)
    return { op: 'count', atLeast, pattern: target.text, names }
  }

  #atLeast(token: Token): number | 'all' {
    const word = token.text.toLowerCase()
    if (word === 'all') return 'all'
    if (word === '1' || word === 'any') return 1
    if (!/^[1-9]\d{0,3}$/.test(word))
      this.#fail('SIGMA_CONDITION_SYNTAX', token, `${quoted(token.text)} is no count`, 'write "1 of" or "all of"')
    this.#sink.hint(
      'SIGMA_UNUSUAL_COUNT',
      this.#at(token.offset),
      `"${word} of" is understood here, but the specification knows "1 of" and "all of" only`,
    )
    return Number(word)
  }

  #named(pattern: string): string[] {
    // Names with an underscore in front are left out unless a pattern asks for them.
    const eligible = this.#declared.filter((name) => !name.startsWith('_') || pattern.startsWith('_'))
    if (pattern.toLowerCase() === 'them') return eligible
    if (!pattern.includes('*')) return eligible.filter((name) => name === pattern)
    const tokens: Glob = pattern
      .split(/(\*)/)
      .flatMap((part): GlobToken[] => (part === '' ? [] : [part === '*' ? ANY : part]))
    return eligible.filter((name) => matchesGlob(name, tokens))
  }

  #known(): string {
    return this.#declared.length === 0
      ? 'the detection has no selections'
      : `selections are ${this.#declared.join(', ')}`
  }

  #isKeyword(word: string): boolean {
    const token = this.#tokens[this.#next]
    return token?.type === 'word' && token.text.toLowerCase() === word
  }

  #report(code: SigmaCode, token: Token | undefined, message: string, remedy?: string): void {
    this.#sink.error(code, this.#at(token?.offset ?? this.#end), message, remedy)
  }

  #fail(code: SigmaCode, token: Token | undefined, message: string, remedy?: string): never {
    this.#report(code, token, message, remedy)
    throw new CannotGoOn()
  }
}
