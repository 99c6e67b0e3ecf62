import { RE2JS } from 're2js'
import { MAX_WRITTEN_OUT, withShortRepeats, writtenOutSize } from '../../regex/index.ts'
import { fold } from './pattern.ts'

export interface RegexFlags {
  readonly ignoreCase: boolean
  readonly multiLine: boolean
  readonly dotAll: boolean
}

export type CompiledRegex = { readonly test: (text: string) => boolean } | { readonly problem: string }

const MAX_SOURCE_CHARS = 10_000

/** Compiles for linear-time search; back references and look-around, which cannot be had in linear time, are refused. */
export function compileRegex(source: string, flags: RegexFlags): CompiledRegex {
  if (source.length > MAX_SOURCE_CHARS) return { problem: `it is longer than ${MAX_SOURCE_CHARS} characters` }
  if (writtenOutSize(source) > MAX_WRITTEN_OUT)
    return { problem: `its repetitions come to more than ${MAX_WRITTEN_OUT} characters` }
  const bits =
    (flags.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) |
    (flags.multiLine ? RE2JS.MULTILINE : 0) |
    (flags.dotAll ? RE2JS.DOTALL : 0)
  try {
    const regex = RE2JS.compile(withShortRepeats(flags.multiLine ? source : withPcreEnd(source)), bits)
    return { test: boundedTest(source, (text) => regex.test(text)) }
  } catch (error) {
    return { problem: reasonOf(source, error instanceof Error ? error.message : String(error)) }
  }
}

/** Characters of a text times those of the expression, its repetitions written out, that a search may come to: some seconds at worst. */
const MAX_STEPS = 40_000_000

/** Texts up to this length are searched as a whole; of longer ones a "no" is about a part of the text alone. */
export const maxSearchedChars = (source: string): number => Math.floor(MAX_STEPS / Math.max(1, writtenOutSize(source)))

/**
 * Searching takes time that grows with the text and with the expression, so that a large one would hold up everything on a long text. Of such
 * a text the part is searched that it may be on: the end for an expression that asks for the end, else the beginning. One that asks for both
 * finds nothing in it.
 */
function boundedTest(source: string, test: (text: string) => boolean): (text: string) => boolean {
  const maxChars = maxSearchedChars(source)
  const operators = source.replace(/\\.|\[\^?\]?(?:\\.|[^\]\\])*\]/gs, '')
  const [atStart, atEnd] = [operators.includes('^'), operators.includes('$')]
  return (text) => {
    if (text.length <= maxChars) return test(text)
    if (atStart && atEnd) return false
    return test(atEnd ? text.slice(-maxChars) : text.slice(0, maxChars))
  }
}

/**
 * `$` of PCRE is also before a line break that ends the text; that of RE2 is not. As texts are only searched, never cut, the line break may as
 * well be read. A regex that turns lines on for parts of itself, or quotes a part, stays as it is.
 */
function withPcreEnd(source: string): string {
  if (!source.includes('$') || /\(\?[a-zA-Z]*m|\\Q/.test(source)) return source
  let written = ''
  for (let at = 0; at < source.length; ) {
    const char = source[at]!
    let end = at + (char === '\\' ? 2 : 1)
    // A class that does not end is refused by the compiler.
    if (char === '[') end = skipClass(source, at)?.end ?? source.length
    written += char === '$' ? '(?:\\n?$)' : source.slice(at, end)
    at = end
  }
  return written
}

function reasonOf(source: string, message: string): string {
  if (/\(\?<?[=!]/.test(source)) return 'look-around is not supported by Sigma'
  if (/\(\?>/.test(source)) return 'atomic groups are not supported by Sigma'
  if (/\\[1-9]/.test(source)) return 'back references cannot be matched in linear time'
  return message.replace(/^error parsing regexp: /, '')
}

export const flagText = (flags: RegexFlags): string =>
  (flags.ignoreCase ? 'i' : '') + (flags.multiLine ? 'm' : '') + (flags.dotAll ? 's' : '')

/**
 * Folded literals of which at least one is in every (folded) text that the regex finds something in; nothing when that cannot be
 * told. Looks at plain characters outside of groups only: enough to skip most regexes on most events.
 */
export function requiredLiterals(source: string): string[] | undefined {
  const literals: string[] = []
  let best = ''
  let run = ''
  const endRun = (): void => {
    if (run.length > best.length) best = run
    run = ''
  }
  for (let i = 0; i < source.length; ) {
    const char = source[i]!
    if (char === '|') {
      endRun()
      literals.push(best)
      best = ''
      i++
      continue
    }
    const atom = readAtom(source, i)
    if (atom === undefined) return undefined
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(source.slice(atom.end, atom.end + 16))?.[0] ?? ''
    const optional = /^(?:[*?]|\{0)/.test(quantifier)
    if (atom.literal === undefined) endRun()
    else {
      if (!optional) run += atom.literal
      if (quantifier !== '') endRun()
    }
    // What follows a repeated character need not follow the one that was counted.
    i = atom.end + quantifier.length
  }
  endRun()
  literals.push(best)
  return literals.every((literal) => literal !== '') ? literals : undefined
}

/** One character, class, escape or whole group. Only ASCII counts as literal: other letters fold differently in regexes. */
function readAtom(source: string, at: number): { end: number; literal?: string } | undefined {
  const char = source[at]!
  if (char === '(') return skipGroup(source, at)
  if (char === '[') return skipClass(source, at)
  if (char === '\\') {
    const next = source[at + 1]
    if (next === undefined || /[QEpPx0-7C]/.test(next)) return undefined
    return /[!-/:-@[-`{-~]/.test(next) ? { end: at + 2, literal: next } : { end: at + 2 }
  }
  if (char === '.' || char === '^' || char === '$' || char > '~' || char < ' ') return { end: at + 1 }
  return { end: at + 1, literal: fold(char) }
}

function skipClass(source: string, at: number): { end: number } | undefined {
  let i = at + 1
  if (source[i] === '^') i++
  if (source[i] === ']') i++
  for (; i < source.length; i++) {
    if (source[i] === '\\') i++
    else if (source[i] === '[' && source[i + 1] === ':') return undefined
    else if (source[i] === ']') return { end: i + 1 }
  }
  return undefined
}

function skipGroup(source: string, at: number): { end: number } | undefined {
  let depth = 0
  for (let i = at; i < source.length; ) {
    const char = source[i]!
    if (char === '\\') {
      if (source[i + 1] === 'Q') return undefined
      i += 2
    } else if (char === '[') {
      const end = skipClass(source, i)?.end
      if (end === undefined) return undefined
      i = end
    } else {
      if (char === '(') depth++
      if (char === ')' && --depth === 0) return { end: i + 1 }
      i++
    }
  }
  return undefined
}
