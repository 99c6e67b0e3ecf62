export type TokenType = 'word' | 'open' | 'close' | 'pipe' | 'bad'

export interface Token {
  readonly type: TokenType
  readonly text: string
  readonly offset: number
}

const WORD = /[\p{L}\p{N}_.*?-]+/uy

/** Splits a condition; characters that mean nothing become tokens of type `bad`. */
export function lexCondition(text: string): Token[] {
  const tokens: Token[] = []
  let offset = 0
  while (offset < text.length) {
    const char = text[offset]!
    WORD.lastIndex = offset
    const word = WORD.exec(text)?.[0]
    if (word !== undefined) tokens.push({ type: 'word', text: word, offset })
    else if (char === '(') tokens.push({ type: 'open', text: char, offset })
    else if (char === ')') tokens.push({ type: 'close', text: char, offset })
    else if (char === '|') tokens.push({ type: 'pipe', text: char, offset })
    else if (!/\s/.test(char))
      tokens.push({ type: 'bad', text: String.fromCodePoint(text.codePointAt(offset)!), offset })
    offset += word?.length ?? char.length
  }
  return tokens
}
