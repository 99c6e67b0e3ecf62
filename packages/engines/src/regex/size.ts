/**
 * How large an expression becomes when its counted repetitions are written out, in characters and classes. Matching is linear in the text, but
 * compiling is not in the expression: `a{1000}` a thousand times is a million steps to prepare, in a pattern of seven thousand
 * characters.
 */
export function writtenOutSize(source: string): number {
  /** Of what is around each open group. */
  const outer: number[] = []
  let size = 0
  let atom = 0
  for (let at = 0; at < source.length; ) {
    const char = source[at]!
    const count = char === '{' ? /^\{(\d{1,9})(?:,(\d{0,9}))?\}/.exec(source.slice(at, at + 24)) : null
    if (count !== null) {
      size += atom * (Math.max(1, Number(count[1]), Number(count[2] ?? 0)) - 1)
      at += count[0].length
      continue
    }
    if (char === '(') {
      outer.push(size)
      size = 0
      atom = 0
    } else if (char === ')') {
      atom = size
      size += outer.pop() ?? 0
    } else {
      atom = 1
      size++
    }
    at += char === '\\' ? 2 : char === '[' ? classLength(source, at) : 1
  }
  return outer.reduce((sum, one) => sum + one, size)
}

/** Beyond this, preparing an expression takes longer than reading any other part of a rule. */
export const MAX_WRITTEN_OUT = 20_000

/** How long a class of characters is that begins there. */
export function classLength(source: string, start: number): number {
  let at = start + 1
  if (source[at] === '^') at++
  if (source[at] === ']') at++
  for (; at < source.length && source[at] !== ']'; at++) if (source[at] === '\\') at++
  return at + 1 - start
}
