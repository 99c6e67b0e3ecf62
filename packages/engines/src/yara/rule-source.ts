export type MetaValue = string | number | boolean

/** One rule as it stands in its file. Whether it compiles is for a YARA compiler to say. */
export interface RuleText {
  readonly name: string
  readonly isPrivate: boolean
  readonly isGlobal: boolean
  readonly tags: readonly string[]
  /** In the order of the file; a name may come twice. */
  readonly meta: readonly (readonly [name: string, value: MetaValue])[]
  /** Offsets of its first character and behind its last one. */
  readonly start: number
  readonly end: number
  /** 1-based. */
  readonly line: number
  /** What its condition may refer to: rules, modules, external variables. */
  readonly conditionWords: ReadonlySet<string>
}

export interface RuleSource {
  readonly rules: readonly RuleText[]
  readonly imports: readonly string[]
  readonly includes: readonly {
    readonly path: string
    readonly line: number
    readonly start: number
    readonly end: number
  }[]
}

/**
 * The tokens of YARA: comments, texts, regular expressions (division is written `\`, so a slash always begins one), numbers,
 * words with the mark of a pattern, single characters. @source YARA's lexer
 */
const token =
  /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"\\\n]|\\.)*"?|\/(?:[^/\\\n]|\\.)+\/[is]*|-?\d+\.\d+|-?(?:0x[\da-fA-F]+|\d+(?:KB|MB)?)|[$#@!]?[A-Za-z_]\w*|\S/g

const isComment = (text: string): boolean => text.startsWith('//') || text.startsWith('/*')
const isWord = (text: string): boolean => /^[A-Za-z_]/.test(text)

interface Token {
  readonly text: string
  readonly start: number
}

class Tokens {
  readonly #tokens: Token[] = []
  #at = 0

  constructor(source: string) {
    for (const found of source.matchAll(token))
      if (!isComment(found[0])) this.#tokens.push({ text: found[0], start: found.index })
  }

  peek(ahead = 0): string {
    return this.#tokens[this.#at + ahead]?.text ?? ''
  }

  next(): Token | undefined {
    return this.#tokens[this.#at++]
  }

  isNext(text: string): boolean {
    if (this.peek() !== text) return false
    this.#at++
    return true
  }
}

/**
 * Takes a file of YARA rules apart into its rules, imports and includes, in linear time. What stands between them is passed over; a
 * rule without an end reaches to the end of the file.
 */
export function readRuleSource(source: string): RuleSource {
  const tokens = new Tokens(source)
  const lineAt = lineCounter(source)
  const rules: RuleText[] = []
  const imports: string[] = []
  const includes: { path: string; line: number; start: number; end: number }[] = []
  let modifiers: Token[] = []
  for (let one = tokens.next(); one !== undefined; one = tokens.next()) {
    if (one.text === 'private' || one.text === 'global') {
      modifiers.push(one)
      continue
    }
    if (one.text === 'rule') rules.push(readRule(source, tokens, modifiers, one, lineAt))
    else if ((one.text === 'import' || one.text === 'include') && tokens.peek().startsWith('"')) {
      const named = tokens.next()!
      const path = unquoted(named.text)
      if (one.text === 'import') imports.push(path)
      else includes.push({ path, line: lineAt(one.start), start: one.start, end: named.start + named.text.length })
    }
    modifiers = []
  }
  return { rules, imports, includes }
}

function readRule(
  source: string,
  tokens: Tokens,
  modifiers: readonly Token[],
  keyword: Token,
  lineAt: (offset: number) => number,
): RuleText {
  const start = modifiers[0]?.start ?? keyword.start
  const name = isWord(tokens.peek()) ? tokens.next()!.text : ''
  const tags: string[] = []
  if (tokens.isNext(':')) while (isWord(tokens.peek())) tags.push(tokens.next()!.text)
  const body = tokens.isNext('{')
    ? readBody(source, tokens)
    : { meta: [], words: new Set<string>(), end: source.length }
  return {
    name,
    isPrivate: modifiers.some(({ text }) => text === 'private'),
    isGlobal: modifiers.some(({ text }) => text === 'global'),
    tags,
    meta: body.meta,
    start,
    end: body.end,
    line: lineAt(start),
    conditionWords: body.words,
  }
}

function readBody(source: string, tokens: Tokens): { meta: [string, MetaValue][]; words: Set<string>; end: number } {
  const meta: [string, MetaValue][] = []
  const words = new Set<string>()
  let section = ''
  let depth = 1
  let before = ''
  for (let one = tokens.next(); one !== undefined; one = tokens.next()) {
    const { text } = one
    if (text === '{') depth++
    else if (text === '}') {
      if (--depth === 0) return { meta, words, end: one.start + 1 }
    } else if (depth === 1 && isWord(text)) {
      if (tokens.peek() === ':' && /^(?:meta|strings|variables|condition)$/.test(text)) section = text
      else if (section === 'meta' && tokens.isNext('=')) {
        const value = tokens.next()?.text ?? ''
        // A number's sign is a token of its own where a space follows it.
        meta.push([text, metaValue(value === '-' ? `-${tokens.next()?.text ?? ''}` : value)])
      } else if (section === 'condition' && before !== '.') words.add(text)
    }
    before = text
  }
  return { meta, words, end: source.length }
}

function metaValue(text: string): MetaValue {
  if (text.startsWith('"')) return unquoted(text)
  if (text === 'true' || text === 'false') return text === 'true'
  const unit = text.endsWith('KB') ? 1024 : text.endsWith('MB') ? 1024 ** 2 : 1
  const value = Number(unit === 1 ? text : text.slice(0, -2)) * unit
  return Number.isFinite(value) ? value : text
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' }

const unquoted = (text: string): string =>
  text
    .slice(1, text.length > 1 && text.endsWith('"') ? -1 : undefined)
    .replace(/\\(?:x([\da-fA-F]{2})|(.))/g, (all, hex: string | undefined, one: string | undefined) =>
      hex === undefined ? (escapes[one ?? ''] ?? all) : String.fromCharCode(Number.parseInt(hex, 16)),
    )

/** Lines of offsets that are asked for in ascending order. */
function lineCounter(source: string): (offset: number) => number {
  let at = 0
  let line = 1
  return (offset) => {
    for (;;) {
      const next = source.indexOf('\n', at)
      if (next < 0 || next >= offset) return line
      line++
      at = next + 1
    }
  }
}
