import { RE2JS } from 're2js'
import { MAX_WRITTEN_OUT, withShortRepeats, writtenOutSize } from '../regex/index.ts'

export type CompiledSearch =
  | { readonly test: (text: string) => boolean }
  | { readonly problem: string; readonly remedy: string }

const MAX_REGEX_CHARACTERS = 10_000

/** Both sides of LIKE and MATCHES are compared in NFC. @source STIX 2.1 section 9.6 */
export const normalised = (text: string): string => (isAscii(text) ? text : text.normalize('NFC'))

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}

/** MATCHES: finds the expression anywhere, `.` matches every character; time grows with the text, not with the expression's turns. */
export function compileSearch(source: string): CompiledSearch {
  if (source.length > MAX_REGEX_CHARACTERS)
    return { problem: `it is longer than ${MAX_REGEX_CHARACTERS} characters`, remedy: 'shorten it' }
  if (writtenOutSize(source) > MAX_WRITTEN_OUT)
    return { problem: `its repetitions come to more than ${MAX_WRITTEN_OUT} characters`, remedy: 'lower the counts' }
  try {
    const regex = RE2JS.compile(withShortRepeats(normalised(source)), RE2JS.DOTALL)
    return { test: (text) => regex.test(text) }
  } catch (error) {
    return problemOf(source, error instanceof Error ? error.message : String(error))
  }
}

function problemOf(source: string, message: string): { problem: string; remedy: string } {
  if (/\(\?<?[=!]/.test(source))
    return { problem: 'look-around cannot be searched in linear time', remedy: 'split it into two comparisons' }
  if (/\\[1-9]/.test(source))
    return { problem: 'back references cannot be searched in linear time', remedy: 'write the repeated part out' }
  return { problem: message.replace(/^error parsing regexp: /, ''), remedy: 'mend the regular expression (RE2 syntax)' }
}

/** LIKE: `%` stands for any text, `_` for one character; the whole text must fit. */
export function compileLike(source: string): (text: string) => boolean {
  const pattern = normalised(source)
  if (pattern.includes('_')) return compileByRegex(pattern)
  const parts = pattern.split('%')
  if (parts.length === 1) return (text) => text === pattern
  const first = parts[0]!
  const last = parts.at(-1)!
  const middle = parts.slice(1, -1).filter((part) => part !== '')
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
    let at = first.length
    for (const part of middle) {
      const found = text.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return at + last.length <= text.length
  }
}

function compileByRegex(pattern: string): (text: string) => boolean {
  const source = pattern
    .split(/([%_])/)
    .map((part) => (part === '%' ? '.*' : part === '_' ? '.' : RE2JS.quote(part)))
    .join('')
  const regex = RE2JS.compile(`^(?:${source})$`, RE2JS.DOTALL)
  return (text) => regex.test(text)
}
