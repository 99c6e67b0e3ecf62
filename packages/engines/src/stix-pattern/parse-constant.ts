import type { Constant, SetOperator, TextOperator } from './ast.ts'
import { shortly } from './diagnostics.ts'
import type { Token } from './lexer.ts'
import type { TokenReader } from './token-reader.ts'

/** Elements that a set may have. */
const MAX_SET = 20_000

export function parseConstant(reader: TokenReader): Constant {
  const { token } = reader
  const constant = constantOf(token)
  if (constant === undefined) {
    if (token.kind === 'number')
      return reader.refuse(
        'STIX_BAD_NUMBER',
        `${shortly(token.text)} is no number of STIX`,
        'write it without leading zeros',
      )
    return reader.refuse('STIX_BAD_VALUE', `${reader.found()} where a value should be`, remedyFor(token))
  }
  reader.next()
  return constant
}

function constantOf(token: Token): Constant | undefined {
  const { kind, text, bytes } = token
  switch (kind) {
    case 'string':
      return { kind, value: text }
    case 'number': {
      const value = Number(text)
      return /^[+-]?(?:0|[1-9]\d*|\d*\.\d+)$/.test(text) && Number.isFinite(value) ? { kind, value, text } : undefined
    }
    case 'hex':
    case 'binary':
      return { kind, bytes: bytes ?? new Uint8Array(), text }
    case 'timestamp':
      return { kind, text }
    case 'word':
      return text === 'true' || text === 'false' ? { kind: 'boolean', value: text === 'true' } : undefined
    default:
      return undefined
  }
}

function remedyFor({ kind, text }: Token): string {
  if (kind === 'word' && text === 'null') return 'STIX has no null; ask for a property with EXISTS'
  if (kind === 'word' && /^(?:true|false)$/i.test(text)) return `write it small: ${text.toLowerCase()}`
  if (kind === 'word') return `put text in single quotes: '${text.slice(0, 40)}'`
  return "write 'text', a number, true, false, t'2026-01-31T08:30:00Z', h'ffd8' or b'AQI='"
}

/** The string that an operator on text asks for. */
export function parseText(reader: TokenReader, operator: TextOperator | SetOperator): string {
  if (!reader.at('string'))
    return reader.refuse(
      'STIX_BAD_VALUE',
      `${reader.found()} where the text of ${operator} should be`,
      operator === 'MATCHES'
        ? "write a regular expression in single quotes: '^a.c$'"
        : "write it in single quotes: 'text'",
    )
  return reader.next().text
}

/** `('a', 'b')`; all of one type, whole numbers and others counting as one. */
export function parseSet(reader: TokenReader): Constant[] {
  if (!reader.takeSymbol('('))
    reader.refuse('STIX_UNEXPECTED_TOKEN', `${reader.found()} where a set should begin`, "write it so: IN ('a', 'b')")
  const constants: Constant[] = []
  if (reader.takeSymbol(')')) return constants
  do {
    const { span } = reader
    const constant = parseConstant(reader)
    const first = constants[0]
    if (first !== undefined && typeOf(first) !== typeOf(constant))
      reader.complain(
        span,
        'STIX_MIXED_SET',
        `a ${typeOf(constant)} among values of type ${typeOf(first)}`,
        'make two comparisons of it',
      )
    constants.push(constant)
    if (constants.length > MAX_SET)
      reader.stop('STIX_PATTERN_TOO_LARGE', `a set of more than ${MAX_SET} values`, 'split it')
  } while (reader.takeSymbol(','))
  if (!reader.takeSymbol(')'))
    reader.refuse('STIX_UNCLOSED_BRACKET', `${reader.found()} where "," or ")" should be`, 'close the set with )')
  return constants
}

const typeOf = ({ kind }: Constant): string => (kind === 'hex' ? 'binary' : kind)
