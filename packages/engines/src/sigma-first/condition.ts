/** A condition as a tree. `of` counts the selections whose names fit a pattern. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly Condition[] }
  | { readonly kind: 'not'; readonly node: Condition }
  | { readonly kind: 'selection'; readonly name: string }
  | { readonly kind: 'of'; readonly count: number | 'all'; readonly pattern: string; readonly names: readonly string[] }

export interface ConditionProblem {
  readonly code: string
  readonly offset: number
  readonly message: string
  readonly remedy?: string
}

interface Token {
  readonly text: string
  readonly offset: number
}

const maxDepth = 50
const maxCharacters = 20_000

/**
 * Reads a condition. Loosest first: or, and, not, x of, parentheses.
 * @param selections names that the detection section defines
 * @source Sigma specification 2.1, condition
 */
export function parseCondition(
  text: string,
  selections: ReadonlySet<string>,
): { condition?: Condition; problems: ConditionProblem[] } {
  const problems: ConditionProblem[] = []
  if (text.length > maxCharacters)
    return {
      problems: [
        {
          code: 'SIGMA_CONDITION_TOO_LONG',
          offset: 0,
          message: `the condition is longer than ${maxCharacters} characters`,
        },
      ],
    }
  const reader = new ConditionReader(tokens(text, problems), selections, problems, text.length)
  const condition = reader.read()
  return problems.length > 0 || !condition ? { problems } : { condition, problems }
}

function tokens(text: string, problems: ConditionProblem[]): Token[] {
  const found: Token[] = []
  const scanner = /[()|]|[\w*?.-]+|\s+|./gu
  for (const match of text.matchAll(scanner)) {
    const word = match[0]
    if (/^\s/.test(word)) continue
    if (/^[()]$|^[\w*?.-]+$/.test(word)) found.push({ text: word, offset: match.index })
    else {
      const pipe = word === '|'
      problems.push({
        code: pipe ? 'SIGMA_AGGREGATION_REMOVED' : 'SIGMA_CONDITION_SYNTAX',
        offset: match.index,
        message: pipe
          ? 'aggregations after "|" were removed from Sigma in version 2'
          : `the condition holds "${word}", which means nothing there`,
        ...(pipe ? { remedy: 'Write a correlation rule instead.' } : {}),
      })
      if (pipe) break
    }
  }
  return found
}

class ConditionReader {
  readonly #tokens: readonly Token[]
  readonly #selections: ReadonlySet<string>
  readonly #problems: ConditionProblem[]
  readonly #end: number
  #at = 0
  #depth = 0

  constructor(list: readonly Token[], selections: ReadonlySet<string>, problems: ConditionProblem[], end: number) {
    this.#tokens = list
    this.#selections = selections
    this.#problems = problems
    this.#end = end
  }

  read(): Condition | undefined {
    const condition = this.#or()
    const rest = this.#tokens[this.#at]
    if (condition && rest)
      this.#fail(rest.offset, `"${rest.text}" follows a complete condition; "and" or "or" is missing`)
    return condition
  }

  #or(): Condition | undefined {
    return this.#chain('or', () => this.#chain('and', () => this.#not()))
  }

  #chain(word: 'and' | 'or', operand: () => Condition | undefined): Condition | undefined {
    const nodes: Condition[] = []
    do {
      const node = operand()
      if (!node) return undefined
      nodes.push(node)
    } while (this.#take(word))
    return nodes.length === 1 ? nodes[0] : { kind: word, nodes }
  }

  #not(): Condition | undefined {
    if (this.#depth >= maxDepth) return this.#fail(this.#offset(), `the condition nests deeper than ${maxDepth} levels`)
    this.#depth++
    try {
      if (!this.#take('not')) return this.#primary()
      const node = this.#not()
      return node && { kind: 'not', node }
    } finally {
      this.#depth--
    }
  }

  #primary(): Condition | undefined {
    const token = this.#tokens[this.#at]
    if (!token) return this.#fail(this.#end, 'the condition ends where a selection is expected')
    if (token.text === '(') {
      this.#at++
      const inner = this.#or()
      if (!inner) return undefined
      if (!this.#take(')')) return this.#fail(this.#offset(), 'a ")" is missing')
      return inner
    }
    if (this.#tokens[this.#at + 1]?.text.toLowerCase() === 'of' && /^(all|any|\d+)$/i.test(token.text))
      return this.#of(token)
    if (/^(and|or|not|\))$/i.test(token.text))
      return this.#fail(token.offset, `"${token.text}" stands where a selection is expected`)
    this.#at++
    if (/[*?]/.test(token.text))
      return this.#fail(
        token.offset,
        `"${token.text}" is a pattern; write "1 of ${token.text}" or "all of ${token.text}"`,
      )
    if (!this.#selections.has(token.text)) return this.#unknown(token)
    return { kind: 'selection', name: token.text }
  }

  #of(quantity: Token): Condition | undefined {
    this.#at += 2
    const target = this.#tokens[this.#at]
    if (!target || /^[()]$/.test(target.text))
      return this.#fail(target?.offset ?? this.#end, 'after "of" the name or pattern of selections is expected')
    this.#at++
    const word = quantity.text.toLowerCase()
    const count = word === 'all' ? 'all' : word === 'any' ? 1 : Number(word)
    if (count === 0) return this.#fail(quantity.offset, '"0 of" is always true; write "not 1 of" instead')
    const names = namesFor(target.text, this.#selections)
    if (names.length === 0) return this.#unknown(target)
    return { kind: 'of', count, pattern: target.text, names }
  }

  #unknown(token: Token): undefined {
    const known = [...this.#selections].join(', ')
    this.#problems.push({
      code: 'SIGMA_UNKNOWN_SELECTION',
      offset: token.offset,
      message: `the condition names "${token.text}", which the detection does not define`,
      remedy: known ? `Defined are: ${known}.` : 'Define a selection beside the condition.',
    })
    return undefined
  }

  #take(word: string): boolean {
    if (this.#tokens[this.#at]?.text.toLowerCase() !== word) return false
    this.#at++
    return true
  }

  #offset(): number {
    return this.#tokens[this.#at]?.offset ?? this.#end
  }

  #fail(offset: number, message: string): undefined {
    this.#problems.push({ code: 'SIGMA_CONDITION_SYNTAX', offset, message })
    return undefined
  }
}

/** `them` leaves out names that begin with `_`; a pattern takes whatever fits. */
function namesFor(pattern: string, selections: ReadonlySet<string>): string[] {
  if (pattern.toLowerCase() === 'them') return [...selections].filter((name) => !name.startsWith('_'))
  const matcher = new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )
  return [...selections].filter((name) => matcher.test(name))
}

/** Names of selections that a condition looks at. */
export function namesIn(condition: Condition): string[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.nodes.flatMap(namesIn)
    case 'not':
      return namesIn(condition.node)
    case 'selection':
      return [condition.name]
    case 'of':
      return [...condition.names]
  }
}
