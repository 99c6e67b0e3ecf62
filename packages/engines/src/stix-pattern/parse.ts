import type {
  Comparison,
  ComparisonExpression,
  ObservationExpression,
  ObservationOperator,
  ParsedPattern,
  PatternVersion,
} from './ast.ts'
import { PatternDiagnostics, type Span } from './diagnostics.ts'
import { MAX_PATTERN_CHARACTERS, tokenize } from './lexer.ts'
import { parseConstant, parseSet, parseText } from './parse-constant.ts'
import { parsePath } from './parse-path.ts'
import { parseQualifiers } from './parse-qualifier.ts'
import { Refused, TokenReader } from './token-reader.ts'

export interface ParseResult {
  /** Nothing when a diagnostic is an error. */
  readonly pattern: ParsedPattern | undefined
  readonly diagnostics: PatternDiagnostics
}

const MAX_DEPTH = 100
const MAX_OBSERVATIONS = 1_000
const MAX_COMPARISONS = 20_000

/**
 * Reads a STIX pattern. Gives every diagnostic it finds: after an error inside brackets it goes on behind the next AND, OR or `]`.
 * @source STIX 2.1 section 9 and the grammar of OASIS, STIXPattern.g4
 */
export function parseStixPattern(text: string, version: PatternVersion = '2.1'): ParseResult {
  const diagnostics = new PatternDiagnostics(text)
  if (text.length > MAX_PATTERN_CHARACTERS) {
    const span = { offset: MAX_PATTERN_CHARACTERS, length: 1 }
    const message = `the pattern is longer than ${MAX_PATTERN_CHARACTERS} characters`
    diagnostics.error('STIX_PATTERN_TOO_LONG', span, message, 'split it at an OR into several patterns')
    return { pattern: undefined, diagnostics }
  }
  const expression = new PatternParser(text, version, diagnostics).parse()
  const pattern = expression === undefined || diagnostics.failed ? undefined : { version, expression, text }
  return { pattern, diagnostics }
}

class PatternParser {
  readonly #reader: TokenReader
  #depth = 0
  #observations = 0
  #comparisons = 0

  constructor(text: string, version: PatternVersion, diagnostics: PatternDiagnostics) {
    this.#reader = new TokenReader(tokenize(text, diagnostics), version, diagnostics)
  }

  parse(): ObservationExpression | undefined {
    const reader = this.#reader
    try {
      if (reader.at('end'))
        reader.refuse('STIX_PATTERN_EMPTY', 'there is no pattern', 'write one: [ipv4-addr:value = …]')
      const expression = this.#observationOperators(0)
      if (!reader.at('end'))
        reader.refuse(
          'STIX_UNEXPECTED_TOKEN',
          `${reader.found()} cannot stand here`,
          'join observations by AND, OR or FOLLOWEDBY, or add WITHIN, REPEATS, START … STOP (in capitals)',
        )
      return expression
    } catch (error) {
      if (error instanceof Refused) return undefined
      throw error
    }
  }

  /** FOLLOWEDBY binds loosest, AND tightest; equals associate to the left. */
  #observationOperators(level: number): ObservationExpression {
    const operator = operators[level]
    if (operator === undefined) return this.#qualified()
    const start = this.#reader.offset
    let left = this.#observationOperators(level + 1)
    while (this.#reader.takeWord(operator)) {
      const right = this.#observationOperators(level + 1)
      left = { kind: 'combined', operator, left, right, span: this.#reader.spanFrom(start) }
    }
    return left
  }

  #qualified(): ObservationExpression {
    const start = this.#reader.offset
    const expression = this.#observation()
    const qualifiers = parseQualifiers(this.#reader)
    if (qualifiers.length === 0) return expression
    return { kind: 'qualified', expression, qualifiers, span: this.#reader.spanFrom(start) }
  }

  #observation(): ObservationExpression {
    const reader = this.#reader
    const start = reader.offset
    if (reader.takeSymbol('('))
      return this.#nested(() => {
        const inner = this.#observationOperators(0)
        if (!reader.takeSymbol(')'))
          reader.refuse('STIX_UNCLOSED_BRACKET', `${reader.found()} where ")" should be`, 'close the parenthesis')
        return inner
      })
    if (!reader.takeSymbol('['))
      reader.refuse(
        'STIX_MISSING_BRACKETS',
        `${reader.found()} where an observation should begin`,
        'put comparisons in square brackets: [file:size = 1280]',
      )
    if (++this.#observations > MAX_OBSERVATIONS) this.#tooLarge(`more than ${MAX_OBSERVATIONS} observations`)
    const expression = this.#comparisonOperators('or')
    if (!reader.takeSymbol(']'))
      reader.refuse(
        'STIX_UNCLOSED_BRACKET',
        `${reader.found()} where "]" should be`,
        'join comparisons by AND or OR, and close the observation with ]',
      )
    return { kind: 'observation', expression, span: reader.spanFrom(start) }
  }

  #comparisonOperators(kind: 'and' | 'or'): ComparisonExpression {
    const start = this.#reader.offset
    const operand = () => (kind === 'or' ? this.#comparisonOperators('and') : this.#comparisonOrRecover())
    const operands = [operand()]
    while (this.#reader.takeWord(kind === 'or' ? 'OR' : 'AND')) operands.push(operand())
    return operands.length === 1 ? operands[0]! : { kind, operands, span: this.#reader.spanFrom(start) }
  }

  /** After an error the rest of the brackets is still worth reading; the result is then thrown away. */
  #comparisonOrRecover(): ComparisonExpression {
    const reader = this.#reader
    const start = reader.offset
    try {
      return this.#comparison()
    } catch (error) {
      if (!(error instanceof Refused) || !error.local) throw error
      reader.skipTo(['AND', 'OR'], [']', ')'])
      return broken(reader.spanFrom(start))
    }
  }

  #comparison(): ComparisonExpression {
    const reader = this.#reader
    if (++this.#comparisons > MAX_COMPARISONS) this.#tooLarge(`more than ${MAX_COMPARISONS} comparisons`)
    if (reader.takeSymbol('('))
      return this.#nested(() => {
        const inner = this.#comparisonOperators('or')
        if (!reader.takeSymbol(')'))
          reader.refuse('STIX_UNCLOSED_BRACKET', `${reader.found()} where ")" should be`, 'close the parenthesis')
        return inner
      })
    if (reader.version === '2.1') {
      const negated = reader.takeWord('NOT')
      if (reader.takeWord('EXISTS')) {
        const path = parsePath(reader)
        return { kind: 'exists', path, negated, span: path.span }
      }
      if (negated)
        reader.refuse('STIX_UNEXPECTED_TOKEN', `${reader.found()} behind NOT`, 'write NOT EXISTS path, or path NOT = …')
    }
    return this.#tested(parsePath(reader))
  }

  #tested(path: Comparison['path']): Comparison {
    const reader = this.#reader
    const negated = reader.takeWord('NOT')
    const operator = reader.takeOperator()
    const span = reader.span
    switch (operator) {
      case '=':
      case '!=':
        return { kind: 'equality', operator, constant: parseConstant(reader), path, negated, span }
      case '<':
      case '<=':
      case '>':
      case '>=': {
        const constant = parseConstant(reader)
        if (constant.kind === 'boolean')
          reader.refuseAt(span, 'STIX_BAD_VALUE', 'true and false have no order', 'compare them with = or !=')
        return { kind: 'order', operator, constant, path, negated, span }
      }
      case 'IN':
        return { kind: 'in', constants: parseSet(reader), path, negated, span: reader.spanFrom(span.offset) }
      case 'LIKE':
      case 'MATCHES':
        return { kind: 'text', operator, value: parseText(reader, operator), path, negated, span }
      case 'ISSUBSET':
      case 'ISSUPERSET':
        return { kind: 'network', operator, value: parseText(reader, operator), path, negated, span }
    }
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH)
      this.#reader.stop('STIX_PATTERN_TOO_DEEP', `more than ${MAX_DEPTH} levels of parentheses`, 'write it flatter')
    const result = read()
    this.#depth--
    return result
  }

  #tooLarge(what: string): never {
    return this.#reader.stop('STIX_PATTERN_TOO_LARGE', what, 'split it at an OR into several patterns')
  }
}

const operators: readonly ObservationOperator[] = ['FOLLOWEDBY', 'OR', 'AND']

/** Stands in an expression that will not be used. */
const broken = (span: Span): Comparison => ({
  kind: 'exists',
  path: { type: '', steps: [], span },
  negated: false,
  span,
})
