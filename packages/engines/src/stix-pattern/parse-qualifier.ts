import type { Qualifier } from './ast.ts'
import { shortly } from './diagnostics.ts'
import { isTimestamp } from './timestamp.ts'
import type { TokenReader } from './token-reader.ts'

const MAX_REPEATS = 10_000
const MAX_QUALIFIERS = 50

/** What stands behind an observation: WITHIN, REPEATS, START … STOP, in their order. */
export function parseQualifiers(reader: TokenReader): Qualifier[] {
  const qualifiers: Qualifier[] = []
  for (let one = parseQualifier(reader); one !== undefined; one = parseQualifier(reader)) {
    qualifiers.push(one)
    if (qualifiers.length > MAX_QUALIFIERS)
      reader.stop('STIX_PATTERN_TOO_DEEP', `more than ${MAX_QUALIFIERS} qualifiers on one expression`, 'take some out')
  }
  return qualifiers
}

function parseQualifier(reader: TokenReader): Qualifier | undefined {
  const start = reader.offset
  if (reader.takeWord('WITHIN')) {
    const { text } = reader.token
    const seconds = reader.at('number') && !text.startsWith('-') ? Number(text) : Number.NaN
    if (!(seconds > 0) || !Number.isFinite(seconds))
      reader.refuse('STIX_BAD_QUALIFIER', `${reader.found()} is no length of time`, 'write it so: WITHIN 300 SECONDS')
    reader.next()
    unit(reader, 'SECONDS', 'WITHIN 300 SECONDS')
    return { kind: 'within', seconds, text, span: reader.spanFrom(start) }
  }
  if (reader.takeWord('REPEATS')) {
    const { text } = reader.token
    const times = reader.at('number') && /^\+?[1-9]\d{0,14}$/.test(text) ? Number(text) : 0
    if (times < 1)
      reader.refuse('STIX_BAD_QUALIFIER', `${reader.found()} is no number of times`, 'write it so: REPEATS 5 TIMES')
    if (times > MAX_REPEATS)
      reader.refuse('STIX_BAD_QUALIFIER', `${shortly(text)} times is too often`, `write at most ${MAX_REPEATS}`)
    reader.next()
    unit(reader, 'TIMES', 'REPEATS 5 TIMES')
    return { kind: 'repeats', times, span: reader.spanFrom(start) }
  }
  if (!reader.takeWord('START')) return undefined
  const from = timestamp(reader)
  unit(reader, 'STOP', "START t'2026-01-31T08:30:00Z' STOP t'2026-02-01T00:00:00Z'")
  const stop = timestamp(reader)
  return { kind: 'between', start: from, stop, span: reader.spanFrom(start) }
}

function unit(reader: TokenReader, word: string, example: string): void {
  if (!reader.takeWord(word))
    reader.refuse('STIX_BAD_QUALIFIER', `${reader.found()} where ${word} should be`, `write it so: ${example}`)
}

/** STIX 2.0 writes it as a string, 2.1 as a timestamp. */
function timestamp(reader: TokenReader): string {
  const { kind, text } = reader.token
  const expected = reader.version === '2.0' ? 'string' : 'timestamp'
  if (kind !== expected || !isTimestamp(text)) {
    const example = `${expected === 'string' ? '' : 't'}'2026-01-31T08:30:00Z'`
    reader.refuse(
      'STIX_BAD_QUALIFIER',
      `${reader.found()} is no timestamp of STIX ${reader.version}`,
      `write it so: ${example}`,
    )
  }
  reader.next()
  return text
}
