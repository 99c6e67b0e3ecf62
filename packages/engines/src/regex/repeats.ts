import { classLength, writtenOutSize } from './size.ts'

/** What RE2 allows a repetition to come to, those within it multiplied. */
const MAX_REPEATS = 1000
const ESCAPE = /\\(?:[pPx]\{[^}]*\}|x[0-9a-fA-F]{2}|[\s\S])/y
const COUNT = /\{(\d{1,9})(?:(,)(\d{0,9}))?\}\??/y

/**
 * The same expression for RE2, which refuses `.{1500}`: long repetitions become several, `(?:.{1000}.{500})`. Only for searching, where greed and
 * captures do not count. Named groups and quoted parts cannot be written twice; an expression with such stays as it is.
 */
export function withShortRepeats(source: string): string {
  if (!/\{\d/.test(source) || /\(\?P?<[A-Za-z_]|\\Q/.test(source)) return source
  const groups: number[] = []
  let written = ''
  /** Where the last atom begins in what is written. */
  let atom = 0
  for (let at = 0; at < source.length; ) {
    const char = source[at]!
    COUNT.lastIndex = at
    const count = char === '{' ? COUNT.exec(source) : null
    if (count !== null) {
      written = written.slice(0, atom) + repeated(written.slice(atom), count)
      at += count[0].length
      continue
    }
    let length = 1
    if (char === '\\') {
      ESCAPE.lastIndex = at
      length = ESCAPE.exec(source)?.[0].length ?? 1
    } else if (char === '[') length = classLength(source, at)
    if (char === '(') groups.push(written.length)
    if (char === ')') atom = groups.pop() ?? written.length
    else if (!'*+?'.includes(char)) atom = written.length
    written += source.slice(at, at + length)
    at += length
  }
  return written
}

function repeated(atom: string, [whole, least, comma, most]: RegExpExecArray): string {
  const from = Number(least)
  const isOpen = comma !== undefined && most === ''
  const to = comma === undefined || isOpen ? from : Number(most)
  const within = /\{\d/.test(atom) ? Math.max(1, writtenOutSize(atom)) : 1
  const chunk = Math.max(1, Math.floor(MAX_REPEATS / within))
  // What is out of order or without an atom is for RE2 to refuse.
  if (to < from || atom === '' || Math.max(from, to) <= chunk) return atom + whole
  const optional = isOpen ? `${atom}*` : chunks(to - from, chunk, (size) => `${atom}{0,${size}}`)
  return `(?:${chunks(from, chunk, (size) => `${atom}{${size}}`)}${optional})`
}

function chunks(count: number, chunk: number, write: (size: number) => string): string {
  const rest = count % chunk
  return write(chunk).repeat(Math.floor(count / chunk)) + (rest > 0 ? write(rest) : '')
}
