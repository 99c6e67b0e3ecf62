import type { QueryNode, ValueTest } from './ast.ts'
import type { QueryDiagnostic, QueryProblem } from './diagnostics.ts'
import { type Comparison, Lexer, type RangeEnd, type Token } from './lexer.ts'
import { literalPattern, patternText } from './pattern.ts'
import { compileRegex, isBrokenNetwork, plainNumber, testOfWord } from './values.ts'

/** Longest query, in UTF-16 units. */
export const MAX_QUERY_CHARS = 8_192
/** Deepest nesting of parentheses and `not`. */
export const MAX_QUERY_DEPTH = 64
const MAX_DIAGNOSTICS = 50

export interface ParsedQuery {
  /** What the query asks for. With diagnostics it is only the part that was understood: refuse it then. */
  readonly node: QueryNode
  readonly diagnostics: readonly QueryDiagnostic[]
}

/** Reads our search language: `process.name:powershell* and not user.name:SYSTEM`. An empty query means everything.
 *  `and` binds closer than `or` and may be left out; all problems are reported at once, none is thrown. */
export function parseQuery(text: string): ParsedQuery {
  if (text.length > MAX_QUERY_CHARS) {
    const problem: QueryDiagnostic = {
      code: 'QUERY_TOO_LONG',
      message: `the query has ${text.length} characters, ${MAX_QUERY_CHARS} are allowed`,
      remedy: 'split it, or put long lists of values into a list of indicators',
      offset: MAX_QUERY_CHARS,
      length: text.length - MAX_QUERY_CHARS,
    }
    return { node: { kind: 'all' }, diagnostics: [problem] }
  }
  const diagnostics: QueryDiagnostic[] = []
  const report = (problem: QueryDiagnostic): void => {
    if (diagnostics.length < MAX_DIAGNOSTICS) diagnostics.push(problem)
  }
  const tokens = new Lexer(text, report).run()
  const node = new Parser(tokens, report, text.length).run()
  return { node, diagnostics: diagnostics.sort((a, b) => a.offset - b.offset) }
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #report: (problem: QueryDiagnostic) => void
  readonly #end: number
  #at = 0
  #depth = 0
  #gaveUp = false

  constructor(tokens: readonly Token[], report: (problem: QueryDiagnostic) => void, end: number) {
    this.#tokens = tokens
    this.#report = report
    this.#end = end
  }

  run(): QueryNode {
    if (this.#tokens.length === 0) return { kind: 'all' }
    const parts: QueryNode[] = []
    while (this.#at < this.#tokens.length) {
      const node = this.#or(undefined)
      if (node !== undefined) parts.push(node)
      const stray = this.#tokens[this.#at]
      if (stray === undefined) break
      this.#problem('QUERY_UNEXPECTED_PAREN', stray, 'a ) without its (', 'remove it, or add ( before the group')
      this.#at++
    }
    return join('and', parts) ?? { kind: 'all' }
  }

  /** @param field set inside `field:( … )`, where words are values of it */
  #or(field: string | undefined): QueryNode | undefined {
    const nodes = [this.#and(field)]
    while (this.#tokens[this.#at]?.kind === 'or') {
      const operator = this.#tokens[this.#at++]!
      const right = this.#and(field)
      if (right === undefined) this.#missingTerm(operator)
      nodes.push(right)
    }
    return join(
      'or',
      nodes.filter((n) => n !== undefined),
    )
  }

  #and(field: string | undefined): QueryNode | undefined {
    const nodes: QueryNode[] = []
    for (;;) {
      const token = this.#tokens[this.#at]
      if (token === undefined || token.kind === 'close') break
      if (token.kind === 'or') {
        if (nodes.length === 0) {
          this.#missingTerm(token)
          this.#at++
          continue
        }
        break
      }
      if (token.kind === 'and') {
        this.#at++
        const next = this.#tokens[this.#at]?.kind
        if (nodes.length === 0 || next === undefined || next === 'close' || next === 'and' || next === 'or')
          this.#missingTerm(token)
        continue
      }
      const node = this.#unary(field)
      if (node !== undefined) nodes.push(node)
    }
    return join('and', nodes)
  }

  #unary(field: string | undefined): QueryNode | undefined {
    const token = this.#tokens[this.#at]!
    if (token.kind !== 'not') return this.#primary(field)
    this.#at++
    const next = this.#tokens[this.#at]
    if (next === undefined || next.kind === 'close' || next.kind === 'and' || next.kind === 'or') {
      this.#missingTerm(token)
      return undefined
    }
    const node = this.#nested(token, () => this.#unary(field))
    return node === undefined ? undefined : { kind: 'not', node }
  }

  /** Goes one level deeper, or skips the rest when that is too deep. */
  #nested(token: Token, read: () => QueryNode | undefined): QueryNode | undefined {
    if (this.#depth >= MAX_QUERY_DEPTH) {
      this.#problem(
        'QUERY_TOO_DEEP',
        token,
        `nested deeper than ${MAX_QUERY_DEPTH} levels`,
        'remove parentheses that change nothing',
      )
      this.#at = this.#tokens.length
      this.#gaveUp = true
      return undefined
    }
    this.#depth++
    const node = read()
    this.#depth--
    return node
  }

  #primary(field: string | undefined): QueryNode | undefined {
    const token = this.#tokens[this.#at++]!
    switch (token.kind) {
      case 'open':
        return this.#nested(token, () => this.#group(token, field))
      case 'field':
        return this.#field(token.field, token)
      case 'broken':
        return undefined
      case 'word':
        if (field !== undefined) return this.#fieldTest(field, token)
        return this.#textOrAll(
          token.units.length === 1 && !token.isPlain && token.units[0]!.char === '*',
          patternText(token.units),
        )
      case 'quoted':
        if (field !== undefined) return this.#fieldTest(field, token)
        return this.#textOrAll(token.text === '', literalPattern(token.text))
      default:
        return field === undefined ? undefined : this.#fieldTest(field, token)
    }
  }

  #textOrAll(isAll: boolean, text: string): QueryNode {
    return isAll ? { kind: 'all' } : { kind: 'text', text }
  }

  #group(open: Token, field: string | undefined): QueryNode | undefined {
    const first = this.#at
    const node = this.#or(field)
    const close = this.#tokens[this.#at]
    if (close?.kind === 'close') {
      this.#at++
      if (node === undefined && this.#at === first + 1)
        this.#problem('QUERY_MISSING_TERM', open, 'empty parentheses', 'put a term between them, or remove them')
    } else if (this.#at >= this.#tokens.length && !this.#gaveUp)
      this.#problem('QUERY_UNCLOSED_PAREN', open, 'a ( without its )', 'add ) at the end of the group')
    return node
  }

  #field(field: string, at: Token): QueryNode | undefined {
    const token = this.#tokens[this.#at]
    if (
      token === undefined ||
      token.kind === 'close' ||
      token.kind === 'field' ||
      token.kind === 'and' ||
      token.kind === 'or' ||
      token.kind === 'not'
    ) {
      this.#problem(
        'QUERY_MISSING_VALUE',
        at,
        `no value after ${field}`,
        `write ${field}:value, or ${field}:* for "has any value"`,
      )
      return undefined
    }
    if (token.kind === 'compare') {
      this.#at++
      return this.#comparison(field, token.operator, token)
    }
    if (token.kind === 'open') {
      this.#at++
      return this.#nested(token, () => this.#group(token, field))
    }
    this.#at++
    return this.#fieldTest(field, token)
  }

  #fieldTest(field: string, token: Token): QueryNode | undefined {
    const test = this.#valueTest(token)
    return test === undefined ? undefined : { kind: 'field', field, test }
  }

  #valueTest(token: Token): ValueTest | undefined {
    switch (token.kind) {
      case 'word': {
        const text = token.units.map((u) => u.char).join('')
        if (isBrokenNetwork(text))
          this.#problem(
            'QUERY_BAD_NETWORK',
            token,
            `${text} is not a network`,
            'the number after / goes to 32 for IPv4, to 128 for IPv6',
          )
        return testOfWord(token.units)
      }
      case 'quoted':
        return { kind: 'equals', value: token.text }
      case 'regex': {
        const compiled = compileRegex(token.pattern)
        if ('error' in compiled) {
          this.#problem(
            'QUERY_BAD_REGEX',
            token,
            `not a regular expression: ${compiled.error}`,
            'RE2 syntax: no look-around and no back references',
          )
          return undefined
        }
        return { kind: 'regex', pattern: token.pattern }
      }
      case 'range':
        return rangeTest(token)
      default:
        return undefined
    }
  }

  #comparison(field: string, operator: Comparison, at: Token): QueryNode | undefined {
    const token = this.#tokens[this.#at]
    if (token === undefined || (token.kind !== 'word' && token.kind !== 'quoted')) {
      if (token?.kind === 'broken') this.#at++
      else this.#problem('QUERY_MISSING_VALUE', at, `no value after ${operator}`, `write ${field} ${operator} 10`)
      return undefined
    }
    this.#at++
    if (operator === '=' || operator === '!=') {
      const node = this.#fieldTest(field, token)
      return node === undefined || operator === '=' ? node : { kind: 'not', node }
    }
    const bound = token.kind === 'quoted' ? token.text : boundOf(token.units.map((u) => u.char).join(''))
    const test: ValueTest = { kind: 'range', [BOUND_NAMES[operator]]: bound }
    return { kind: 'field', field, test }
  }

  #missingTerm(operator: Token): void {
    this.#problem(
      'QUERY_MISSING_TERM',
      operator,
      `nothing to combine with "${operator.kind}"`,
      'add a term on both sides, or put the word in quotes to search for it',
    )
  }

  #problem(code: QueryProblem, at: Token, message: string, remedy: string): void {
    this.#report({ code, message, remedy, offset: Math.min(at.offset, this.#end), length: at.length })
  }
}

const BOUND_NAMES = { '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' } as const
const boundOf = (text: string): string | number => plainNumber(text) ?? text
const endOf = (end: RangeEnd): string | number | undefined =>
  end === undefined ? undefined : end.isQuoted ? end.text : boundOf(end.text)

function rangeTest(token: Extract<Token, { kind: 'range' }>): ValueTest {
  const from = endOf(token.from)
  const to = endOf(token.to)
  return {
    kind: 'range',
    ...(from === undefined ? {} : token.open === '[' ? { gte: from } : { gt: from }),
    ...(to === undefined ? {} : token.close === ']' ? { lte: to } : { lt: to }),
  }
}

function join(kind: 'and' | 'or', nodes: readonly QueryNode[]): QueryNode | undefined {
  return nodes.length <= 1 ? nodes[0] : { kind, nodes }
}
