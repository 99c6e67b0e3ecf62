import type { ObjectPath, PathStep } from './ast.ts'
import { shortly } from './diagnostics.ts'
import { KEYWORDS, type TokenReader } from './token-reader.ts'

const MAX_STEPS = 50

/** `file:hashes.'SHA-256'`, `process:opened_connection_refs[*].dst_ref.value` */
export function parsePath(reader: TokenReader): ObjectPath {
  const start = reader.offset
  const type = reader.token.text
  if (!reader.at('word') || KEYWORDS.has(type))
    reader.refuse('STIX_BAD_OBJECT_PATH', `${reader.found()} where an object path should be`, 'write it so: file:name')
  reader.next()
  if (!reader.takeSymbol(':'))
    reader.refuse(
      'STIX_BAD_OBJECT_PATH',
      `${reader.found()} where ":" should be`,
      `put a colon between the type of the object and its property: ${type.slice(0, 40)}:name`,
    )
  const steps: PathStep[] = [parseKey(reader)]
  for (let step = parseStep(reader); step !== undefined; step = parseStep(reader)) {
    steps.push(step)
    if (steps.length > MAX_STEPS)
      reader.stop('STIX_PATTERN_TOO_DEEP', `an object path of more than ${MAX_STEPS} steps`, 'shorten it')
  }
  return { type, steps, span: reader.spanFrom(start) }
}

function parseStep(reader: TokenReader): PathStep | undefined {
  if (reader.takeSymbol('.')) return parseKey(reader)
  if (!reader.takeSymbol('[')) return undefined
  const { token } = reader
  let step: PathStep | undefined
  if (reader.takeSymbol('*')) step = { kind: 'every' }
  else if (token.kind === 'number' && /^[+-]?(?:0|[1-9]\d{0,8})$/.test(token.text)) {
    reader.next()
    step = { kind: 'index', index: Number(token.text) }
  }
  if (step === undefined)
    return reader.refuse('STIX_BAD_OBJECT_PATH', `${reader.found()} is no place in a list`, 'write [0], [1] … or [*]')
  if (!reader.takeSymbol(']'))
    reader.refuse('STIX_BAD_OBJECT_PATH', `${reader.found()} where "]" should be`, 'close the place in the list with ]')
  return step
}

function parseKey(reader: TokenReader): PathStep {
  const { kind, text } = reader.token
  if (kind === 'string') {
    reader.next()
    return { kind: 'key', name: text, quoted: true }
  }
  if (kind !== 'word' || text.includes('-') || KEYWORDS.has(text))
    return reader.refuse(
      'STIX_BAD_OBJECT_PATH',
      `${reader.found()} where the name of a property should be`,
      kind === 'word'
        ? `put it in single quotes: ${shortly(`'${text}'`).slice(1, -1)}`
        : "write it so: name or 'a-name'",
    )
  reader.next()
  return { kind: 'key', name: text, quoted: false }
}
