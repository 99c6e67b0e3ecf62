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
  /** How deep its brackets stand in each other. */
  readonly depth: number
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

/** Numbers, words with the mark of a pattern, single characters. */
const plainToken = /-?\d+\.\d+|-?(?:0x[\da-fA-F]+|\d+(?:KB|MB)?)|[$#@!]?[A-Za-z_]\w*|\S/y
const space = /\s*/y

const isWord = (text: string): boolean => /^[A-Za-z_]/.test(text)

interface Token {
  readonly text: string
  readonly start: number
}

/**
 * The tokens of YARA, one after the other: comments (passed over), texts, regular expressions (division is written `\`, so a slash always
 * begins one), and the rest. A text or expression without an end goes to the end of its line. @source YARA's lexer
 */
class Tokens {
  readonly #source: string
  #at = 0
  #ready: Token | undefined

  constructor(source: string) {
    this.#source = source
    this.#ready = this.#read()
  }

  /** Behind what was taken. */
  taken = 0

  peek(): string {
    return this.#ready?.text ?? ''
  }

  next(): Token | undefined {
    const token = this.#ready
    if (token) this.taken = token.start + token.text.length
    this.#ready = this.#read()
    return token
  }

  isNext(text: string): boolean {
    if (this.peek() !== text) return false
    this.next()
    return true
  }

  #read(): Token | undefined {
    const source = this.#source
    for (;;) {
      space.lastIndex = this.#at
      space.test(source)
      const start = space.lastIndex
      if (start >= source.length) return undefined
      const pair = source.slice(start, start + 2)
      this.#at = pair === '//' ? orEnd(source, '\n', start) : pair === '/*' ? orEnd(source, '*/', start + 2) : start
      if (this.#at > start) continue
      this.#at = this.#endOf(start, pair.charAt(0))
      return { text: source.slice(start, this.#at), start }
    }
  }

  #endOf(start: number, first: string): number {
    if (first === '"' || first === '/') return quotedEnd(this.#source, start, first)
    plainToken.lastIndex = start
    plainToken.test(this.#source)
    return plainToken.lastIndex
  }
}

/** Behind the next one of these, or the end. */
const orEnd = (source: string, ending: string, from: number): number => {
  const at = source.indexOf(ending, from)
  return at < 0 ? source.length : at + ending.length
}

/** Behind the closing mark (and the flags of an expression), or at the end of the line. */
function quotedEnd(source: string, start: number, mark: '"' | '/'): number {
  let at = start + 1
  for (; at < source.length; at++) {
    const one = source[at]
    if (one === '\n') return at
    if (one === '\\') {
      if (at + 1 >= source.length || source[at + 1] === '\n') return at
      at++
    } else if (one === mark) {
      at++
      if (mark === '/') while (source[at] === 'i' || source[at] === 's') at++
      return at
    }
  }
  return source.length
}

/**
 * Takes a file of YARA rules apart into its rules, imports and includes, in linear time. What stands between them is passed over; a
 * rule whose body has no end reaches to the end of the file.
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
    : { meta: [], words: new Set<string>(), end: tokens.taken, depth: 0 }
  return {
    name,
    isPrivate: modifiers.some(({ text }) => text === 'private'),
    isGlobal: modifiers.some(({ text }) => text === 'global'),
    tags,
    meta: body.meta,
    start,
    end: body.end,
    line: lineAt(start),
    depth: body.depth,
    conditionWords: body.words,
  }
}

interface Body {
  readonly meta: [string, MetaValue][]
  readonly words: Set<string>
  readonly end: number
  readonly depth: number
}

function readBody(source: string, tokens: Tokens): Body {
  const meta: [string, MetaValue][] = []
  const words = new Set<string>()
  let section = ''
  let depth = 1
  let [open, deepest] = [0, 0]
  let before = ''
  for (let one = tokens.next(); one !== undefined; one = tokens.next()) {
    const { text } = one
    if (text === '(' || text === '[') deepest = Math.max(deepest, ++open + depth)
    else if (text === ')' || text === ']') open = Math.max(0, open - 1)
    if (text === '{') depth++
    else if (text === '}') {
      if (--depth === 0) return { meta, words, end: one.start + 1, depth: deepest }
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
  return { meta, words, end: source.length, depth: deepest }
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
  const lineEndFrom = (at: number) => {
    const end = source.indexOf('\n', at)
    return end < 0 ? source.length : end
  }
  let line = 1
  let lineEnd = lineEndFrom(0)
  return (offset) => {
    for (; lineEnd < offset; line++) lineEnd = lineEndFrom(lineEnd + 1)
    return line
  }
}
