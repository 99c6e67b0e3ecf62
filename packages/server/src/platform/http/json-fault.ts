/** Where a text stops being JSON. Line and column begin at 1. */
export interface JsonFault {
  readonly offset: number
  readonly line: number
  readonly column: number
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const word = /true|false|null/y
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const space = /[ \t\r\n]*/y

function faultAt(text: string, offset: number): JsonFault {
  const before = text.slice(0, offset)
  const lastBreak = before.lastIndexOf('\n')
  let line = 1
  for (let at = before.indexOf('\n'); at >= 0; at = before.indexOf('\n', at + 1)) line++
  return { offset, line, column: offset - lastBreak }
}

/**
 * Finds the first place where a text is no JSON. Linear in its length, without recursion. For texts that `JSON.parse`
 * refused: its message names the place for some faults only.
 * @returns undefined when the text is JSON
 */
export function locateJsonFault(text: string): JsonFault | undefined {
  let at = 0
  const closers: string[] = []
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    if (!pattern.test(text)) return false
    at = pattern.lastIndex
    return true
  }
  /** On a fault inside the string, stops there. */
  const string = (): boolean => {
    if (text[at] !== '"') return false
    at++
    for (; at < text.length; ) {
      const code = text.charCodeAt(at)
      if (code < 0x20) return false
      if (code === 0x5c) {
        if (!skip(escaped)) return false
        continue
      }
      at++
      if (code === 0x22) return true
    }
    return false
  }
  const fault = () => faultAt(text, at)
  const name = (): boolean => {
    if (!string()) return false
    skip(space)
    if (text[at] !== ':') return false
    at++
    skip(space)
    return true
  }
  /** Reads a value or the beginning of one; true when a whole value ended here. */
  const value = (): 'ended' | 'opened' | 'fault' => {
    const first = text[at]
    if (first !== '{' && first !== '[') return string() || skip(number) || skip(word) ? 'ended' : 'fault'
    const closer = first === '{' ? '}' : ']'
    at++
    skip(space)
    if (text[at] === closer) {
      at++
      return 'ended'
    }
    if (closer === '}' && !name()) return 'fault'
    closers.push(closer)
    return 'opened'
  }
  skip(space)
  for (;;) {
    const read = value()
    if (read === 'fault') return fault()
    if (read === 'opened') continue
    for (;;) {
      skip(space)
      const closer = closers.at(-1)
      if (closer === undefined) return at === text.length ? undefined : fault()
      if (text[at] === closer) {
        at++
        closers.pop()
        continue
      }
      if (text[at] !== ',') return fault()
      at++
      skip(space)
      if (closer === '}' && !name()) return fault()
      break
    }
  }
}

/** How deep the brackets of a JSON text nest; for a text that is no JSON, an upper bound of what a parser would open. */
export function jsonDepth(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === 0x5c) at++
      else if (code === 0x22) inString = false
    } else if (code === 0x22) inString = true
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth)
    else if (code === 0x7d || code === 0x5d) depth--
  }
  return deepest
}
